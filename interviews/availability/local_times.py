"""From local dates and times to moments, also when clocks change. Pure."""

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


class ClockChangeError(RuleError): ...


class SeriesError(RuleError): ...


@dataclass(frozen=True, slots=True)
class Series:
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
    """In UTC, in order, without duplicates. Raises SeriesError, ClockChangeError."""
    if series.repeat is not Repeat.ONCE and not 0 <= (series.last_on - series.first_on).days < MAX_SERIES_DAYS:
        raise SeriesError("The last day must be after the first day and within a year of it.")
    starts = sorted({resolve_local_time(day, at, series.zone) for day in series.list_days() for at in series.times})
    if not starts:
        raise SeriesError("There are no such days between the first and the last day.")
    return starts


def resolve_local_time(day: date, at: time, zone: str) -> datetime:
    """In UTC. Raises ClockChangeError if the time does not exist or occurs twice."""
    local = datetime.combine(day, at, tzinfo=ZoneInfo(zone))
    earlier, later = local.replace(fold=0).astimezone(UTC), local.replace(fold=1).astimezone(UTC)
    if earlier == later:
        return earlier
    day_text = f"{day:%A} {day.day} {day:%B %Y}"
    if earlier.astimezone(local.tzinfo).time() != at:
        raise ClockChangeError(
            f"The clocks go forward on {day_text}, so {at:%H:%M} does not exist that day. Choose another time."
        )
    raise ClockChangeError(
        f"The clocks go back on {day_text}, so {at:%H:%M} occurs twice that day. Choose another time."
    )
