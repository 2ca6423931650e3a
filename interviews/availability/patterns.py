"""From weekly hours and time off to times for interviews. Pure: slot_generation.py makes rows of them.

Times are in the interviewer's time zone, the same each week. On days when clocks change: a start that the clocks skip
is left out; one that occurs twice is offered once, the first time; each interview has its full length in real time, so
one that would overlap the next, or go past the local end of the hours, is left out. No pattern raises an error.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from interviews.availability.intervals import Interval, find_earliest_utc, find_latest_utc, overlaps_any

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """In the interviewer's time zone."""

    weekday: int  # 0 is Monday
    starts: time
    ends: time
    first_on: date
    last_on: date | None = None  # included; None: until further notice

    def applies_on(self, day: date) -> bool:
        return day.weekday() == self.weekday and self.first_on <= day and (self.last_on is None or day <= self.last_on)

    def contains(self, interval: Interval, zone: ZoneInfo) -> bool:
        starts, ends = (moment.astimezone(zone) for moment in (interval.starts_at, interval.ends_at))
        is_one_day = starts.date() == ends.date() and self.applies_on(starts.date())
        return is_one_day and self.starts <= starts.time() and ends.time() <= self.ends


@dataclass(frozen=True, slots=True)
class TimeOffPeriod:
    """Days without interviews, the last one included; with `starts` and `ends`, only those hours of each."""

    first_on: date
    last_on: date
    starts: time | None = None
    ends: time | None = None


@dataclass(frozen=True, slots=True)
class SlotGrid:
    minutes: int
    pause_minutes: int = 0

    @property
    def length(self) -> timedelta:
        return timedelta(minutes=max(self.minutes, 1))

    @property
    def pause(self) -> timedelta:
        return timedelta(minutes=self.pause_minutes)


def generate_slot_times(
    hours: Iterable[WeeklyHours],
    time_off: Sequence[TimeOffPeriod],
    grid: SlotGrid,
    *,
    zone: str,
    first_on: date,
    last_on: date,
) -> list[Interval]:
    """Between two days, both included; in order, in UTC."""
    clocks = ZoneInfo(zone)
    off = [interval for one in time_off for interval in list_time_off_intervals(one, clocks, first_on, last_on)]
    times: list[Interval] = []
    for candidate in sorted(_generate_candidates(hours, grid, clocks, first_on, last_on)):
        is_clear = not times or candidate.starts_at >= times[-1].ends_at + grid.pause
        if is_clear and not overlaps_any(candidate, off):
            times.append(candidate)
    return times


def list_time_off_intervals(period: TimeOffPeriod, clocks: ZoneInfo, first_on: date, last_on: date) -> list[Interval]:
    """Between two days, both included. When clocks change, rather longer than shorter."""
    first, last = max(period.first_on, first_on - ONE_DAY), min(period.last_on, last_on + ONE_DAY)
    if period.starts is None or period.ends is None:
        midnights = datetime.combine(first, time()), datetime.combine(last + ONE_DAY, time())
        return (
            [Interval(find_earliest_utc(midnights[0], clocks), find_latest_utc(midnights[1], clocks))]
            if first <= last
            else []
        )
    return [
        Interval(
            find_earliest_utc(datetime.combine(day, period.starts), clocks),
            find_latest_utc(datetime.combine(day, period.ends), clocks),
        )
        for day in iterate_days(first, last)
    ]


def iterate_days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _generate_candidates(
    hours: Iterable[WeeklyHours], grid: SlotGrid, clocks: ZoneInfo, first_on: date, last_on: date
) -> Iterator[Interval]:
    all_hours = list(hours)
    for day in iterate_days(first_on, last_on):
        for one in all_hours:
            if one.applies_on(day):
                yield from _generate_times_on(day, one, grid, clocks)


def _generate_times_on(day: date, hours: WeeklyHours, grid: SlotGrid, clocks: ZoneInfo) -> Iterator[Interval]:
    """The grid is in local time, so that a time is the same each week."""
    local_start, local_end = datetime.combine(day, hours.starts), datetime.combine(day, hours.ends)
    while local_start + grid.length <= local_end:
        start = find_earliest_utc(local_start, clocks)
        exists = start.astimezone(clocks).replace(tzinfo=None) == local_start
        interval = Interval(start, start + grid.length)
        if exists and interval.ends_at.astimezone(clocks).replace(tzinfo=None) <= local_end:
            yield interval
        local_start += grid.length + grid.pause
