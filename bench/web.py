"""Response times of the main pages with the example's data, over HTTP against gunicorn: python -m bench.web

Beside them the page of a transcript of two hours (bench/long_rows.py), with what it asks the database.

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

from bench.page_times import measured, report
from bench.server import ROOT, base_address, coordinator, environment, flask, running, web_server

CALL = "/staff/read/waiting-well"
PUBLIC = ["/calls/waiting-well", "/calls/waiting-well/write", "/calls/waiting-well/volunteer"]
STAFF = ["/staff", "/staff/volunteers", "/staff/outbox", CALL, f"{CALL}/questions/cost", "/staff/read/recordings"]
INTERVIEW = re.compile(r"/staff/read/interviews/[0-9a-f-]{36}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40, help="requests to each page (default 40)")
    parser.add_argument("--transcribe-seconds", type=int, default=240, help="most to wait for the example's transcript")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        environ = environment(Path(folder))
        flask(environ, "db", "upgrade")
        flask(environ, "review", "load-example")
        long_transcript = _long_transcript(environ)
        with web_server(environ, "bench.counted_queries:with_counts()"):
            browser = coordinator(environ)
            work = "flask", "--app", "wsgi", "core", "work"
            with running(environ, *work, "files"), running(environ, *work, "long"):
                _wait_for_transcript(browser, environ, options.transcribe_seconds)
            base = base_address(environ)
            interview = INTERVIEW.search(browser.get(base + CALL).text)
            pages = [*PUBLIC, *STAFF, *([interview[0]] if interview else []), long_transcript]
            report("page", measured(browser, base, pages, options.rounds))


def _long_transcript(environ: Mapping[str, str]) -> str:
    """Its address."""
    command = [sys.executable, "-m", "bench.long_rows"]
    return subprocess.run(command, cwd=ROOT, env=environ, check=True, capture_output=True, text=True).stdout.strip()


def _wait_for_transcript(browser: requests.Session, environ: Mapping[str, str], seconds: int) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if "/staff/read/interviews/" in browser.get(base_address(environ) + "/staff").text:
            return
        time.sleep(2)
    print("The example's transcript was not ready in time: its pages are measured without one.")


if __name__ == "__main__":
    main()
