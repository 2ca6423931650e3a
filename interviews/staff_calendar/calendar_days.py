"""Lay out the staff calendar in days, weeks and months, in one time zone."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core import clock
from interviews.staff_calendar.calendar_entries import EntryKey

ONE_DAY = timedelta(days=1)
ONE_WEEK = timedelta(days=7)
EARLIEST_DAY, LATEST_DAY = date(2000, 1, 3), date(2999, 12, 1)  # dates in addresses are limited to these


@dataclass(frozen=True, slots=True)
class CalendarDay:
    on: date
    entry_keys: Sequence[EntryKey]  # the first of them
    hidden_count: int  # how many are left out
    is_outside_month: bool  # belongs to the month before or after


def get_week_bounds(on: date) -> tuple[date, date]:
    """Its Monday, and the Monday after."""
    monday = on - ONE_DAY * on.weekday()
    return monday, monday + ONE_WEEK


def get_month_grid_bounds(on: date) -> tuple[date, date]:
    """From the Monday on or before its first day to the Monday after its last."""
    first = on.replace(day=1)
    return get_week_bounds(first)[0], get_week_bounds(get_next_month(first) - ONE_DAY)[1]


def get_next_month(on: date) -> date:
    return (on.replace(day=1) + ONE_DAY * 31).replace(day=1)


def get_previous_month(on: date) -> date:
    return (on.replace(day=1) - ONE_DAY).replace(day=1)


def get_midnight(on: date, zone: str) -> datetime:
    return datetime.combine(on, time(), ZoneInfo(zone))


def build_calendar_days(
    entry_keys: Iterable[EntryKey], first: date, end: date, zone: str, *, max_entries: int, month: int | None = None
) -> list[CalendarDay]:
    """`end` is not included. `max_entries`: of each day; `month`: the one shown."""
    by_day: dict[date, list[EntryKey]] = defaultdict(list)
    for key in entry_keys:
        by_day[clock.convert_to_zone(key.starts_at, zone).date()].append(key)
    return [
        CalendarDay(
            on, by_day[on][:max_entries], max(0, len(by_day[on]) - max_entries), month is not None and on.month != month
        )
        for on in (first + ONE_DAY * n for n in range((end - first).days))
    ]


def format_24_hour_time(moment: datetime, zone: str) -> str:
    return f"{clock.convert_to_zone(moment, zone):%H:%M}"


def clamp_to_supported_days(on: date) -> date:
    return min(max(on, EARLIEST_DAY), LATEST_DAY)
