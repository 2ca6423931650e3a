"""Convert the times of a calendar's reply to UTC (RFC 5545 §3.3.5). Pure. Uncertain ones are None."""

from datetime import UTC, datetime, timedelta

from interviews.ical.ical_lines import ContentLine
from interviews.ical.time_values import parse_length, parse_time_value
from interviews.ical.zone_clocks import ClockFinder

PLAUSIBLE_YEARS = range(2000, 2101)  # others are mistakes, or made to break date arithmetic


def parse_moment(line: ContentLine | None, clocks: ClockFinder) -> datetime | None:
    """A DTSTART or DTEND in UTC. None for a whole day, no or an unknown zone, or an implausible year."""
    try:
        moment = _parse_date_time(line, clocks) if line else None
    except (ValueError, OverflowError):
        return None
    return moment if is_in_plausible_year(moment) else None


def is_in_plausible_year(moment: datetime | None) -> bool:
    return moment is not None and moment.year in PLAUSIBLE_YEARS


def _parse_date_time(line: ContentLine, clocks: ClockFinder) -> datetime | None:
    value = parse_time_value(line.value)
    if not isinstance(value, datetime):
        return None
    if value.tzinfo is not None:
        return value.astimezone(UTC)
    clock = clocks.find(line.parameters.get("TZID", ""))
    return clock.to_utc(value) if clock else None


def parse_duration(line: ContentLine | None) -> timedelta | None:
    """A DURATION (RFC 5545 §3.3.6)."""
    try:
        length = parse_length(line.value) if line else None
    except ValueError:
        return None
    return timedelta(days=length.days) + length.exact if length else None
