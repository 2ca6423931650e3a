"""The VTIMEZONEs of an iCalendar object (RFC 5545 §3.6.5): which offset applies at a local time. Pure."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from interviews.ical.component_tree import Component
from interviews.ical.time_values import parse_time_value

UTC_OFFSET = re.compile(r"([+-])?(\d{1,2}):?(\d{2}):?(\d{2})?")
BYDAY_VALUE = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MAX_RDATES = 500
PROBED_YEARS = (2025, 2026)
KNOWN_RRULE_PARTS = frozenset(
    {"FREQ", "INTERVAL", "BYMONTH", "BYDAY", "BYMONTHDAY", "UNTIL", "WKST", "BYHOUR", "BYMINUTE", "BYSECOND"}
)


class UnclearZoneError(ValueError):
    """The definition of a zone is not supported here."""


@dataclass(frozen=True, slots=True)
class _Observance:
    """One STANDARD or DAYLIGHT of a VTIMEZONE: from when, in local time, which offset applies."""

    starts: list[datetime]  # the first, and those that no rule gives; without a zone
    offset_before: timedelta  # offset until then
    offset_after: timedelta
    rrule: dict[str, str]  # for every year from the first on


class ZoneDefinition:
    def __init__(self, component: Component) -> None:
        """Raises UnclearZoneError."""
        parts = component.list_components("STANDARD", "DAYLIGHT")
        if not parts or len(component.list_lines("TZID")) > 1:
            raise UnclearZoneError
        self._observances = [_parse_observance(part) for part in parts]
        for year in PROBED_YEARS:
            self.to_utc(datetime(year, 7, 1))  # noqa: DTZ001 the clocks of this zone

    @property
    def repeats_yearly(self) -> bool:
        """Whether it says for all years when its clocks change."""
        lasting = [one for one in self._observances if one.rrule and "UNTIL" not in one.rrule]
        return len(lasting) > 1

    def to_utc(self, local: datetime) -> datetime:
        """A skipped time has the offset before the change (RFC 5545 §3.3.5). Raises UnclearZoneError."""
        return (local - self._find_offset(local)).replace(tzinfo=UTC)

    def _find_offset(self, local: datetime) -> timedelta:
        begun = [(start, one) for one in self._observances if (start := _find_last_start(one, local)) is not None]
        if not begun:
            return min(self._observances, key=lambda one: one.starts[0]).offset_before
        start, newest = max(begun, key=lambda pair: pair[0])
        is_skipped = local < start + (newest.offset_after - newest.offset_before)
        return newest.offset_before if is_skipped else newest.offset_after


def _parse_observance(part: Component) -> _Observance:
    start, before, after = (part.find_line(name) for name in ("DTSTART", "TZOFFSETFROM", "TZOFFSETTO"))
    rules = part.list_lines("RRULE")
    if start is None or before is None or after is None or len(rules) > 1:
        raise UnclearZoneError
    pieces = [piece.upper().split("=", 1) for line in rules for piece in line.value.split(";") if "=" in piece]
    rule = {name.strip(): value.strip() for name, value in pieces}
    more = [_parse_local_time(text) for line in part.list_lines("RDATE")[:MAX_RDATES] for text in line.value.split(",")]
    return _Observance(
        [_parse_local_time(start.value), *more], _parse_offset(before.value), _parse_offset(after.value), rule
    )


def _find_last_start(one: _Observance, local: datetime) -> datetime | None:
    """The last start up to a local time."""
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
    """The start in one year by a yearly rule, such as the last Sunday of March."""
    rule = one.rrule
    if rule.get("FREQ") != "YEARLY" or rule.get("INTERVAL", "1") != "1" or set(rule) - KNOWN_RRULE_PARTS:
        raise UnclearZoneError
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
        raise UnclearZoneError
    return days[0]


def _select_nth_weekday(days: list[date], text: str) -> list[date]:
    match = BYDAY_VALUE.fullmatch(text)
    if match is None:
        raise UnclearZoneError
    matching = [day for day in days if day.weekday() == WEEKDAYS.index(match[2])]
    number = int(match[1] or 1)
    if number == 0 or abs(number) > len(matching):
        raise UnclearZoneError
    return [matching[number - 1 if number > 0 else number]]


def _parse_local_time(text: str) -> datetime:
    parsed = parse_time_value(text.strip().upper().removesuffix("Z"))
    if isinstance(parsed, datetime):
        return parsed.replace(tzinfo=None)
    return datetime.combine(parsed, datetime.min.time())


def _parse_offset(text: str) -> timedelta:
    match = UTC_OFFSET.fullmatch(text.strip())
    if match is None:
        raise UnclearZoneError
    ahead = timedelta(hours=int(match[2]), minutes=int(match[3]), seconds=int(match[4] or 0))
    if ahead >= timedelta(hours=24):
        raise UnclearZoneError
    return -ahead if match[1] == "-" else ahead
