"""From the events with one UID to the times that they take: repetitions, exceptions and replaced days. Pure."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from interviews.availability.feed_events import EventTime, FeedEvent, build_interval, to_day
from interviews.availability.intervals import Interval
from interviews.availability.recurrence import RecurrenceRule, unfold_rule
from interviews.ical.time_values import Length, parse_time_value
from interviews.ical.zone_clocks import LocalClock

WINDOW_MARGIN = timedelta(days=2)  # local times are less than that from UTC
RANGE_MARGIN = timedelta(days=366)  # how far RANGE=THISANDFUTURE may move a day
LATEST_MIDNIGHT_HOUR = 12  # in UTC; a later full hour is midnight of the next day, somewhere east


class EventSeries:
    """All events with one UID. Without repetitions, each counts for itself."""

    def __init__(self, events: list[FeedEvent], clocks: list[LocalClock], zone: ZoneInfo) -> None:
        masters = [one for one in events if one.replaces is None]
        newest = max((one.sequence for one in masters), default=0)
        self.masters = [one for one in masters if one.sequence == newest]  # RFC 5545 §3.8.7.4
        self.replacements = _select_newest([one for one in events if one.replaces is not None], zone)
        self._clocks, self._zone = clocks, zone
        self._replaced = _TimeSet([one.replaces for one in self.replacements if one.replaces], zone)
        self._following = [one for one in self.replacements if one.replaces_following]

    def iterate_intervals(self, window: Interval) -> Iterator[Interval]:
        for event in self.replacements:
            if not event.is_free:
                yield build_interval(event.start, event.length, self._zone)
        for event in self.masters:
            yield from self._iterate_occurrences(event, window)

    def _iterate_occurrences(self, event: FeedEvent, window: Interval) -> Iterator[Interval]:
        excluded = _TimeSet(event.exceptions, self._zone)
        for start, length in self._iterate_starts(event, window):
            if excluded.has(start) or self._replaced.has(start):
                continue
            source = self._find_following_replacement(start) or event
            if not source.is_free:
                moved = self._move(start, source) if source is not event else start
                yield build_interval(moved, source.length if source is not event else length, self._zone)

    def _iterate_starts(self, event: FeedEvent, window: Interval) -> Iterator[tuple[EventTime, Length]]:
        yield event.start, event.length
        first, last = self._find_limits(event, window)
        for rule in event.rules:
            is_past = self._build_until(rule, event)
            for local in unfold_rule(rule, event.start.local, first=first, last=last, is_past=is_past):
                if local != event.start.local:
                    yield replace(event.start, local=local), event.length
        for start, length in event.additions:
            same_kind = event.start.is_day == start.is_day
            yield start, length or (event.length if same_kind else Length(days=1))

    def _find_limits(self, event: FeedEvent, window: Interval) -> tuple[datetime, datetime]:
        margin = WINDOW_MARGIN + timedelta(days=event.length.days) + abs(event.length.exact)
        margin += RANGE_MARGIN if self._following else timedelta()
        start, end = window.starts_at.replace(tzinfo=None), window.ends_at.replace(tzinfo=None)
        return max(start - margin, event.start.local), end + margin

    def _find_following_replacement(self, start: EventTime) -> FeedEvent | None:
        earlier = [
            one for one in self._following if one.replaces is not None and one.replaces.to_utc() < start.to_utc()
        ]
        return max(earlier, key=lambda one: one.replaces.to_utc() if one.replaces else start.to_utc(), default=None)

    def _move(self, start: EventTime, replacement: FeedEvent) -> EventTime:
        if replacement.replaces is None:
            return start
        moved_by = replacement.start.to_utc() - replacement.replaces.to_utc()
        return replace(start, local=start.local + moved_by)

    def _build_until(self, rule: RecurrenceRule, event: FeedEvent) -> "UntilCheck":
        return UntilCheck(rule, event, self._clocks, self._zone)


class _TimeSet:
    """EXDATEs or RECURRENCE-IDs. A whole day means all times of that day."""

    def __init__(self, times: list[EventTime], zone: ZoneInfo) -> None:
        self._zone = zone
        self._moments = {one.to_utc() for one in times if not one.is_day}
        self._days = {to_day(one, zone) for one in times if one.is_day}
        self._all_days = {to_day(one, zone) for one in times}

    def has(self, start: EventTime) -> bool:
        if start.is_day:
            return to_day(start, self._zone) in self._all_days
        return start.to_utc() in self._moments or (bool(self._days) and to_day(start, self._zone) in self._days)


def _select_newest(replacements: list[FeedEvent], zone: ZoneInfo) -> list[FeedEvent]:
    """Of several for one day, those with the highest SEQUENCE."""
    newest: dict[date | datetime, int] = {}
    keys = [(_get_replaced_key(one, zone), one) for one in replacements]
    for key, one in keys:
        newest[key] = max(newest.get(key, 0), one.sequence)
    return [one for key, one in keys if one.sequence == newest[key]]


def _get_replaced_key(event: FeedEvent, zone: ZoneInfo) -> date | datetime:
    if event.replaces is None:
        return event.start.to_utc()
    return to_day(event.replaces, zone) if event.replaces.is_day else event.replaces.to_utc()


class UntilCheck:
    """Whether a local time of a series is after its UNTIL. An UNTIL that cannot be read ends nothing."""

    def __init__(self, rule: RecurrenceRule, event: FeedEvent, clocks: list[LocalClock], zone: ZoneInfo) -> None:
        self._start, self._clocks, self._zone = event.start, clocks, zone
        self._until: date | datetime | None = None
        if rule.until:
            try:
                self._until = parse_time_value(rule.until)
            except ValueError:
                event.is_doubtful = True
        if isinstance(self._until, datetime) and self._start.is_day:
            self._until = self._find_last_day(self._until)

    def __call__(self, local: datetime) -> bool:
        until = self._until
        if until is None:
            return False
        if not isinstance(until, datetime):
            return local.date() > until
        if until.tzinfo is None:
            return local > until
        return replace(self._start, local=local).to_utc() > until

    def _find_last_day(self, until: datetime) -> date:
        """Exchange writes the midnight at which the last day begins, in UTC; Google the second before the next."""
        if until.tzinfo is None:
            return until.date()
        for clock in self._clocks:
            for day in (until.date() + timedelta(days=ahead) for ahead in (-1, 0, 1)):
                begins_at = clock.to_utc(datetime.combine(day, time()))
                if begins_at == until:
                    return day
                if begins_at == until + timedelta(seconds=1):
                    return day - timedelta(days=1)
        is_full_hour = until.second == 0 and until.minute % 15 == 0
        if is_full_hour and until.hour > LATEST_MIDNIGHT_HOUR:
            return until.date() + timedelta(days=1)
        return max(until.date(), until.astimezone(self._zone).date())
