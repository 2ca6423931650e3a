"""From the components of a calendar to events with their times. Pure. What cannot be read makes an event doubtful.

Rather too much is busy than too little: an unreadable exception leaves its day busy, an unreadable end an hour.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from interviews.availability.intervals import Interval, find_earliest_utc, find_latest_utc
from interviews.availability.recurrence import RecurrenceRule, RuleNotReadableError, parse_rule
from interviews.ical.component_tree import Component
from interviews.ical.ical_lines import ContentLine
from interviews.ical.time_values import Length, parse_length, parse_time_value
from interviews.ical.zone_clocks import UTC_CLOCK, ClockFinder, LocalClock, ZoneClock

OUTLOOK_FREE_STATUSES = frozenset({"FREE", "WORKINGELSEWHERE"})
FREEING_PROPERTIES = {
    "STATUS": frozenset({"CANCELLED"}),
    "TRANSP": frozenset({"TRANSPARENT"}),
    "X-MICROSOFT-CDO-BUSYSTATUS": OUTLOOK_FREE_STATUSES,
}
UNKNOWN_LENGTH = Length(exact=timedelta(hours=1))
MAX_LIST_VALUES = 20_000  # of the RDATEs or EXDATEs of one event


class TimeNotReadableError(ValueError):
    """A time that no rule explains."""


@dataclass(frozen=True, slots=True)
class EventTime:
    """A local time, or a whole day."""

    local: datetime
    clock: LocalClock
    is_day: bool

    def to_utc(self) -> datetime:
        return self.clock.to_utc(self.local)


@dataclass(slots=True)
class FeedEvent:
    uid: str
    sequence: int
    start: EventTime
    length: Length
    rules: list[RecurrenceRule] = field(default_factory=list)
    additions: list[tuple[EventTime, Length | None]] = field(default_factory=list)
    exceptions: list[EventTime] = field(default_factory=list)
    replaces: EventTime | None = None  # RECURRENCE-ID
    replaces_following: bool = False
    is_free: bool = False
    is_doubtful: bool = False  # some of it could not be read


@dataclass(frozen=True, slots=True)
class DayClock:
    """Midnights on the interviewer's clocks."""

    zone: ZoneInfo

    def to_utc(self, local: datetime) -> datetime:
        return find_earliest_utc(local, self.zone)


class EventReader:
    """Reads the events of one calendar."""

    def __init__(self, calendar: Component, zone: ZoneInfo, others: Iterable[Component] = ()) -> None:
        self.zone = zone
        self.finder = ClockFinder(calendar, others)
        self.has_unknown_zones = False
        self._shown_zone = next((line.text for line in calendar.list_lines("X-WR-TIMEZONE") if line.value), "")

    def list_clocks(self) -> list[LocalClock]:
        """All that the calendar mentions, the interviewer's first."""
        shown = self.finder.find(self._shown_zone) if self._shown_zone else None
        return [ZoneClock(self.zone), *([shown] if shown else []), *self.finder.list_defined()]

    def read(self, component: Component) -> FeedEvent:
        """Raises TimeNotReadableError when there is no time at all."""
        start = self._read_first(component, "DTSTART")
        if start is None:
            raise TimeNotReadableError
        event = FeedEvent(
            uid=get_uid(component),
            sequence=_get_sequence(component),
            start=start,
            length=UNKNOWN_LENGTH,
            is_free=is_free(component),
        )
        self._read_length(component, event)
        self._read_recurrence(component, event)
        return event

    def read_time(self, text: str, parameters: dict[str, str], default: LocalClock | None = None) -> EventTime:
        """Raises TimeNotReadableError."""
        try:
            value = parse_time_value(text)
        except ValueError as error:
            raise TimeNotReadableError from error
        if isinstance(value, datetime) and value.tzinfo is not None:
            return EventTime(value.replace(tzinfo=None), UTC_CLOCK, is_day=False)
        if isinstance(value, datetime) and not _is_marked_as_day(value, parameters):
            return EventTime(value, self._find_clock(parameters.get("TZID", ""), default), is_day=False)
        return EventTime(datetime.combine(value, time()), DayClock(self.zone), is_day=True)

    def _find_clock(self, name: str, default: LocalClock | None) -> LocalClock:
        if not name and default is not None:
            return default
        selected = name or self._shown_zone
        clock = self.finder.find(selected) if selected else None
        self.has_unknown_zones |= bool(selected) and clock is None
        return clock or ZoneClock(self.zone)

    def _read_first(self, component: Component, name: str, default: LocalClock | None = None) -> EventTime | None:
        """The first line of that name that can be read; those in capitals come first."""
        lines = sorted(component.list_lines(name), key=lambda line: not line.is_name_in_capitals)
        for line in lines:
            try:
                return self.read_time(line.value, line.parameters, default)
            except TimeNotReadableError:
                continue
        return None

    def _read_length(self, component: Component, event: FeedEvent) -> None:
        end = self._read_first(component, "DTEND", event.start.clock if not event.start.is_day else None)
        lengths = [_find_length(event.start, end, self.zone)] if end else []
        if not lengths:
            lengths = [length for line in component.list_lines("DURATION") if (length := _try_length(line.value))]
        if lengths:
            event.length = lengths[0]
        elif component.find_line("DTEND") or component.find_line("DURATION"):
            event.is_doubtful = True
        else:
            event.length = Length()
        if event.start.is_day:
            event.length = _round_to_days(event.length)

    def _read_recurrence(self, component: Component, event: FeedEvent) -> None:
        for line in component.list_lines("RRULE"):
            try:
                event.rules.append(parse_rule(line.value, has_time=not event.start.is_day))
            except RuleNotReadableError:
                event.is_doubtful = True
        for line, text in _split_values(component, "RDATE"):
            self._read_addition(line, text, event)
        for line, text in _split_values(component, "EXDATE"):
            if line.is_name_in_capitals and (exception := self._read_other(line, text, event)) is not None:
                event.exceptions.append(exception)
        replaced = component.find_line("RECURRENCE-ID")
        if replaced is not None and replaced.is_name_in_capitals:
            event.replaces = self._read_other(replaced, replaced.value, event)
            event.replaces_following = replaced.parameters.get("RANGE", "").upper() == "THISANDFUTURE"

    def _read_addition(self, line: ContentLine, text: str, event: FeedEvent) -> None:
        first, _, second = text.partition("/")
        start = self._read_other(line, first, event)
        if start is None:
            return
        length = self._read_period_length(start, second, line) if second else None
        event.is_doubtful |= bool(second) and length is None
        event.additions.append((start, length))

    def _read_period_length(self, start: EventTime, text: str, line: ContentLine) -> Length | None:
        if (length := _try_length(text)) is not None:
            return length
        try:
            return _find_length(start, self.read_time(text, line.parameters, start.clock), self.zone)
        except TimeNotReadableError:
            return None

    def _read_other(self, line: ContentLine, text: str, event: FeedEvent) -> EventTime | None:
        try:
            return self.read_time(text, line.parameters, None if event.start.is_day else event.start.clock)
        except TimeNotReadableError:
            event.is_doubtful = True
            return None

    def read_period(self, line: ContentLine, text: str) -> Interval:
        """A FREEBUSY period. Raises TimeNotReadableError."""
        first, _, second = text.partition("/")
        start = self.read_time(first, line.parameters)
        length = self._read_period_length(start, second, line)
        if length is None:
            raise TimeNotReadableError
        return build_interval(start, length, self.zone)


