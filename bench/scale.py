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

from bench.support.page_times import measure_pages, print_report
from bench.support.web_installation import (
    ROOT,
    get_base_url,
    make_environment,
    run_flask,
    run_web_server,
    sign_in,
)
from tests.support.postgres import run_postgres_server

MAX_MILLISECONDS = 200  # what the calendar and the dashboard may take at the median
COORDINATOR_PAGES = [
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
INTERVIEWER_PAGES = ["/staff", "/staff/calendar", "/staff/interviews", "/staff/slots"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bookings", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=20, help="requests to each page (default 20)")
    parser.add_argument("--databases", nargs="+", choices=["sqlite", "postgresql"], default=["sqlite"])
    options = parser.parse_args()
    for database in options.databases:
        with _run_installation(database) as environ:
            _fill_database(environ, options.bookings)
            with run_web_server(environ, "bench.support.query_count_app:create_app_with_counts()"):
                print(f"\n{database}, {options.bookings} bookings")
                for role, pages in {"coordinator": COORDINATOR_PAGES, "interviewer": INTERVIEWER_PAGES}.items():
                    browser = sign_in(environ, role)
                    found = measure_pages(browser, get_base_url(environ), pages, options.rounds)
                    print_report(role, found, MAX_MILLISECONDS)


@contextmanager
def _run_installation(database: str) -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        if database == "sqlite":
            yield _prepare(make_environment(Path(folder)))
            return
        with run_postgres_server() as server:
            yield _prepare(make_environment(Path(folder), DATABASE_URL=f"{server}/postgres"))


def _prepare(environ: dict[str, str]) -> dict[str, str]:
    run_flask(environ, "db", "upgrade")
    return environ


def _fill_database(environ: Mapping[str, str], bookings: int) -> None:
    subprocess.run([sys.executable, "-m", "bench.support.scale_rows", str(bookings)], cwd=ROOT, env=environ, check=True)


if __name__ == "__main__":
    main()
