"""Response times with ten thousand bookings, over HTTP against gunicorn, with queries counted: python -m bench.scale

Fills a fresh installation in a temporary folder, then asks for the pages of staff in turn. Each page is also compared
with one that draws the same layout around nothing. Takes a minute or two.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests

from bench.counted_queries import QUERIES
from bench.server import ROOT, base_address, environment, flask, signed_in, web_server
from tests.postgres import postgres_server

MOST_MILLISECONDS = 200  # what the calendar and the dashboard may take at the median
BARE = "/bare"
COORDINATOR = [
    "/staff",
    "/staff/calendar",
    "/staff/calendar?view=month",
    "/staff/calendar?view=list",
    "/staff/calendar?view=list&page=60&on=2000-01-03",
    "/staff/calendar?view=month&free=yes",
    "/staff/calendar?status=cancelled&view=month",
    "/staff/volunteers",
    "/staff/volunteers?page=200",
    "/staff/recordings",
    "/staff/outbox",
]
INTERVIEWER = ["/staff", "/staff/calendar", "/staff/interviews", "/staff/slots"]
WARM_UP = 3


@dataclass(slots=True)
class Found:
    milliseconds: list[float] = field(default_factory=list)
    queries: int = 0
    kilobytes: float = 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bookings", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=20, help="requests to each page (default 20)")
    parser.add_argument("--databases", nargs="+", choices=["sqlite", "postgresql"], default=["sqlite"])
    options = parser.parse_args()
    for database in options.databases:
        with _installation(database) as environ:
            _fill(environ, options.bookings)
            with web_server(environ, "bench.counted_queries:with_counts()"):
                print(f"\n{database}, {options.bookings} bookings")
                for role, pages in {"coordinator": COORDINATOR, "interviewer": INTERVIEWER}.items():
                    browser = signed_in(environ, role)
                    _report(role, _measure(browser, base_address(environ), [BARE, *pages], options.rounds))


@contextmanager
def _installation(database: str) -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        if database == "sqlite":
            yield _prepared(environment(Path(folder)))
            return
        with postgres_server() as server:
            yield _prepared(environment(Path(folder), DATABASE_URL=f"{server}/postgres"))


def _prepared(environ: dict[str, str]) -> dict[str, str]:
    flask(environ, "db", "upgrade")
    return environ


def _fill(environ: Mapping[str, str], bookings: int) -> None:
    subprocess.run([sys.executable, "-m", "bench.scale_rows", str(bookings)], cwd=ROOT, env=environ, check=True)


def _measure(browser: requests.Session, base: str, pages: list[str], rounds: int) -> dict[str, Found]:
    """Every round asks for every page once, the bare one first."""
    found = {page: Found() for page in pages}
    for number in range(WARM_UP + rounds):
        for page in pages:
            began = time.perf_counter()
            answer = browser.get(base + page)
            took = (time.perf_counter() - began) * 1000
            answer.raise_for_status()
            if number >= WARM_UP:
                found[page].milliseconds.append(took)
            found[page].queries, found[page].kilobytes = int(answer.headers[QUERIES]), len(answer.content) / 1024
    return found


def _report(role: str, found: Mapping[str, Found]) -> None:
    bare = statistics.median(found[BARE].milliseconds)
    print(f"{role:<50} {'median ms':>9} {'p95 ms':>8} {'× bare':>7} {'queries':>8} {'KiB':>6}")
    for page, one in found.items():
        median, p95 = statistics.median(one.milliseconds), statistics.quantiles(one.milliseconds, n=20)[18]
        slow = f"  over {MOST_MILLISECONDS} ms" if median > MOST_MILLISECONDS else ""
        print(
            f"{page:<50} {median:>9.1f} {p95:>8.1f} {median / bare:>7.1f} {one.queries:>8} {one.kilobytes:>6.0f}{slow}"
        )


if __name__ == "__main__":
    main()
