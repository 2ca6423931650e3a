"""Turn the times of an iCalendar object into moments (RFC 5545 §3.3.5, §3.6.5). Pure. What is not certain is None."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from interviews.calendars.content_lines import Component, Line
from interviews.calendars.zone_names import normal_name, zone_named, zone_numbered, zone_shown_as

LOCAL = re.compile(r"(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})?(Z?)", re.IGNORECASE)
DURATION = re.compile(r"\+?P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})S)?)?")
OFFSET = re.compile(r"([+-])(\d{2})(\d{2})(\d{2})?")
EVERY_WEEKDAY = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")
ALWAYS_THE_SAME = re.compile(r"gmt ([+-]\d{4}) \(standard\) / gmt \1 \(daylight\)")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MOST_DATES = 500
YEARS = range(2000, 2101)  # what is outside them is a mistake, or made to break the clocks that show it
KNOWN_RULE_PARTS = frozenset(
    {"FREQ", "INTERVAL", "BYMONTH", "BYDAY", "BYMONTHDAY", "UNTIL", "WKST", "BYHOUR", "BYMINUTE", "BYSECOND"}
)


class _UnclearError(Exception):
    """The definition of a zone says something that is not understood here."""


@dataclass(frozen=True, slots=True)
class _Observance:
    """From when, on local clocks, which offset holds: one STANDARD or DAYLIGHT of a VTIMEZONE."""

    starts: list[datetime]  # the first, and those that no rule gives; without a zone
    before: timedelta  # offset until then
    after: timedelta
    rule: dict[str, str]  # for every year from the first on


def moment_of(line: Line | None, calendar: Component) -> datetime | None:
    """A DTSTART or DTEND in UTC. None: a whole day, a time of no zone or of one that is unknown, or another century."""
    moment = _moment(line, calendar)
    return moment if is_of_our_days(moment) else None


def is_of_our_days(moment: datetime | None) -> bool:
    return moment is not None and moment.year in YEARS


def _moment(line: Line | None, calendar: Component) -> datetime | None:
    found = LOCAL.fullmatch(line.value) if line else None
    if line is None or found is None:
        return None
    try:
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
        local = datetime(year, month, day, hour, minute, min(second, 59))  # noqa: DTZ001 a zone follows
        if found[7]:
            return local.replace(tzinfo=UTC)
        return _in_zone(local, line.parameters.get("TZID", ""), calendar)
    except (ValueError, OverflowError, _UnclearError):
        return None


def length_of(line: Line | None) -> timedelta | None:
    """A DURATION (RFC 5545 §3.3.6)."""
    found = DURATION.fullmatch(line.value.upper()) if line else None
    if found is None or not any(found.groups()):
        return None
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def _in_zone(local: datetime, name: str, calendar: Component) -> datetime | None:
    """A name that everybody knows counts first, then what the object itself says that the name means."""
    if not name.strip():
        return None
    if zone := zone_named(name):
        return local.replace(tzinfo=zone).astimezone(UTC)
    definition = _definition(name, calendar)
    if definition is not None and definition.parts_named("STANDARD", "DAYLIGHT"):
        return _by_definition(local, definition)
    if zone := _zone_mentioned(definition) or zone_shown_as(name):
        return local.replace(tzinfo=zone).astimezone(UTC)
    if same := ALWAYS_THE_SAME.fullmatch(normal_name(name)):
        return local.replace(tzinfo=timezone(_offset(same[1]))).astimezone(UTC)
    return None


def _definition(name: str, calendar: Component) -> Component | None:
    wanted = normal_name(name)
    zones = calendar.parts_named("VTIMEZONE")
    return next((zone for zone in zones for line in zone.all("TZID") if normal_name(line.value) == wanted), None)


def _by_definition(local: datetime, definition: Component) -> datetime | None:
    try:
        return (local - _offset_at(local, definition)).replace(tzinfo=UTC)
    except (_UnclearError, ValueError):
        zone = _zone_mentioned(definition)
        return local.replace(tzinfo=zone).astimezone(UTC) if zone else None


def _zone_mentioned(definition: Component | None) -> ZoneInfo | None:
    """A definition whose rules say nothing may still say which zone it stands for."""
    if definition is None:
        return None
    place, number = definition.first("X-LIC-LOCATION"), definition.first("X-MICROSOFT-CDO-TZID")
    return (zone_named(place.text) if place else None) or (zone_numbered(number.value) if number else None)


def _offset_at(local: datetime, definition: Component) -> timedelta:
    """How far local clocks are ahead of UTC. A time that a change skips has the offset before it (RFC 5545 §3.3.5)."""
    observances = [_observance(part) for part in definition.parts_named("STANDARD", "DAYLIGHT")]
    begun = [(start, one) for one in observances if (start := _last_start(one, local)) is not None]
    if not begun:
        raise _UnclearError
    start, newest = max(begun, key=lambda pair: pair[0])
    is_skipped = local < start + (newest.after - newest.before)
    return newest.before if is_skipped else newest.after


def _observance(part: Component) -> _Observance:
    start, before, after = (part.first(name) for name in ("DTSTART", "TZOFFSETFROM", "TZOFFSETTO"))
    rules = part.all("RRULE")
    if start is None or before is None or after is None or len(rules) > 1:
        raise _UnclearError
    rule = dict(piece.upper().split("=", 1) for line in rules for piece in line.value.split(";") if "=" in piece)
    more = [_plain(text) for line in part.all("RDATE")[:MOST_DATES] for text in line.value.split(",")]
    return _Observance([_plain(start.value), *more], _offset(before.value), _offset(after.value), rule)


def _last_start(one: _Observance, local: datetime) -> datetime | None:
    """When it last began, up to a local time."""
    starts = [start for start in one.starts if start <= local]
    if one.rule:
        until = _until(one)
        newest = min(local, until) if until else local
        by_rule = [_start_in(one, year) for year in (newest.year, newest.year - 1) if year >= one.starts[0].year]
        starts += [start for start in by_rule if one.starts[0] <= start <= newest]
    return max(starts, default=None)


def _until(one: _Observance) -> datetime | None:
    text = one.rule.get("UNTIL")
    if text is None:
        return None
    return _plain(text.removesuffix("Z")) + (one.before if text.endswith("Z") else timedelta())


def _start_in(one: _Observance, year: int) -> datetime:
    """The start in one year by a yearly rule, such as the last Sunday of March."""
    rule = one.rule
    if rule.get("FREQ") != "YEARLY" or rule.get("INTERVAL", "1") != "1" or set(rule) - KNOWN_RULE_PARTS:
        raise _UnclearError
    month = int(rule.get("BYMONTH", one.starts[0].month))
    day = _day_in(rule, year, month, one.starts[0].day)
    return datetime.combine(day, one.starts[0].time())


def _day_in(rule: dict[str, str], year: int, month: int, otherwise: int) -> date:
    days = [date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1)]
    if "BYMONTHDAY" in rule:
        allowed = {int(number) for number in rule["BYMONTHDAY"].split(",")}
        days = [day for day in days if day.day in allowed]
    elif "BYDAY" not in rule:
        days = [day for day in days if day.day == otherwise]
    if "BYDAY" in rule:
        days = _nth_weekday(days, rule["BYDAY"])
    if not days:
        raise _UnclearError
    return days[0]


def _nth_weekday(days: list[date], text: str) -> list[date]:
    found = EVERY_WEEKDAY.fullmatch(text)
    if found is None:
        raise _UnclearError
    fitting = [day for day in days if day.weekday() == WEEKDAYS.index(found[2])]
    number = int(found[1] or 1)
    if number == 0 or abs(number) > len(fitting):
        raise _UnclearError
    return [fitting[number - 1 if number > 0 else number]]


def _plain(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%dT%H%M%S")  # noqa: DTZ007 local clocks of a zone that is being defined


def _offset(text: str) -> timedelta:
    found = OFFSET.fullmatch(text)
    if found is None:
        raise _UnclearError
    ahead = timedelta(hours=int(found[2]), minutes=int(found[3]), seconds=int(found[4] or 0))
    if ahead >= timedelta(hours=24):
        raise _UnclearError
    return -ahead if found[1] == "-" else ahead
