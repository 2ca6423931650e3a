"""From dates and clock times to moments, right across clock changes. Pure: slots.py makes rows of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from core.errors import RuleError

MAX_SERIES_DAYS = 366


class Repeat(StrEnum):
    ONCE = "once"
    WEEKDAYS = "weekdays"  # Monday to Friday
    WEEKLY = "weekly"


class ClockChangeError(RuleError):
    """The clocks change that night, so that the time does not exist, or comes twice."""


class SeriesError(RuleError):
    """The dates of a series do not fit together."""


@dataclass(frozen=True, slots=True)
class Series:
    """Times offered on one day or on several."""

    first_on: date
    last_on: date  # included
    repeat: Repeat
    times: tuple[time, ...]
    zone: str

    def list_days(self) -> Iterator[date]:
        step = timedelta(days=7 if self.repeat is Repeat.WEEKLY else 1)
        day = self.first_on
        while day <= (self.first_on if self.repeat is Repeat.ONCE else self.last_on):
            if self.repeat is not Repeat.WEEKDAYS or day.weekday() < 5:
                yield day
            day += step


def list_start_times(series: Series) -> list[datetime]:
    """Each start in UTC, in order, without repetition. Raises SeriesError, ClockChangeError with words for people."""
    if series.repeat is not Repeat.ONCE and not 0 <= (series.last_on - series.first_on).days < MAX_SERIES_DAYS:
        raise SeriesError("The last day has to come after the first, and within a year of it.")
    starts = sorted({resolve_local_time(day, at, series.zone) for day in series.list_days() for at in series.times})
    if not starts:
        raise SeriesError("There is no such day between the first and the last.")
    return starts


def resolve_local_time(day: date, at: time, zone: str) -> datetime:
    """When the clocks of a zone show a time, in UTC. Raises ClockChangeError where that is not one moment."""
    local = datetime.combine(day, at, tzinfo=ZoneInfo(zone))
    earlier, later = local.replace(fold=0).astimezone(UTC), local.replace(fold=1).astimezone(UTC)
    if earlier == later:
        return earlier
    named = f"{day:%A} {day.day} {day:%B %Y}"
    if earlier.astimezone(local.tzinfo).time() != at:
        raise ClockChangeError(
            f"The clocks go forward on {named}, so {at:%H:%M} does not exist that day. Please choose another time."
        )
    raise ClockChangeError(
        f"The clocks go back on {named}, so {at:%H:%M} comes twice that day. Please choose another time."
    )
