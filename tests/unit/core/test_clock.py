"""The clock, and times as people read them."""

from datetime import UTC, datetime, time, timedelta, timezone

import pytest

from core import clock

SUMMER = datetime(2026, 7, 1, 9, 0, tzinfo=UTC)
WINTER = datetime(2026, 1, 1, 9, 0, tzinfo=UTC)


def test_now_is_aware_and_in_utc() -> None:
    assert clock.now().tzinfo is UTC


@pytest.mark.parametrize("moment", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, tzinfo=UTC)])
@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo"])
def test_the_first_and_last_datetimes_can_be_shown(moment: datetime, zone: str) -> None:
    assert clock.format_day(moment, zone)


def test_a_frozen_clock_stops_and_then_runs_on() -> None:
    with clock.freeze_at(SUMMER):
        assert clock.now() == SUMMER
        with clock.freeze_at(WINTER):
            assert clock.now() == WINTER
        assert clock.now() == SUMMER

    assert clock.now() not in {SUMMER, WINTER}


def test_a_clock_frozen_in_another_zone_gives_utc() -> None:
    with clock.freeze_at(SUMMER.astimezone(timezone(timedelta(hours=5)))):
        assert (clock.now(), clock.now().tzinfo) == (SUMMER, UTC)


@pytest.mark.parametrize(
    ("moment", "text"), [(SUMMER, "Wednesday 1 July 2026 at 10am"), (WINTER, "Thursday 1 January 2026 at 9am")]
)
def test_a_moment_is_shown_in_the_time_zone(moment: datetime, text: str) -> None:
    assert clock.format_day_and_time(moment, "Europe/London") == text


@pytest.mark.parametrize(
    ("local", "text"),
    [
        (time(0, 0), "midnight"),
        (time(0, 30), "12:30am"),
        (time(9, 5), "9:05am"),
        (time(10, 45), "10:45am"),
        (time(12, 0), "midday"),
        (time(12, 15), "12:15pm"),
        (datetime(2026, 7, 1, 18, 0, tzinfo=UTC), "6pm"),
        (time(23, 59, 59), "11:59pm"),
    ],
)
def test_a_clock_time_is_written_as_people_say_it(local: datetime | time, text: str) -> None:
    assert clock.format_clock_time(local) == text


def test_a_day_is_the_day_of_the_zone() -> None:
    assert clock.format_day(datetime(2026, 6, 30, 23, 30, tzinfo=UTC), "Europe/London") == "Wednesday 1 July 2026"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (59.99, "0:59"), (125, "2:05"), (3600, "1:00:00"), (3725.5, "1:02:05")]
)
def test_a_time_in_a_recording_is_shown_in_minutes_and_hours(seconds: float, text: str) -> None:
    assert clock.format_seconds(seconds) == text
