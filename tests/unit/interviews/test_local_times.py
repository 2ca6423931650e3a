"""Clock times become moments, also on the two days of the year on which clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviews.availability.local_times import (
    ClockChangeError,
    Repeat,
    Series,
    SeriesError,
    list_start_times,
    resolve_local_time,
)

LONDON = "Europe/London"


def series(**changes: object) -> Series:
    values: dict[str, object] = {
        "first_on": date(2027, 3, 26),
        "last_on": date(2027, 4, 2),
        "repeat": Repeat.ONCE,
        "times": (time(10), time(14, 30)),
        "zone": LONDON,
    }
    return Series(**(values | changes))  # type: ignore[arg-type]


def test_one_day_has_its_times_once_and_in_order() -> None:
    found = list_start_times(series(times=(time(14, 30), time(10), time(10))))

    assert found == [datetime(2027, 3, 26, 10, tzinfo=UTC), datetime(2027, 3, 26, 14, 30, tzinfo=UTC)]


def test_the_clocks_show_the_same_time_after_they_have_gone_forward() -> None:
    found = list_start_times(series(repeat=Repeat.WEEKLY, times=(time(10),)))

    assert found == [datetime(2027, 3, 26, 10, tzinfo=UTC), datetime(2027, 4, 2, 9, tzinfo=UTC)]


def test_every_weekday_leaves_out_saturday_and_sunday() -> None:
    found = list_start_times(series(repeat=Repeat.WEEKDAYS, times=(time(10),)))

    assert [at.astimezone(ZoneInfo(LONDON)).date().day for at in found] == [26, 29, 30, 31, 1, 2]


def test_a_time_that_the_clocks_skip_is_refused_with_a_reason() -> None:
    with pytest.raises(ClockChangeError, match="go forward on Sunday 28 March 2027, so 01:30 does not exist"):
        resolve_local_time(date(2027, 3, 28), time(1, 30), LONDON)


def test_a_time_that_comes_twice_is_refused_with_a_reason() -> None:
    with pytest.raises(ClockChangeError, match="go back on Sunday 31 October 2027, so 01:30 occurs twice"):
        resolve_local_time(date(2027, 10, 31), time(1, 30), LONDON)


def test_a_last_day_before_the_first_is_refused() -> None:
    with pytest.raises(SeriesError, match="must be after"):
        list_start_times(series(repeat=Repeat.WEEKLY, last_on=date(2027, 3, 1)))


def test_a_weekend_without_a_weekday_is_refused() -> None:
    with pytest.raises(SeriesError, match="no such day"):
        list_start_times(series(repeat=Repeat.WEEKDAYS, first_on=date(2027, 3, 27), last_on=date(2027, 3, 28)))


@given(
    day=st.dates(date(2026, 1, 1), date(2028, 1, 1)),
    minutes=st.integers(0, 24 * 60 - 1),
    zone=st.sampled_from([LONDON, "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Asia/Kathmandu"]),
)
def test_the_clocks_of_the_zone_show_what_was_asked_or_it_is_refused(day: date, minutes: int, zone: str) -> None:
    at = (datetime(2000, 1, 1) + timedelta(minutes=minutes)).time()  # noqa: DTZ001 only its clock time is used

    try:
        found = resolve_local_time(day, at, zone).astimezone(ZoneInfo(zone))
    except ClockChangeError:
        local = datetime.combine(day, at, tzinfo=ZoneInfo(zone))
        assert local.utcoffset() != local.replace(fold=1).utcoffset()
    else:
        assert (found.date(), found.time()) == (day, at)