def build_interval(start: EventTime, length: Length, zone: ZoneInfo) -> Interval:
    """Raises ValueError, OverflowError."""
    begins_at = start.to_utc()
    if start.is_day:
        return Interval(begins_at, find_latest_utc(start.local + timedelta(days=length.days), zone))
    ends_at = begins_at if not length.days else start.clock.to_utc(start.local + timedelta(days=length.days))
    ends_at += length.exact
    return Interval(min(begins_at, ends_at), max(begins_at, ends_at))


def get_uid(component: Component) -> str:
    line = component.find_line("UID")
    return line.text.strip() if line else ""


def is_free(component: Component) -> bool:
    """Two lines of one name that disagree leave it busy."""
    return any(_frees(component, name, values) for name, values in FREEING_PROPERTIES.items())


def _frees(component: Component, name: str, values: frozenset[str]) -> bool:
    lines = [line for line in component.list_lines(name) if line.is_name_in_capitals]
    return bool(lines) and all(line.value.upper() in values for line in lines)


def _get_sequence(component: Component) -> int:
    line = component.find_line("SEQUENCE")
    return int(line.value) if line and line.value.isdecimal() and len(line.value) < 10 else 0


def _is_marked_as_day(value: datetime, parameters: dict[str, str]) -> bool:
    return parameters.get("VALUE", "").upper() == "DATE" and value.time() == time()


def _split_values(component: Component, name: str) -> list[tuple[ContentLine, str]]:
    found = [(line, text) for line in component.list_lines(name) for text in line.value.split(",") if text.strip()]
    return found[:MAX_LIST_VALUES]


def _try_length(text: str) -> Length | None:
    try:
        return parse_length(text)
    except ValueError:
        return None


def _round_to_days(length: Length) -> Length:
    """A whole day is busy to its end, and one that ends where it starts is one day."""
    more = -(-length.exact // timedelta(days=1))
    return Length(days=max(length.days + more, 1))


def _find_length(start: EventTime, end: EventTime, zone: ZoneInfo) -> Length:
    """Exact, from a start to an end (RFC 5545 §3.8.5.3)."""
    if start.is_day:
        days = (end.local.date() - start.local.date()).days
        return Length(days=days + (not end.is_day and end.local.time() != time()))
    if end.is_day and end.local.date() <= start.local.date():
        end = EventTime(datetime.combine(start.local.date() + timedelta(days=1), time()), DayClock(zone), is_day=True)
    exact = end.to_utc() - start.to_utc()
    on_clocks = end.local - start.local
    is_skipped = exact <= timedelta() < on_clocks and start.clock == end.clock
    return Length(exact=on_clocks if is_skipped else exact)


def to_day(moment: EventTime, zone: ZoneInfo) -> date:
    """The day that it is about; of a moment in UTC, on the interviewer's clocks."""
    return moment.to_utc().astimezone(zone).date() if moment.clock == UTC_CLOCK else moment.local.date()
