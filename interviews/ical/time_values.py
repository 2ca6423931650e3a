"""Parse the values of iCalendar's times (RFC 5545 §3.3.4 to §3.3.6), also as calendars wrongly write them. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

DATE_VALUE = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})")
TIME_VALUE = re.compile(r"(\d{2}):?(\d{2})(?::?(\d{2})(?:\.\d{1,9})?)?\s*(Z|[+-]\d{2}:?\d{2})?", re.IGNORECASE)
DURATION_VALUE = re.compile(
    r"([+-])?P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})S)?)?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Length:
    """Days follow the clocks; the rest is exact (RFC 5545 §3.3.6)."""

    days: int = 0
    exact: timedelta = timedelta()


def parse_time_value(text: str) -> date | datetime:
    """A date, a time in UTC, or a local time without a zone. Raises ValueError."""
    day, separator, clock = re.sub(r"[\s\"]+", " ", text).strip().upper().partition("T")
    if not separator:
        day, _, clock = day.strip().partition(" ")
    on = _parse_date(day.strip())
    return on if not clock.strip() else _combine(on, clock.strip())


def _parse_date(text: str) -> date:
    match = DATE_VALUE.fullmatch(text)
    if match is None:
        raise ValueError("not a date")
    return date(int(match[1]), int(match[2]), int(match[3]))


def _combine(on: date, text: str) -> datetime:
    match = TIME_VALUE.fullmatch(text)
    if match is None:
        raise ValueError("not a time")
    hour, minute, second = int(match[1]), int(match[2]), min(int(match[3] or 0), 59)
    if (hour, minute, second) == (24, 0, 0):
        on, hour = on + timedelta(days=1), 0
    local = datetime.combine(on, time(hour, minute, second))
    return local.replace(tzinfo=_parse_offset(match[4])).astimezone(UTC) if match[4] else local


def _parse_offset(text: str) -> timezone:
    if text == "Z":
        return UTC
    digits = text[1:].replace(":", "")
    ahead = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-ahead if text[0] == "-" else ahead)


def parse_length(text: str) -> Length:
    """A DURATION. Raises ValueError for none and for a negative one."""
    match = DURATION_VALUE.fullmatch(re.sub(r"[\s\"]+", "", text))
    if match is None or match[1] == "-" or not any(match.groups()[1:]):
        raise ValueError("not a duration")
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:])
    return Length(7 * weeks + days, timedelta(hours=hours, minutes=minutes, seconds=seconds))
