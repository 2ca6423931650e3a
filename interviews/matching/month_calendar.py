"""A month as the rows of a calendar, with weeks that start on Monday. Pure."""

from calendar import Calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

MONTH_TEXT_LENGTH = 7  # of “2026-12”


@dataclass(frozen=True, slots=True)
class MonthDay:
    on: date
    free_count: int  # how many times are free

    @property
    def label(self) -> str:
        free = (
            f"{self.free_count} free {'time' if self.free_count == 1 else 'times'}"
            if self.free_count
            else "no free times"
        )
        return f"{self.on.day} {self.on:%B}, {free}"


@dataclass(frozen=True, slots=True)
class Month:
    title: str  # “December 2026”
    weeks: list[list[MonthDay | None]]  # of seven each; None: a day of another month
    previous_month: str  # as in an address; empty when nothing is free before this one
    next_month: str


def build_month(first: date, free_counts: Mapping[date, int]) -> Month:
    weeks = [
        [MonthDay(day, free_counts.get(day, 0)) if day.month == first.month else None for day in week]
        for week in Calendar().monthdatescalendar(first.year, first.month)
    ]
    with_free = [day.replace(day=1) for day, count in free_counts.items() if count]
    return Month(
        title=f"{first:%B %Y}",
        weeks=weeks,
        previous_month=format_month(_get_previous_month(first)) if any(month < first for month in with_free) else "",
        next_month=format_month(_get_next_month(first)) if any(month > first for month in with_free) else "",
    )


def format_month(first: date) -> str:
    return f"{first:%Y-%m}"


def parse_month(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01") if len(text) == MONTH_TEXT_LENGTH else None
    except ValueError:
        return None


def _get_previous_month(first: date) -> date:
    return (first - timedelta(days=1)).replace(day=1)


def _get_next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)
