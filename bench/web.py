"""Response times of the main pages with the example's data, over HTTP against gunicorn: python -m bench.web

Beside them the page of a transcript of two hours (bench/support/long_rows.py), with what it asks the database.

Absolute times say more about the machine than about the pages, so each page is also compared with a page that draws
the same layout around nothing; requests to both alternate in the same run. Takes a minute or two.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import requests

from bench.support.page_times import measure_pages, print_report
from bench.support.web_installation import (
    ROOT,
    get_base_url,
    make_environment,
    run_flask,
    run_module,
    run_web_server,
    sign_in_coordinator,
)

CALL_PATH = "/staff/read/waiting-well"
PUBLIC_PAGES = ["/calls/waiting-well", "/calls/waiting-well/write", "/calls/waiting-well/volunteer"]
STAFF_PAGES = [
    "/staff",
    "/staff/volunteers",
    "/staff/outbox",
    CALL_PATH,
    f"{CALL_PATH}/questions/cost",
    "/staff/read/recordings",
]
INTERVIEW = re.compile(r"/staff/read/interviews/[0-9a-f-]{36}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40, help="requests to each page (default 40)")
    parser.add_argument("--transcribe-seconds", type=int, default=240, help="most to wait for the example's transcript")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        environ = make_environment(Path(folder))
        run_flask(environ, "db", "upgrade")
        run_flask(environ, "review", "load-example")
        long_transcript = _add_long_transcript(environ)
        with run_web_server(environ, "bench.support.query_count_app:create_app_with_counts()"):
            browser = sign_in_coordinator(environ)
            work = "flask", "--app", "wsgi", "core", "work"
            with run_module(environ, *work, "files"), run_module(environ, *work, "long"):
                _wait_for_transcript(browser, environ, options.transcribe_seconds)
            base = get_base_url(environ)
            interview = INTERVIEW.search(browser.get(base + CALL_PATH).text)
            pages = [*PUBLIC_PAGES, *STAFF_PAGES, *([interview[0]] if interview else []), long_transcript]
            print_report("page", measure_pages(browser, base, pages, options.rounds))


def _add_long_transcript(environ: Mapping[str, str]) -> str:
    """Its address."""
    command = [sys.executable, "-m", "bench.support.long_rows"]
    return subprocess.run(command, cwd=ROOT, env=environ, check=True, capture_output=True, text=True).stdout.strip()


def _wait_for_transcript(browser: requests.Session, environ: Mapping[str, str], seconds: int) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if "/staff/read/interviews/" in browser.get(get_base_url(environ) + "/staff").text:
            return
        time.sleep(2)
    print("The example's transcript was not ready in time: its pages are measured without one.")


if __name__ == "__main__":
    main()
