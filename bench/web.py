"""Response times of the main pages with the example's data, over HTTP against gunicorn: python -m bench.web

Absolute times say more about the machine than about the pages, so each page is also compared with a page that draws
the same layout around nothing; requests to both alternate in the same run. Takes a minute or two.
"""

import argparse
import re
import statistics
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import requests

from bench.server import base_address, coordinator, environment, flask, running, web_server

BARE = "/bare"
CALL = "/staff/read/waiting-well"
PUBLIC = ["/calls/waiting-well", "/calls/waiting-well/write", "/calls/waiting-well/volunteer"]
STAFF = ["/staff", "/staff/volunteers", "/staff/outbox", CALL, f"{CALL}/questions/cost", "/staff/read/recordings"]
INTERVIEW = re.compile(r"/staff/read/interviews/[0-9a-f-]{36}")
WARM_UP = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40, help="requests to each page (default 40)")
    parser.add_argument("--transcribe-seconds", type=int, default=240, help="most to wait for the example's transcript")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        environ = environment(Path(folder))
        flask(environ, "db", "upgrade")
        flask(environ, "review", "load-example")
        with web_server(environ, "bench.bare_page:with_bare_page()"):
            browser = coordinator(environ)
            work = "flask", "--app", "wsgi", "core", "work"
            with running(environ, *work, "files"), running(environ, *work, "long"):
                _wait_for_transcript(browser, environ, options.transcribe_seconds)
            _report(_measure(browser, base_address(environ), options.rounds))


def _measure(browser: requests.Session, base: str, rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each request, by page. Every round asks for every page once, the bare one first."""
    interview = INTERVIEW.search(browser.get(base + CALL).text)
    pages = [BARE, *PUBLIC, *STAFF, *([interview[0]] if interview else [])]
    found: dict[str, list[float]] = {page: [] for page in pages}
    for number in range(WARM_UP + rounds):
        for page in pages:
            began = time.perf_counter()
            answer = browser.get(base + page)
            took = (time.perf_counter() - began) * 1000
            answer.raise_for_status()
            if number >= WARM_UP:
                found[page].append(took)
    return found


def _report(found: Mapping[str, list[float]]) -> None:
    bare = statistics.median(found[BARE])
    print(f"{'page':<62} {'median ms':>9} {'p95 ms':>8} {'× bare':>7}")
    for page, times in found.items():
        median, p95 = statistics.median(times), statistics.quantiles(times, n=20)[18]
        print(f"{page:<62} {median:>9.1f} {p95:>8.1f} {median / bare:>7.1f}")


def _wait_for_transcript(browser: requests.Session, environ: Mapping[str, str], seconds: int) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if "/staff/read/interviews/" in browser.get(base_address(environ) + "/staff").text:
            return
        time.sleep(2)
    print("The example's transcript was not ready in time: its pages are measured without one.")


if __name__ == "__main__":
    main()
