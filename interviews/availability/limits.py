"""Which free times still fit what their interviewers ask for: notice, horizon, pauses, most per day, other duties.

The rules are pure (`fits`); `bookable` reads what they need, in the same few queries for any number of times.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select

from core import clock
from core.database import db
from interviews.availability.intervals import Interval, merged
from interviews.availability.patterns import away_times
from interviews.availability.profiles import profiles_of
from interviews.availability.rows import away_of, hours_of
from interviews.models import HOLDING, Booking, BusyTime, InterviewerProfile, Slot, TimeOff, WeeklyPattern

A_WHILE = timedelta(days=2)  # what lies further off than that touches no time: pauses and days are shorter


@dataclass(frozen=True, slots=True)
class Limits:
    """What one interviewer asks for."""

    zone: str
    pause: timedelta = timedelta()  # between two interviews: what follows the one and what comes before the other
    notice: timedelta = timedelta()
    horizon: timedelta = timedelta(days=3650)
    most_per_day: int = 0  # 0: no limit


@dataclass(frozen=True, slots=True)
class Duties:
    """What fills one interviewer's days; each list is in order, and nothing in it overlaps."""

    interviews: Sequence[Interval] = ()  # with the pauses around them
    busy: Sequence[Interval] = ()  # of their own calendar
    away: Sequence[Interval] = ()  # counts for times of weekly patterns alone
    per_day: Mapping[date, int] = field(default_factory=dict)  # interviews on the interviewer's own days


def duties(
    interviews: Iterable[Interval], busy: Iterable[Interval], away: Iterable[Interval], limits: Limits
) -> Duties:
    booked = list(interviews)
    return Duties(
        interviews=merged(Interval(one.starts_at - limits.pause, one.ends_at + limits.pause) for one in booked),
        busy=merged(busy),
        away=merged(away),
        per_day=Counter(_day(one, limits) for one in booked),
    )


def fits(wanted: Interval, limits: Limits, filled: Duties, *, now: datetime, is_from_pattern: bool) -> bool:
    """Whether an interview at that time leaves its interviewer all that they ask for."""
    if not now + limits.notice <= wanted.starts_at <= now + limits.horizon or wanted.starts_at <= now:
        return False
    if limits.most_per_day and filled.per_day.get(_day(wanted, limits), 0) >= limits.most_per_day:
        return False
    hindrances = [filled.interviews, filled.busy, *([filled.away] if is_from_pattern else [])]
    return not any(_meets(wanted, hindrance) for hindrance in hindrances)


def bookable(slots: Sequence[Slot], *, apart_from: UUID | None = None) -> list[Slot]:
    """Of free times those that can be booked now, in the order given. Group sessions know no limits.

    `apart_from`: a booking that is about to move, whose own time is no hindrance. Call it under
    `hold(interviewer)` to be sure that nobody books another of their times at the same moment.
    """
    alone = [slot for slot in slots if not slot.is_group]
    if not alone:
        return list(slots)
    now = clock.now()
    limits = {id_: limits_of(profile) for id_, profile in profiles_of({slot.interviewer_id for slot in alone}).items()}
    span = Interval(min(s.starts_at for s in alone) - A_WHILE, max(s.ends_at for s in alone) + A_WHILE)
    filled, patterns = _duties_of(limits, span, apart_from), _patterns(alone)

    def is_bookable(slot: Slot) -> bool:
        who, wanted = slot.interviewer_id, Interval(slot.starts_at, slot.ends_at)
        pattern = patterns.get(slot.pattern_id) if slot.pattern_id else None
        if pattern and not _holds(pattern, slot, wanted, limits[who]):
            return False
        return fits(wanted, limits[who], filled[who], now=now, is_from_pattern=pattern is not None)

    return [slot for slot in slots if slot.is_group or is_bookable(slot)]


def limits_of(profile: InterviewerProfile) -> Limits:
    return Limits(
        zone=profile.zone,
        pause=timedelta(minutes=profile.minutes_before + profile.minutes_after),
        notice=timedelta(hours=profile.notice_hours),
        horizon=timedelta(days=profile.horizon_days),
        most_per_day=profile.most_per_day,
    )


def _duties_of(limits: Mapping[UUID, Limits], span: Interval, apart_from: UUID | None) -> dict[UUID, Duties]:
    """For each interviewer, from three queries."""
    interviews: dict[UUID, list[Interval]] = defaultdict(list)
    busy: dict[UUID, list[Interval]] = defaultdict(list)
    away: dict[UUID, list[Interval]] = defaultdict(list)
    for who, starts_at, ends_at in db.session.execute(_interviews(limits.keys(), span, apart_from)):
        interviews[who].append(Interval(starts_at, ends_at))
    for who, starts_at, ends_at in db.session.execute(_busy(limits.keys(), span)):
        busy[who].append(Interval(starts_at, ends_at))
    first_on, last_on = span.starts_at.date(), span.ends_at.date()
    for row in db.session.scalars(_time_off(limits.keys(), first_on, last_on)):
        clocks = ZoneInfo(limits[row.interviewer_id].zone)
        away[row.interviewer_id] += away_times(away_of(row), clocks, first_on, last_on)
    return {who: duties(interviews[who], busy[who], away[who], limits[who]) for who in limits}


def _patterns(slots: Iterable[Slot]) -> dict[UUID, WeeklyPattern]:
    wanted = select(WeeklyPattern).where(WeeklyPattern.id.in_({slot.pattern_id for slot in slots if slot.pattern_id}))
    return {row.id: row for row in db.session.scalars(wanted)}


def _holds(pattern: WeeklyPattern, slot: Slot, wanted: Interval, limits: Limits) -> bool:
    """A time that was booked when its hours changed is free after a cancellation, but not offered any more."""
    if pattern.removed_at is not None or pattern.call_id != slot.call_id:
        return False
    return hours_of(pattern).hold(wanted, ZoneInfo(limits.zone))


def _interviews(people: Iterable[UUID], span: Interval, apart_from: UUID | None) -> Any:
    """Times that somebody holds, and group sessions, which are held whoever has come so far."""
    held = select(Booking.id).where(Booking.slot_id == Slot.id, Booking.status.in_(HOLDING))
    if apart_from is not None:
        held = held.where(Booking.id != apart_from)
    is_session = Slot.is_group & Slot.withdrawn_at.is_(None)
    return select(Slot.interviewer_id, Slot.starts_at, Slot.ends_at).where(
        Slot.interviewer_id.in_(people),
        Slot.starts_at < span.ends_at,
        Slot.ends_at > span.starts_at,
        is_session | exists(held),
    )


def _busy(people: Iterable[UUID], span: Interval) -> Any:
    return select(BusyTime.interviewer_id, BusyTime.starts_at, BusyTime.ends_at).where(
        BusyTime.interviewer_id.in_(people), BusyTime.starts_at < span.ends_at, BusyTime.ends_at > span.starts_at
    )


def _time_off(people: Iterable[UUID], first_on: date, last_on: date) -> Any:
    return select(TimeOff).where(
        TimeOff.interviewer_id.in_(people), TimeOff.first_on <= last_on, TimeOff.last_on >= first_on
    )


def _meets(wanted: Interval, filled: Sequence[Interval]) -> bool:
    """Whether a stretch overlaps one of a list that is in order and free of overlaps."""
    after = bisect_left(filled, wanted.ends_at, key=lambda interval: interval.starts_at)
    return after > 0 and filled[after - 1].ends_at > wanted.starts_at


def _day(interval: Interval, limits: Limits) -> date:
    return interval.starts_at.astimezone(ZoneInfo(limits.zone)).date()
