"""From the text of a calendar (RFC 5545) to the intervals in which its owner is busy. Pure.

Lines that say what an event is about are dropped before parsing. Work is bounded for honest calendars only:
busy_parser_process.py runs this in a child process with limits.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar

from core.errors import RuleError
from interviews.availability.intervals import Interval, find_earliest_utc, find_latest_utc, merge_intervals
from interviews.ical.zone_names import find_zone_by_display_name, find_zone_by_name

MAX_EVENTS = 20_000
MAX_BUSY_INTERVALS = 10_000
WINDOW_MARGIN = timedelta(days=2)  # events without a zone may be that far from where they seem
RELEVANT_COMPONENTS = {"VEVENT", "VFREEBUSY", "VTIMEZONE", "STANDARD", "DAYLIGHT"}
RELEVANT_PROPERTIES = {
    *("UID", "RECURRENCE-ID", "SEQUENCE", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE"),
    *("TRANSP", "STATUS", "FREEBUSY", "TZID", "TZOFFSETFROM", "TZOFFSETTO", "X-WR-TIMEZONE"),
    "X-MICROSOFT-CDO-BUSYSTATUS",
}
TOO_FREQUENT_RRULE = re.compile(r"^RRULE[;:].*FREQ=(SECONDLY|MINUTELY)", re.IGNORECASE | re.MULTILINE)
TZID_PARAMETER = re.compile(r';TZID=(?:"([^"]*)"|([^;:"]*))', re.IGNORECASE)
OUTLOOK_FREE_STATUSES = {"FREE", "WORKINGELSEWHERE"}


class CalendarNotReadableError(RuleError): ...


@dataclass(frozen=True, slots=True)
class ParsedBusyTimes:
    """In order and without overlaps. `has_unknown_zones`: some were read in the interviewer's own time zone."""

    busy: tuple[Interval, ...]
    has_unknown_zones: bool = False


def parse_busy_times(text: str, window: Interval, *, zone: str, own_host: str = "") -> ParsedBusyTimes:
    """Busy intervals inside a window. Whole days, and times without a zone, are in `zone`.

    Leaves out events that we have sent ourselves (their UID ends with `own_host`). Raises CalendarNotReadableError.
    """
    lines = list(_unfold_lines(text))
    if not lines or lines[-1].strip().upper() != "END:VCALENDAR":
        raise CalendarNotReadableError("There is no calendar at this address, or only part of one.")
    unknown: set[str] = set()
    defined = _list_defined_zones(lines)
    relevant = [_normalise_zone(line, defined, unknown) for line in _select_relevant_lines(lines, own_host)]
    _check_limits(relevant)
    zone_info = ZoneInfo(zone)
    try:
        calendar: Any = Calendar.from_ical(
            "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *relevant, "END:VCALENDAR", ""])
        )
        busy = merge_intervals(
            chain(_iterate_event_times(calendar, window, zone_info), _iterate_free_busy_times(calendar, window))
        )
    except CalendarNotReadableError:
        raise
    except Exception as error:  # whatever a hostile calendar makes a parser do
        raise CalendarNotReadableError("We cannot read this calendar.") from error
    if len(busy) > MAX_BUSY_INTERVALS:
        raise CalendarNotReadableError("The calendar has too many events.")
    return ParsedBusyTimes(tuple(busy), bool(unknown))


def _unfold_lines(text: str) -> Iterator[str]:
    return (line for line in re.sub(r"\r?\n[ \t]", "", text.lstrip("\ufeff")).splitlines() if line.strip())


def _select_relevant_lines(lines: Iterable[str], own_host: str) -> Iterator[str]:
    """Several calendars in one file become one."""
    component: list[str] = []
    path: list[str] = []
    for line in lines:
        name = re.split(r"[;:]", line, maxsplit=1)[0].upper()
        if name == "BEGIN":
            path.append(line.partition(":")[2].strip().upper())
        if _is_relevant(path, name):
            component.append(line)
        if name == "END" and path:
            path.pop()
            if path in ([], ["VCALENDAR"]):
                yield from _drop_irrelevant_component(component, own_host)
                component = []


def _is_relevant(path: list[str], name: str) -> bool:
    inside = [part for part in path if part != "VCALENDAR"]
    if not inside:
        return name == "X-WR-TIMEZONE"
    return all(part in RELEVANT_COMPONENTS for part in inside) and (
        name in RELEVANT_PROPERTIES or name in {"BEGIN", "END"}
    )


