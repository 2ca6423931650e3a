"""Many people at one moment on few times, over HTTP against gunicorn: python -m bench.rush

300 volunteers open the page with the times, then all press “Book this time” together; the same with a group session of
eight places, and then with its waiting list. It prints who got what and how long the answers took, beside
as many requests at once for a page of the same layout that does nothing.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from bench.support.web_installation import (
    ROOT,
    extract_form_token,
    get_base_url,
    make_environment,
    run_flask,
    run_web_server,
)
from tests.support.postgres import run_postgres_server

SLOTS = 10
SEATS = 8
BARE_PATH = "/bare"


@dataclass(frozen=True, slots=True)
class SimultaneousRequest:
    """What one client does at the shared moment."""

    browser: requests.Session
    address: str
    form: Mapping[str, str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=300)
    parser.add_argument("--databases", nargs="+", choices=["sqlite", "postgresql"], default=["sqlite", "postgresql"])
    options = parser.parse_args()
    for database in options.databases:
        with _run_installation(database) as environ:
            people = _prepare_rows(environ, options.clients)
            with run_web_server(environ, "bench.support.bare_page:create_app_with_bare_page()"):
                _run(f"{database}: {options.clients} clients", get_base_url(environ), people)
            _count_rows(environ)


def _run(title: str, base: str, people: Mapping[str, list[dict[str, str]]]) -> None:
    print(f"\n{title}\n{'':<34} {'median s':>9} {'p95 s':>7} {'slowest':>8}  answers")
    doing_nothing = [SimultaneousRequest(requests.Session(), base + BARE_PATH, {}) for _ in people["interviews"]]
    _print_report("a page that does nothing", doing_nothing)
    _print_report(f"{SLOTS} times", [_prepare_booking(base, person) for person in people["interviews"]])
    _print_report(
        f"a group session of {SEATS}", [_prepare_session_request(base, person, "take") for person in people["session"]]
    )
    _print_report("its waiting list", [_prepare_session_request(base, person, "join") for person in people["session"]])


def _prepare_booking(base: str, person: Mapping[str, str]) -> SimultaneousRequest:
    browser, address = _open_browser(person), f"{base}/my/offers/{person['volunteer']}/book"
    page = browser.get(address, timeout=120)
    return SimultaneousRequest(browser, address, {"csrf_token": extract_form_token(page.text), "slot": person["slot"]})


def _prepare_session_request(base: str, person: Mapping[str, str], action: str) -> SimultaneousRequest:
    """Take a place, or wait for one; who has a place already gets a message."""
    browser, address = _open_browser(person), f"{base}/my/sessions/{person['slot']}"
    return SimultaneousRequest(
        browser, f"{address}/{action}", {"csrf_token": extract_form_token(browser.get(address, timeout=120).text)}
    )


def _open_browser(person: Mapping[str, str]) -> requests.Session:
    browser = requests.Session()
    browser.headers["Connection"] = "close"  # one kept open runs out while the others get ready
    browser.get(person["link"], timeout=120).raise_for_status()
    return browser


def _print_report(title: str, visits: list[SimultaneousRequest]) -> None:
    seconds, answers = _send_all_at_once(visits)
    p95 = statistics.quantiles(seconds, n=20)[18]
    outcomes = ", ".join(f"{count} × {status}" for status, count in sorted(answers.items()))
    print(f"{title:<34} {statistics.median(seconds):>9.2f} {p95:>7.2f} {max(seconds):>8.2f}  {outcomes}")


def _send_all_at_once(visits: list[SimultaneousRequest]) -> tuple[list[float], Counter[int]]:
    """Seconds from the shared start to each answer, and the status codes without following redirects."""
    gate = threading.Barrier(len(visits) + 1)
    found: list[tuple[float, int]] = []

    def visit(one: SimultaneousRequest) -> None:
        send: Callable[..., requests.Response] = one.browser.post if one.form else one.browser.get
        gate.wait()
        began = time.perf_counter()
        answer = send(one.address, data=one.form or None, timeout=300, allow_redirects=False)
        found.append((time.perf_counter() - began, answer.status_code))

    threads = [threading.Thread(target=visit, args=(one,)) for one in visits]
    for thread in threads:
        thread.start()
    gate.wait()
    for thread in threads:
        thread.join()
    return [seconds for seconds, _ in found], Counter(status for _, status in found)


@contextmanager
def _run_installation(database: str) -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        if database == "sqlite":
            yield _migrate(make_environment(Path(folder)))
            return
        with run_postgres_server() as address:
            yield _migrate(make_environment(Path(folder), DATABASE_URL=f"{address}/postgres"))


def _migrate(environ: dict[str, str]) -> dict[str, str]:
    run_flask(environ, "db", "upgrade")
    return environ


def _prepare_rows(environ: Mapping[str, str], clients: int) -> dict[str, list[dict[str, str]]]:
    """Accepted volunteers with their links, and what each will press."""
    return dict(json.loads(_run_rows(environ, "prepare", str(clients))))


def _count_rows(environ: Mapping[str, str]) -> None:
    print(_run_rows(environ, "count"))


def _run_rows(environ: Mapping[str, str], *arguments: str) -> str:
    command = [sys.executable, "-m", "bench.support.rush_rows", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environ, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
