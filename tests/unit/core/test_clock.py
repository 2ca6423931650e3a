"""The clock, and times as people read them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from core import clock

SUMMER = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)
WINTER = datetime(2026, 1, 1, 9, 0, tzinfo=UTC)


def test_now_is_aware_and_in_utc() -> None:
    assert clock.now().tzinfo is UTC


@pytest.mark.parametrize("moment", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, tzinfo=UTC)])
@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo"])
def test_a_moment_at_either_end_of_time_breaks_no_page(moment: datetime, zone: str) -> None:
    assert clock.format_day(moment, zone)


def test_a_stopped_clock_stays_put_and_then_goes_on() -> None:
    with clock.freeze_at(SUMMER):
        assert clock.now() == SUMMER
        with clock.freeze_at(WINTER):
            assert clock.now() == WINTER
        assert clock.now() == SUMMER

    assert clock.now() not in {SUMMER, WINTER}


def test_a_clock_stopped_in_another_zone_gives_utc() -> None:
    with clock.freeze_at(SUMMER.astimezone(timezone(timedelta(hours=5)))):
        assert (clock.now(), clock.now().tzinfo) == (SUMMER, UTC)


@pytest.mark.parametrize(
    ("moment", "words"), [(SUMMER, "Wednesday 1 July 2026, 10:00"), (WINTER, "Thursday 1 January 2026, 09:00")]
)
def test_a_moment_is_shown_as_the_clocks_of_the_zone_show_it(moment: datetime, words: str) -> None:
    assert clock.format_day_and_time(moment, "Europe/London") == words


def test_a_day_is_the_day_of_the_zone() -> None:
    assert clock.format_day(datetime(2026, 6, 30, 23, 30, tzinfo=UTC), "Europe/London") == "Wednesday 1 July 2026"


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0:00"), (59.99, "0:59"), (125, "2:05"), (3600, "1:00:00"), (3725.5, "1:02:05")]
)
def test_a_moment_in_a_recording_is_shown_in_minutes_and_hours(seconds: float, words: str) -> None:
    assert clock.format_seconds(seconds) == words
