"""Convert the times of an iCalendar object to UTC (RFC 5545 §3.3.5, §3.6.5). Pure. Uncertain ones are None."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from interviews.ical.ical_lines import Component, ContentLine
from interviews.ical.zone_names import (
    find_zone_by_cdo_number,
    find_zone_by_display_name,
    find_zone_by_name,
    normalise_name,
)

DATE_TIME = re.compile(r"(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})?(Z?)", re.IGNORECASE)
DURATION = re.compile(r"\+?P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})S)?)?")
UTC_OFFSET = re.compile(r"([+-])(\d{2})(\d{2})(\d{2})?")
BYDAY_VALUE = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")
FIXED_OFFSET_NAME = re.compile(r"gmt ([+-]\d{4}) \(standard\) / gmt \1 \(daylight\)")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MAX_RDATES = 500
PLAUSIBLE_YEARS = range(2000, 2101)  # others are mistakes, or made to break date arithmetic
KNOWN_RRULE_PARTS = frozenset(
    {"FREQ", "INTERVAL", "BYMONTH", "BYDAY", "BYMONTHDAY", "UNTIL", "WKST", "BYHOUR", "BYMINUTE", "BYSECOND"}
)


class _UnclearZoneError(Exception): ...


@dataclass(frozen=True, slots=True)
class _Observance:
    """One STANDARD or DAYLIGHT of a VTIMEZONE: from when, in local time, which offset applies."""

    starts: list[datetime]  # the first, and those that no rule gives; without a zone
    offset_before: timedelta  # offset until then
    offset_after: timedelta
    rrule: dict[str, str]  # for every year from the first on


def parse_moment(line: ContentLine | None, calendar: Component) -> datetime | None:
    """In UTC. None for a whole day, no or an unknown zone, or an implausible year."""
    moment = _parse_date_time(line, calendar)
    return moment if is_in_plausible_year(moment) else None


def is_in_plausible_year(moment: datetime | None) -> bool:
    return moment is not None and moment.year in PLAUSIBLE_YEARS


def _parse_date_time(line: ContentLine | None, calendar: Component) -> datetime | None:
    match = DATE_TIME.fullmatch(line.value) if line else None
    if line is None or match is None:
        return None
    try:
        year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
        local = datetime(year, month, day, hour, minute, min(second, 59))  # noqa: DTZ001 a zone follows
        if match[7]:
            return local.replace(tzinfo=UTC)
        return _convert_from_zone(local, line.parameters.get("TZID", ""), calendar)
    except (ValueError, OverflowError, _UnclearZoneError):
        return None


def parse_duration(line: ContentLine | None) -> timedelta | None:
    match = DURATION.fullmatch(line.value.upper()) if line else None
    if match is None or not any(match.groups()):
        return None
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def _convert_from_zone(local: datetime, name: str, calendar: Component) -> datetime | None:
    if not name.strip():
        return None
    if zone := find_zone_by_name(name):
        return local.replace(tzinfo=zone).astimezone(UTC)
    definition = _find_definition(name, calendar)
    if definition is not None and definition.list_components("STANDARD", "DAYLIGHT"):
        return _convert_by_definition(local, definition)
    if zone := _find_mentioned_zone(definition) or find_zone_by_display_name(name):
        return local.replace(tzinfo=zone).astimezone(UTC)
    if same := FIXED_OFFSET_NAME.fullmatch(normalise_name(name)):
        return local.replace(tzinfo=timezone(_parse_offset(same[1]))).astimezone(UTC)
    return None


def _find_definition(name: str, calendar: Component) -> Component | None:
    normalised = normalise_name(name)
    zones = calendar.list_components("VTIMEZONE")
    return next(
        (zone for zone in zones for line in zone.list_lines("TZID") if normalise_name(line.value) == normalised), None
    )


def _convert_by_definition(local: datetime, definition: Component) -> datetime | None:
    try:
        return (local - _find_offset_at(local, definition)).replace(tzinfo=UTC)
    except (_UnclearZoneError, ValueError):
        zone = _find_mentioned_zone(definition)
        return local.replace(tzinfo=zone).astimezone(UTC) if zone else None


def _find_mentioned_zone(definition: Component | None) -> ZoneInfo | None:
    if definition is None:
        return None
    location, number = definition.find_line("X-LIC-LOCATION"), definition.find_line("X-MICROSOFT-CDO-TZID")
    return (find_zone_by_name(location.text) if location else None) or (
        find_zone_by_cdo_number(number.value) if number else None
    )


def _find_offset_at(local: datetime, definition: Component) -> timedelta:
    """A skipped time has the offset before the change (RFC 5545 §3.3.5)."""
    observances = [_parse_observance(part) for part in definition.list_components("STANDARD", "DAYLIGHT")]
    begun = [(start, one) for one in observances if (start := _find_last_start(one, local)) is not None]
    if not begun:
        raise _UnclearZoneError
    start, newest = max(begun, key=lambda pair: pair[0])
    is_skipped = local < start + (newest.offset_after - newest.offset_before)
    return newest.offset_before if is_skipped else newest.offset_after


def _parse_observance(part: Component) -> _Observance:
    start, before, after = (part.find_line(name) for name in ("DTSTART", "TZOFFSETFROM", "TZOFFSETTO"))
    rules = part.list_lines("RRULE")
    if start is None or before is None or after is None or len(rules) > 1:
        raise _UnclearZoneError
    rule = dict(piece.upper().split("=", 1) for line in rules for piece in line.value.split(";") if "=" in piece)
    more = [_parse_local_time(text) for line in part.list_lines("RDATE")[:MAX_RDATES] for text in line.value.split(",")]
    return _Observance(
        [_parse_local_time(start.value), *more], _parse_offset(before.value), _parse_offset(after.value), rule
    )


def _find_last_start(one: _Observance, local: datetime) -> datetime | None:
    starts = [start for start in one.starts if start <= local]
    if one.rrule:
        until = _parse_until(one)
        newest = min(local, until) if until else local
        by_rule = [
            _find_start_in_year(one, year) for year in (newest.year, newest.year - 1) if year >= one.starts[0].year
        ]
        starts += [start for start in by_rule if one.starts[0] <= start <= newest]
    return max(starts, default=None)


def _parse_until(one: _Observance) -> datetime | None:
    text = one.rrule.get("UNTIL")
    if text is None:
        return None
    return _parse_local_time(text.removesuffix("Z")) + (one.offset_before if text.endswith("Z") else timedelta())


def _find_start_in_year(one: _Observance, year: int) -> datetime:
    rule = one.rrule
    if rule.get("FREQ") != "YEARLY" or rule.get("INTERVAL", "1") != "1" or set(rule) - KNOWN_RRULE_PARTS:
        raise _UnclearZoneError
    month = int(rule.get("BYMONTH", one.starts[0].month))
    day = _find_day(rule, year, month, one.starts[0].day)
    return datetime.combine(day, one.starts[0].time())


def _find_day(rule: dict[str, str], year: int, month: int, default_day: int) -> date:
    days = [date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1)]
    if "BYMONTHDAY" in rule:
        allowed = {int(number) for number in rule["BYMONTHDAY"].split(",")}
        days = [day for day in days if day.day in allowed]
    elif "BYDAY" not in rule:
        days = [day for day in days if day.day == default_day]
    if "BYDAY" in rule:
        days = _select_nth_weekday(days, rule["BYDAY"])
    if not days:
        raise _UnclearZoneError
    return days[0]


def _select_nth_weekday(days: list[date], text: str) -> list[date]:
    match = BYDAY_VALUE.fullmatch(text)
    if match is None:
        raise _UnclearZoneError
    matching = [day for day in days if day.weekday() == WEEKDAYS.index(match[2])]
    number = int(match[1] or 1)
    if number == 0 or abs(number) > len(matching):
        raise _UnclearZoneError
    return [matching[number - 1 if number > 0 else number]]


def _parse_local_time(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%dT%H%M%S")  # noqa: DTZ007 local time of the zone being defined


def _parse_offset(text: str) -> timedelta:
    match = UTC_OFFSET.fullmatch(text)
    if match is None:
        raise _UnclearZoneError
    ahead = timedelta(hours=int(match[2]), minutes=int(match[3]), seconds=int(match[4] or 0))
    if ahead >= timedelta(hours=24):
        raise _UnclearZoneError
    return -ahead if match[1] == "-" else ahead
