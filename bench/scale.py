"""Response times with ten thousand bookings, over HTTP against gunicorn, with queries counted: python -m bench.scale

Fills a fresh installation in a temporary folder, then asks for the pages of staff in turn. Each page is also compared
with one that draws the same layout around nothing. Takes a minute or two.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bench.page_times import measured, report
from bench.server import ROOT, base_address, environment, flask, signed_in, web_server
from tests.postgres import postgres_server

MOST_MILLISECONDS = 200  # what the calendar and the dashboard may take at the median
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
                    found = measured(browser, base_address(environ), pages, options.rounds)
                    report(role, found, MOST_MILLISECONDS)


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


if __name__ == "__main__":
    main()
