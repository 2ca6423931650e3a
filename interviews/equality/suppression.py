"""Disclosure control for counts of people. Pure; counting: equality_counts.py.

As NHS Digital publishes hospital statistics (disclosure control for HES and ECDS, September 2018): small counts are
suppressed, and the others are rounded to fives. Totals, and how many did not say, are left out, because a small count
could be calculated from them. Without them every suppressed count may be anything from 0 to 4, so secondary suppression
is not needed.
"""

from collections.abc import Mapping

MIN_SHOWN_COUNT = 5  # fewer people than this are never shown as a number
ROUNDING_STEP = 5  # counts are rounded down to a multiple


def suppress_count(count: int) -> int | None:
    return count - count % ROUNDING_STEP if count >= MIN_SHOWN_COUNT else None


def suppress_counts(counts: Mapping[str, int]) -> dict[str, int | None]:
    """Rounds each count by itself, so that none reveals anything about another."""
    return {answer: suppress_count(count) for answer, count in counts.items()}


def calculate_min_total(shown: Mapping[str, int | None]) -> int:
    return sum(count or 0 for count in shown.values())
