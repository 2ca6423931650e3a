"""A month as the rows of a calendar, weeks beginning on Monday. Pure: what is free on a day is counted elsewhere."""

from calendar import Calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTH_LENGTH = 7  # of “2026-12”


@dataclass(frozen=True, slots=True)
class MonthDay:
    on: date
    free: int  # how many times are free

    @property
    def words(self) -> str:
        """For whoever hears the page: “3 December, 2 times free”."""
        free = f"{self.free} {'time' if self.free == 1 else 'times'} free" if self.free else "nothing free"
        return f"{self.on.day} {self.on:%B}, {free}"


@dataclass(frozen=True, slots=True)
class Month:
    title: str  # “December 2026”
    weeks: list[list[MonthDay | None]]  # of seven each; None: a day of another month
    before: str  # the month before as in an address, empty when nothing is free before this one
    after: str


def month_of(first: date, free: Mapping[date, int]) -> Month:
    """The month that begins on `first`, with how many times are free on which day."""
    weeks = [
        [MonthDay(day, free.get(day, 0)) if day.month == first.month else None for day in week]
        for week in Calendar().monthdatescalendar(first.year, first.month)
    ]
    with_free = [day.replace(day=1) for day, count in free.items() if count]
    return Month(
        title=f"{first:%B %Y}",
        weeks=weeks,
        before=as_text(_month_before(first)) if any(month < first for month in with_free) else "",
        after=as_text(_month_after(first)) if any(month > first for month in with_free) else "",
    )


def as_text(first: date) -> str:
    """ "2026-12"."""
    return f"{first:%Y-%m}"


def first_of(text: str) -> date | None:
    """The first day of a month that stands in an address; None for what is no month."""
    try:
        return date.fromisoformat(f"{text}-01") if len(text) == MONTH_LENGTH else None
    except ValueError:
        return None


def _month_before(first: date) -> date:
    return (first - timedelta(days=1)).replace(day=1)


def _month_after(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)
