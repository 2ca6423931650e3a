"""Every zone over two years of clock changes: times as the calendars of the zone show them. Takes seconds."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviews.availability.intervals import Interval
from interviews.availability.patterns import SlotGrid, WeeklyHours, generate_slot_times

ZONES = (
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",  # half an hour of summer time
    "Asia/Kolkata",  # none
    "Africa/Casablanca",  # back for Ramadan
    "America/St_Johns",  # half an hour off the full
)
TWO_YEARS = date(2026, 1, 1), date(2027, 12, 31)
MONDAY, SUNDAY = 0, 6


def times(*hours: WeeklyHours, zone: str, grid: SlotGrid) -> list[Interval]:
    return generate_slot_times(hours, (), grid, zone=zone, first_on=TWO_YEARS[0], last_on=TWO_YEARS[1])


@pytest.mark.parametrize("zone", ZONES)
def test_a_working_week_over_two_years_shows_the_same_times_each_week(zone: str) -> None:
    week = [WeeklyHours(day, time(9), time(17), TWO_YEARS[0]) for day in range(5)]

    found = times(*week, zone=zone, grid=SlotGrid(60))

    per_day = Counter(one.starts_at.astimezone(ZoneInfo(zone)).date() for one in found)
    shown = {one.starts_at.astimezone(ZoneInfo(zone)).time() for one in found}
    assert set(per_day.values()) == {8}
    assert len(per_day) == 522  # Mondays to Fridays of 2026 and 2027
    assert shown == {time(hour) for hour in range(9, 17)}


@st.composite
def hours_of_a_day(draw: st.DrawFn) -> WeeklyHours:
    """On the five minutes; half of them in the nights on which clocks change."""
    weekday, latest = draw(st.sampled_from([(SUNDAY, 60), (SUNDAY, 287), (MONDAY, 287), (3, 287)]))
    first, last = sorted(draw(st.lists(st.integers(0, latest), min_size=2, max_size=2, unique=True)))
    starts, ends = (time(n // 12, n % 12 * 5) for n in (first, last))
    return WeeklyHours(weekday, starts, ends, TWO_YEARS[0])


class PlainCalculation:
    """The same by other means: every minute of two years is walked in UTC, and the clocks of the zone are read.

    Nothing here combines a date and a time into a moment, which is where clock changes bite.
    """

    def __init__(self, zone: str) -> None:
        self.clocks = ZoneInfo(zone)
        self.first_shown: dict[datetime, datetime] = {}
        moment = datetime(2025, 12, 30, tzinfo=UTC)
        while moment < datetime(2028, 1, 3, tzinfo=UTC):
            self.first_shown.setdefault(moment.astimezone(self.clocks).replace(tzinfo=None), moment)
            moment += timedelta(minutes=5)

    def times(self, hours: WeeklyHours, grid: SlotGrid) -> list[Interval]:
        found: list[Interval] = []
        for shown in self._shown(hours, grid):
            start = self.first_shown.get(shown)
            if start is None or (found and start < found[-1].ends_at + grid.pause):
                continue
            end = start + grid.length
            if end.astimezone(self.clocks).replace(tzinfo=None) <= datetime.combine(shown.date(), hours.ends):
                found.append(Interval(start, end))
        return found

    def _shown(self, hours: WeeklyHours, grid: SlotGrid) -> list[datetime]:
        step = (grid.minutes + grid.pause_minutes) // 5
        first = (hours.starts.hour * 60 + hours.starts.minute) // 5
        last = (hours.ends.hour * 60 + hours.ends.minute - grid.minutes) // 5
        all_days = [TWO_YEARS[0] + timedelta(days=n) for n in range((TWO_YEARS[1] - TWO_YEARS[0]).days + 1)]
        days = [datetime(day.year, day.month, day.day) for day in all_days if day.weekday() == hours.weekday]  # noqa: DTZ001
        return [day + timedelta(minutes=5 * n) for day in days for n in range(first, last + 1, step)]


CALCULATIONS: dict[str, PlainCalculation] = {}


def calculate_plainly(zone: str) -> PlainCalculation:
    return CALCULATIONS.setdefault(zone, CALCULATIONS.get(zone) or PlainCalculation(zone))


@pytest.mark.parametrize("zone", ZONES)
@given(
    hours=hours_of_a_day(),
    minutes=st.integers(2, 24).map(lambda n: 5 * n),
    pause=st.integers(0, 6).map(lambda n: 5 * n),
)
@settings(max_examples=30, deadline=None)
def test_none_is_lost_doubled_or_shifted_in_two_years(zone: str, hours: WeeklyHours, minutes: int, pause: int) -> None:
    grid = SlotGrid(minutes, pause)

    found = times(hours, zone=zone, grid=grid)

    assert found == calculate_plainly(zone).times(hours, grid)


@pytest.mark.parametrize("zone", ZONES)
@given(hours=st.lists(hours_of_a_day(), min_size=1, max_size=5), pause=st.sampled_from([0, 10, 30]))
@settings(max_examples=8, deadline=None)
def test_times_never_overlap_and_last_exactly_as_long_as_they_should(
    zone: str, hours: list[WeeklyHours], pause: int
) -> None:
    found = times(*hours, zone=zone, grid=SlotGrid(45, pause))

    gaps = [later.starts_at - earlier.ends_at for earlier, later in pairwise(found)]
    assert all(gap >= timedelta(minutes=pause) for gap in gaps)
    assert {one.ends_at - one.starts_at for one in found} <= {timedelta(minutes=45)}
