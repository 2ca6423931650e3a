"""Figures in which nobody can be found, from counts of people. Pure; what is counted stands in equality.py.

As NHS Digital publishes hospital statistics (disclosure control for HES and ECDS, September 2018): small counts are not
shown, and the others are rounded to fives. Two things are left out altogether, because a small count could be reckoned
from them: totals, and how many did not say. Without those every hidden count may be anything from nought to four,
whatever else the page shows, so that no second count has to be hidden for the sake of the first.
"""

from collections.abc import Mapping

MIN_SHOWN_COUNT = 5  # fewer people than this are never shown as a number
ROUNDING_STEP = 5  # shown counts are rounded down to it: two pages of different days differ by five or by nothing


def suppress_count(count: int) -> int | None:
    """The figure for a page, a multiple of STEP; None where there are fewer than LEAST."""
    return count - count % ROUNDING_STEP if count >= MIN_SHOWN_COUNT else None


def suppress_counts(counts: Mapping[str, int]) -> dict[str, int | None]:
    """Each figure depends on its own count alone, so that none says anything about another."""
    return {answer: suppress_count(count) for answer, count in counts.items()}


def calculate_min_total(shown: Mapping[str, int | None]) -> int:
    """How many gave an answer at the least: the sum of what is shown, which tells nothing more."""
    return sum(count or 0 for count in shown.values())
