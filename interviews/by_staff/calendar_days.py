"""Lay out the staff calendar in days, weeks and months, on the clocks of one zone. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core import clock
from interviews.by_staff.staff_calendar import Place

A_DAY = timedelta(days=1)
A_WEEK = timedelta(days=7)
FIRST_DAY, LAST_DAY = date(2000, 1, 3), date(2999, 12, 1)  # what the pages can reckon with


@dataclass(frozen=True, slots=True)
class CalendarDay:
    on: date
    places: Sequence[Place]  # the first of them
    more: int  # how many are left out
    is_other: bool  # of the month before or after


def week_of(on: date) -> tuple[date, date]:
    """Its Monday, and the Monday after."""
    monday = on - A_DAY * on.weekday()
    return monday, monday + A_WEEK


def month_of(on: date) -> tuple[date, date]:
    """From the Monday on or before its first day to the Monday after its last."""
    first = on.replace(day=1)
    return week_of(first)[0], week_of(next_month(first) - A_DAY)[1]


def next_month(on: date) -> date:
    """Its first day."""
    return (on.replace(day=1) + A_DAY * 31).replace(day=1)


def month_before(on: date) -> date:
    """Its first day."""
    return (on.replace(day=1) - A_DAY).replace(day=1)


def midnight(on: date, zone: str) -> datetime:
    return datetime.combine(on, time(), ZoneInfo(zone))


def days_between(
    places: Iterable[Place], first: date, end: date, zone: str, *, most: int, month: int | None = None
) -> list[CalendarDay]:
    """Every day from one up to, but not including, another. `most`: of each day; `month`: the one that is shown."""
    by_day: dict[date, list[Place]] = defaultdict(list)
    for place in places:
        by_day[clock.in_zone(place.starts_at, zone).date()].append(place)
    return [
        CalendarDay(on, by_day[on][:most], max(0, len(by_day[on]) - most), month is not None and on.month != month)
        for on in (first + A_DAY * n for n in range((end - first).days))
    ]


def clock_time(moment: datetime, zone: str) -> str:
    """ "10:00"."""
    return f"{clock.in_zone(moment, zone):%H:%M}"


def within_reach(on: date) -> date:
    return min(max(on, FIRST_DAY), LAST_DAY)