def _drop_irrelevant_component(component: list[str], own_host: str) -> list[str]:
    is_event = any(line.upper().startswith("BEGIN:VEVENT") for line in component)
    if is_event and not any(line.upper().startswith("DTSTART") for line in component):
        return []
    uids = [line.strip().lower() for line in component if line.upper().startswith("UID")]
    is_own = bool(own_host) and any(uid.endswith("@" + own_host.lower()) for uid in uids)
    return [] if is_own else component


def _list_defined_zones(lines: Iterable[str]) -> set[str]:
    return {line.partition(":")[2].strip() for line in lines if line.upper().startswith("TZID")}


def _normalise_zone(line: str, defined_zones: set[str], unknown_zones: set[str]) -> str:
    def known(match: re.Match[str]) -> str:
        name = match[1] or match[2] or ""
        if zone := find_zone_by_name(name) or find_zone_by_display_name(name):
            return f";TZID={zone.key}"
        if name in defined_zones:
            return match[0]
        unknown_zones.add(name)
        return ""

    if line.upper().startswith("X-WR-TIMEZONE"):
        zone = find_zone_by_name(line.partition(":")[2])
        return f"X-WR-TIMEZONE:{zone.key}" if zone else "X-IGNORED:"
    head, colon, value = line.partition(":") if '"' not in line else _split_at_colon(line)
    return TZID_PARAMETER.sub(known, head) + colon + value


def _split_at_colon(line: str) -> tuple[str, str, str]:
    """At the first colon outside quotes: names such as "(UTC+01:00) Amsterdam" contain one."""
    match = re.match(r'((?:[^":]|"[^"]*")*)(:?)(.*)', line)
    return (match[1], match[2], match[3]) if match else (line, "", "")


def _check_limits(lines: Iterable[str]) -> None:
    text = "\n".join(lines)
    if TOO_FREQUENT_RRULE.search(text):
        raise CalendarNotReadableError("The calendar has an event that repeats every minute or second.")
    if text.upper().count("BEGIN:VEVENT") > MAX_EVENTS:
        raise CalendarNotReadableError("The calendar has too many events.")


def _iterate_event_times(calendar: Any, window: Interval, zone: ZoneInfo) -> Iterator[Interval]:
    query = recurring_ical_events.of(calendar, skip_bad_series=True)
    start, end = (
        (window.starts_at - WINDOW_MARGIN).astimezone(zone),
        (window.ends_at + WINDOW_MARGIN).astimezone(zone),
    )
    for event in query.between(start, end):
        if _is_busy(event):
            yield from _clip_to_window(_build_interval(event["DTSTART"].dt, event["DTEND"].dt, zone), window)


def _iterate_free_busy_times(calendar: Any, window: Interval) -> Iterator[Interval]:
    for component in calendar.walk("VFREEBUSY"):
        entries = component.get("FREEBUSY", [])
        for entry in entries if isinstance(entries, list) else [entries]:
            if str(entry.params.get("FBTYPE", "BUSY")).upper() == "FREE":
                continue
            for period in getattr(entry, "dts", [entry]):
                start, end = period.dt if isinstance(period.dt, tuple) else (period.start, period.end)
                end = start + end if isinstance(end, timedelta) else end
                yield from _clip_to_window(Interval(start.astimezone(UTC), end.astimezone(UTC)), window)


def _is_busy(event: Any) -> bool:
    return (
        str(event.get("STATUS", "")).upper() != "CANCELLED"
        and str(event.get("TRANSP", "OPAQUE")).upper() != "TRANSPARENT"
        and str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper() not in OUTLOOK_FREE_STATUSES
    )


def _build_interval(start: date | datetime, end: date | datetime, zone: ZoneInfo) -> Interval:
    return Interval(_to_utc(start, zone, is_end=False), _to_utc(end, zone, is_end=True))


def _to_utc(at: date | datetime, zone: ZoneInfo, *, is_end: bool) -> datetime:
    """When clocks change, rather longer than shorter."""
    if isinstance(at, datetime) and at.tzinfo is not None:
        return at.astimezone(UTC)
    local = at if isinstance(at, datetime) else datetime.combine(at, time())
    return find_latest_utc(local, zone) if is_end else find_earliest_utc(local, zone)


def _clip_to_window(stretch: Interval, window: Interval) -> Iterator[Interval]:
    starts_at, ends_at = max(stretch.starts_at, window.starts_at), min(stretch.ends_at, window.ends_at)
    if starts_at < ends_at:
        yield Interval(starts_at, ends_at)
