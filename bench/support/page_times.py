"""How long pages take over HTTP, one after the other so that all meet the same machine, and how that is printed."""

import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import requests

from bench.support.query_count_app import QUERY_COUNT_HEADER

BARE_PATH = "/bare"  # draws the same layout around nothing
WARM_UP_ROUNDS = 3


@dataclass(slots=True)
class PageTimes:
    milliseconds: list[float] = field(default_factory=list)
    queries: int = 0
    kilobytes: float = 0


def measure_pages(browser: requests.Session, base: str, pages: Sequence[str], rounds: int) -> dict[str, PageTimes]:
    """By page. Every round asks for every page once, the bare one first."""
    asked = [BARE_PATH, *pages]
    found = {page: PageTimes() for page in asked}
    for number in range(WARM_UP_ROUNDS + rounds):
        for page in asked:
            began = time.perf_counter()
            answer = browser.get(base + page)
            took = (time.perf_counter() - began) * 1000
            answer.raise_for_status()
            if number >= WARM_UP_ROUNDS:
                found[page].milliseconds.append(took)
            found[page].queries, found[page].kilobytes = (
                int(answer.headers[QUERY_COUNT_HEADER]),
                len(answer.content) / 1024,
            )
    return found


def print_report(title: str, found: Mapping[str, PageTimes], most_milliseconds: float | None = None) -> None:
    """`most_milliseconds`: what is slower at the median is marked."""
    bare = statistics.median(found[BARE_PATH].milliseconds)
    print(f"{title:<66} {'median ms':>9} {'p95 ms':>8} {'× bare':>7} {'queries':>8} {'KiB':>6}")
    for page, one in found.items():
        median, p95 = statistics.median(one.milliseconds), statistics.quantiles(one.milliseconds, n=20)[18]
        slow = f"  over {most_milliseconds:.0f} ms" if most_milliseconds and median > most_milliseconds else ""
        print(
            f"{page:<66} {median:>9.1f} {p95:>8.1f} {median / bare:>7.1f} {one.queries:>8} {one.kilobytes:>6.0f}{slow}"
        )
