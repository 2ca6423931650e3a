"""From the text of a calendar (RFC 5545) to the intervals in which its owner is busy. Pure.

What cannot be read is counted and never takes anything else with it. Work is bounded for honest calendars only:
busy_parser_process.py runs this in a child process with limits.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from zoneinfo import ZoneInfo

from core.errors import RuleError
from interviews.availability.event_series import EventSeries
from interviews.availability.feed_events import (
    EventReader,
    FeedEvent,
    TimeNotReadableError,
    build_interval,
    get_uid,
    is_free,
)
from interviews.availability.intervals import Interval, merge_intervals
from interviews.availability.time_budget import TimeBudgetExceededError, limit_time
from interviews.ical.component_tree import Component, build_calendars
from interviews.ical.ical_lines import decode_calendar, parse_lines

MAX_EVENTS = 20_000
MAX_BUSY_INTERVALS = 10_000
MAX_UNMERGED_INTERVALS = 500_000
SERIES_SECONDS = 2.0  # of processor time; an honest one takes milliseconds
SERIES_SECONDS_AFTER_SLOW_ONES = 0.1
MAX_SLOW_SERIES = 2  # so that the whole calendar stays within the limits of its process
TOO_FREQUENT_RRULE = re.compile(r"FREQ\s*=\s*(SECONDLY|MINUTELY)", re.IGNORECASE)


class CalendarNotReadableError(RuleError): ...


@dataclass(frozen=True, slots=True)
class ParsedBusyTimes:
    """In order and without overlaps. `has_unknown_zones`: some were read in the interviewer's own time zone."""

    busy: tuple[Interval, ...]
    has_unknown_zones: bool = False
    unreadable_parts: int = 0  # events of which something could not be read


def parse_busy_times(text: str | bytes, window: Interval, *, zone: str, own_host: str = "") -> ParsedBusyTimes:
    """Busy intervals inside a window. Whole days, and times without a zone, are in `zone`.

    Leaves out events that we have sent ourselves (their UID ends with `own_host`). Raises CalendarNotReadableError.
    """
    content = text.encode("utf-8", "replace") if isinstance(text, str) else text
    calendars = build_calendars(parse_lines(decode_calendar(content)))
    if not calendars or not calendars[-1].is_closed:
        raise CalendarNotReadableError("There is no calendar at this address, or only part of one.")
    _check_limits(calendars, own_host)
    readers = [CalendarReader(one, calendars, window, ZoneInfo(zone), own_host) for one in calendars]
    busy = merge_intervals(interval for reader in readers for interval in reader.iterate_busy())
    if len(busy) > MAX_BUSY_INTERVALS:
        raise CalendarNotReadableError("The calendar has too many events.")
    return ParsedBusyTimes(
        tuple(busy),
        any(reader.events.has_unknown_zones for reader in readers),
        sum(reader.unreadable_parts for reader in readers),
    )


def _check_limits(calendars: list[Component], own_host: str) -> None:
    events = [event for calendar in calendars for event in calendar.list_components("VEVENT")]
    if len(events) > MAX_EVENTS:
        raise CalendarNotReadableError("The calendar has too many events.")
    for event in events:
        if not is_free(event) and not is_own(event, own_host) and _repeats_too_often(event):
            raise CalendarNotReadableError("The calendar has an event that repeats every minute or second.")


def _repeats_too_often(event: Component) -> bool:
    return any(TOO_FREQUENT_RRULE.search(line.value) for line in event.list_lines("RRULE"))


def is_own(component: Component, own_host: str) -> bool:
    return bool(own_host) and get_uid(component).lower().endswith("@" + own_host.lower())


class CalendarReader:
    """The busy times of one calendar of a stream."""

    def __init__(
        self, calendar: Component, stream: list[Component], window: Interval, zone: ZoneInfo, own_host: str
    ) -> None:
        self.calendar, self.window, self.zone, self.own_host = calendar, window, zone, own_host
        self.events = EventReader(calendar, zone, [one for one in stream if one is not calendar])
        self.unreadable_parts = 0
        self._slow_series = 0

    def iterate_busy(self) -> Iterator[Interval]:
        for number, interval in enumerate(self._iterate_all()):
            if number > MAX_UNMERGED_INTERVALS:
                raise CalendarNotReadableError("The calendar has too many events.")
            yield from _clip_to_window(interval, self.window)

    def _iterate_all(self) -> Iterator[Interval]:
        for series in self._list_series():
            yield from self._read_series(series)
        for component in self.calendar.list_components("VFREEBUSY"):
            yield from self._read_free_busy(component)

    def _list_series(self) -> list[list[FeedEvent]]:
        """Events with the same UID together; those without a UID each alone."""
        events = [event for one in self._list_relevant_events() if (event := self._read_event(one)) is not None]
        named = sorted((one for one in events if one.uid), key=lambda one: one.uid)
        return [list(group) for _, group in groupby(named, key=lambda one: one.uid)] + [
            [one] for one in events if not one.uid
        ]

    def _list_relevant_events(self) -> Iterator[Component]:
        for component in self.calendar.list_components("VEVENT"):
            if not is_own(component, self.own_host):
                yield component

    def _read_event(self, component: Component) -> FeedEvent | None:
        """A broken event changes nothing about the others, whatever it does to its reader."""
        try:
            event = self.events.read(component)
            build_interval(event.start, event.length, self.zone)
        except (TimeNotReadableError, ValueError, OverflowError, ArithmeticError):
            self.unreadable_parts += not is_free(component)
            return None
        event.is_doubtful |= not component.is_closed
        return event

    def _read_series(self, events: list[FeedEvent]) -> list[Interval]:
        """If the repetitions cannot be calculated, at least what each event says of itself."""
        try:
            with limit_time(self._get_time_budget()):
                found = list(EventSeries(events, self.events.list_clocks(), self.zone).iterate_intervals(self.window))
        except (ValueError, OverflowError, ArithmeticError, TimeBudgetExceededError) as error:
            self._slow_series += isinstance(error, TimeBudgetExceededError)
            for event in events:
                event.is_doubtful = True
            found = [build_interval(one.start, one.length, self.zone) for one in events if not one.is_free]
        self.unreadable_parts += sum(self._is_worth_reporting(one) for one in events)
        return found

    def _get_time_budget(self) -> float:
        return SERIES_SECONDS if self._slow_series < MAX_SLOW_SERIES else SERIES_SECONDS_AFTER_SLOW_ONES

    def _is_worth_reporting(self, event: FeedEvent) -> bool:
        """Not a single event of the past, which can take no time any more."""
        if not event.is_doubtful or event.is_free:
            return False
        is_single = not (event.rules or event.additions or event.replaces)
        return not is_single or event.start.to_utc() > self.window.starts_at - (
            self.window.ends_at - self.window.starts_at
        )

    def _read_free_busy(self, component: Component) -> list[Interval]:
        """Published free and busy times (RFC 5545 §3.6.4)."""
        found: list[Interval] = []
        is_doubtful = False
        for line in component.list_lines("FREEBUSY"):
            if line.parameters.get("FBTYPE", "BUSY").upper() == "FREE":
                continue
            for text in line.value.split(","):
                try:
                    found.append(self.events.read_period(line, text))
                except (TimeNotReadableError, ValueError, OverflowError):
                    is_doubtful = True
        self.unreadable_parts += is_doubtful
        return found


def _clip_to_window(stretch: Interval, window: Interval) -> Iterator[Interval]:
    starts_at, ends_at = max(stretch.starts_at, window.starts_at), min(stretch.ends_at, window.ends_at)
    if starts_at < ends_at:
        yield Interval(starts_at, ends_at)
