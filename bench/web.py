"""Response times of the main pages with the example's data, over HTTP against gunicorn: python -m bench.web

Absolute times say more about the machine than about the pages, so each page is also compared with a page that draws
the same layout around nothing; requests to both alternate in the same run. Takes a minute or two.
"""

import argparse
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parent.parent
BARE = "/bare"
CALL = "/staff/read/waiting-well"
PUBLIC = ["/calls/waiting-well", "/calls/waiting-well/write", "/calls/waiting-well/volunteer"]
STAFF = ["/staff", "/staff/volunteers", "/staff/outbox", CALL, f"{CALL}/questions/cost", "/staff/read/recordings"]
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
INTERVIEW = re.compile(r"/staff/read/interviews/[0-9a-f-]{36}")
WARM_UP = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40, help="requests to each page (default 40)")
    parser.add_argument("--transcribe-seconds", type=int, default=240, help="most to wait for the example's transcript")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        environment = _environment(Path(folder), _free_port())
        _flask(environment, "db", "upgrade")
        _flask(environment, "review", "load-example")
        with _running(environment, "gunicorn", *_gunicorn(environment["LISTENING_POST_BASE_URL"])):
            browser = _signed_in(environment)
            with _running(environment, "flask", "--app", "wsgi", "core", "work", "long"):
                _wait_for_transcript(browser, environment, options.transcribe_seconds)
            _report(_measure(browser, environment["LISTENING_POST_BASE_URL"], options.rounds))


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


def _wait_for_transcript(browser: requests.Session, environment: Mapping[str, str], seconds: int) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if "/staff/read/interviews/" in browser.get(environment["LISTENING_POST_BASE_URL"] + "/staff").text:
            return
        time.sleep(2)
    print("The example's transcript was not ready in time: its pages are measured without one.")


def _signed_in(environment: Mapping[str, str]) -> requests.Session:
    browser = requests.Session()
    link = next(
        line.split()[-1]
        for line in _flask(environment, "accounts", "sign-in-links").splitlines()
        if line.startswith("coordinator")
    )
    _wait_for_web(link)
    token = TOKEN.search(browser.get(link).text)
    browser.post(link, data={"csrf_token": token[1] if token else ""}).raise_for_status()
    return browser


def _wait_for_web(address: str) -> None:
    for _ in range(100):
        try:
            requests.head(address, timeout=10)
            return
        except requests.ConnectionError:
            time.sleep(0.2)
    raise SystemExit("The web server did not start.")


def _environment(folder: Path, port: int) -> dict[str, str]:
    ours = {"DATA_FOLDER": str(folder), "BASE_URL": f"http://127.0.0.1:{port}", "SECRET_KEY": "only for measuring"}
    others = {name: value for name, value in os.environ.items() if not name.startswith("LISTENING_POST_")}
    return others | {f"LISTENING_POST_{name}": value for name, value in ours.items()}


def _gunicorn(base: str) -> list[str]:
    bind = base.removeprefix("http://")
    threads = ["--worker-class", "gthread", "--threads", "16"]
    return [*threads, "--log-level", "error", "--bind", bind, "bench.bare_page:with_bare_page()"]


def _flask(environment: Mapping[str, str], *arguments: str) -> str:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout


@contextmanager
def _running(environment: Mapping[str, str], *module: str) -> Iterator[None]:
    process = subprocess.Popen([sys.executable, "-m", *module], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
