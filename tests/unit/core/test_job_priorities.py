"""Which of two jobs comes first."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.job_order import HIGHEST, IMMEDIATE, build_sort_key

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = 3600.0
SOON = timedelta(hours=1)


def test_a_short_recording_comes_before_a_long_one_that_is_a_little_older() -> None:
    long, short = build_sort_key(3 * HOUR, NOON), build_sort_key(600.0, NOON + SOON)

    assert short < long


def test_a_long_recording_is_not_overtaken_for_ever() -> None:
    long, short = build_sort_key(3 * HOUR, NOON), build_sort_key(600.0, NOON + 3 * SOON)

    assert long < short


@given(st.floats(1.0, 1e6), st.timedeltas(timedelta(0), timedelta(days=365)))
def test_what_is_small_or_chosen_comes_before_all_that_is_measured(seconds: float, later: timedelta) -> None:
    measured, small, chosen = (
        build_sort_key(seconds, NOON),
        build_sort_key(IMMEDIATE, NOON + later),
        build_sort_key(HIGHEST, NOON + later),
    )

    assert chosen < small < measured


def test_of_two_that_are_equal_the_older_comes_first() -> None:
    assert build_sort_key(IMMEDIATE, NOON) < build_sort_key(IMMEDIATE, NOON + SOON)
