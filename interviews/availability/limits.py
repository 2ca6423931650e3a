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
from interviews.availability.intervals import Interval, merge_intervals
from interviews.availability.patterns import list_time_off_intervals
from interviews.availability.profiles import get_profiles
from interviews.availability.rule_values import build_time_off_period, build_weekly_hours
from interviews.models import (
    OCCUPYING_STATUSES,
    Booking,
    BusyTime,
    InterviewerProfile,
    Slot,
    TimeOff,
    WeeklyPattern,
)

SEARCH_MARGIN = timedelta(days=2)  # what lies further off than that touches no time: pauses and days are shorter


@dataclass(frozen=True, slots=True)
class BookingLimits:
    """What one interviewer asks for."""

    zone: str
    pause: timedelta = timedelta()  # between two interviews: what follows the one and what comes before the other
    notice: timedelta = timedelta()
    horizon: timedelta = timedelta(days=3650)
    max_per_day: int = 0  # 0: no limit


@dataclass(frozen=True, slots=True)
class InterviewerCommitments:
    """What fills one interviewer's days; each list is in order, and nothing in it overlaps."""

    interviews: Sequence[Interval] = ()  # with the pauses around them
    busy: Sequence[Interval] = ()  # of their own calendar
    time_off: Sequence[Interval] = ()  # counts for times of weekly patterns alone
    interviews_per_day: Mapping[date, int] = field(default_factory=dict)  # interviews on the interviewer's own days


def build_commitments(
    interviews: Iterable[Interval], busy: Iterable[Interval], time_off: Iterable[Interval], limits: BookingLimits
) -> InterviewerCommitments:
    booked = list(interviews)
    return InterviewerCommitments(
        interviews=merge_intervals(
            Interval(one.starts_at - limits.pause, one.ends_at + limits.pause) for one in booked
        ),
        busy=merge_intervals(busy),
        time_off=merge_intervals(time_off),
        interviews_per_day=Counter(_get_local_day(one, limits) for one in booked),
    )


def is_within_limits(
    wanted: Interval,
    limits: BookingLimits,
    commitments: InterviewerCommitments,
    *,
    now: datetime,
    is_from_pattern: bool,
) -> bool:
    """Whether an interview at that time leaves its interviewer all that they ask for."""
    if not now + limits.notice <= wanted.starts_at <= now + limits.horizon or wanted.starts_at <= now:
        return False
    if (
        limits.max_per_day
        and commitments.interviews_per_day.get(_get_local_day(wanted, limits), 0) >= limits.max_per_day
    ):
        return False
    hindrances = [commitments.interviews, commitments.busy, *([commitments.time_off] if is_from_pattern else [])]
    return not any(_overlaps_any_sorted(wanted, hindrance) for hindrance in hindrances)


def filter_bookable(slots: Sequence[Slot], *, except_booking_id: UUID | None = None) -> list[Slot]:
    """Of free times those that can be booked now, in the order given. Group sessions know no limits.

    `apart_from`: a booking that is about to move, whose own time is no hindrance. Call it under
    `hold(interviewer)` to be sure that nobody books another of their times at the same moment.
    """
    alone = [slot for slot in slots if not slot.is_group]
    if not alone:
        return list(slots)
    now = clock.now()
    limits = {
        id_: build_limits(profile) for id_, profile in get_profiles({slot.interviewer_id for slot in alone}).items()
    }
    span = Interval(min(s.starts_at for s in alone) - SEARCH_MARGIN, max(s.ends_at for s in alone) + SEARCH_MARGIN)
    filled, patterns = _load_commitments(limits, span, except_booking_id), _load_patterns(alone)

    def is_bookable(slot: Slot) -> bool:
        who, wanted = slot.interviewer_id, Interval(slot.starts_at, slot.ends_at)
        pattern = patterns.get(slot.pattern_id) if slot.pattern_id else None
        if pattern and not _is_still_offered(pattern, slot, wanted, limits[who]):
            return False
        return is_within_limits(wanted, limits[who], filled[who], now=now, is_from_pattern=pattern is not None)

    return [slot for slot in slots if slot.is_group or is_bookable(slot)]


def build_limits(profile: InterviewerProfile) -> BookingLimits:
    return BookingLimits(
        zone=profile.zone,
        pause=timedelta(minutes=profile.minutes_before + profile.minutes_after),
        notice=timedelta(hours=profile.notice_hours),
        horizon=timedelta(days=profile.horizon_days),
        max_per_day=profile.most_per_day,
    )


def _load_commitments(
    limits: Mapping[UUID, BookingLimits], span: Interval, except_booking_id: UUID | None
) -> dict[UUID, InterviewerCommitments]:
    """For each interviewer, from three queries."""
    interviews: dict[UUID, list[Interval]] = defaultdict(list)
    busy: dict[UUID, list[Interval]] = defaultdict(list)
    away: dict[UUID, list[Interval]] = defaultdict(list)
    for who, starts_at, ends_at in db.session.execute(_select_interviews(limits.keys(), span, except_booking_id)):
        interviews[who].append(Interval(starts_at, ends_at))
    for who, starts_at, ends_at in db.session.execute(_select_busy_times(limits.keys(), span)):
        busy[who].append(Interval(starts_at, ends_at))
    first_on, last_on = span.starts_at.date(), span.ends_at.date()
    for row in db.session.scalars(_select_time_off(limits.keys(), first_on, last_on)):
        clocks = ZoneInfo(limits[row.interviewer_id].zone)
        away[row.interviewer_id] += list_time_off_intervals(build_time_off_period(row), clocks, first_on, last_on)
    return {who: build_commitments(interviews[who], busy[who], away[who], limits[who]) for who in limits}


def _load_patterns(slots: Iterable[Slot]) -> dict[UUID, WeeklyPattern]:
    wanted = select(WeeklyPattern).where(WeeklyPattern.id.in_({slot.pattern_id for slot in slots if slot.pattern_id}))
    return {row.id: row for row in db.session.scalars(wanted)}


def _is_still_offered(pattern: WeeklyPattern, slot: Slot, wanted: Interval, limits: BookingLimits) -> bool:
    """A time that was booked when its hours changed is free after a cancellation, but not offered any more."""
    if pattern.removed_at is not None or pattern.call_id != slot.call_id:
        return False
    return build_weekly_hours(pattern).contains(wanted, ZoneInfo(limits.zone))


def _select_interviews(people: Iterable[UUID], span: Interval, except_booking_id: UUID | None) -> Any:
    """Times that somebody holds, and group sessions, which are held whoever has come so far."""
    held = select(Booking.id).where(Booking.slot_id == Slot.id, Booking.status.in_(OCCUPYING_STATUSES))
    if except_booking_id is not None:
        held = held.where(Booking.id != except_booking_id)
    is_session = Slot.is_group & Slot.withdrawn_at.is_(None)
    return select(Slot.interviewer_id, Slot.starts_at, Slot.ends_at).where(
        Slot.interviewer_id.in_(people),
        Slot.starts_at < span.ends_at,
        Slot.ends_at > span.starts_at,
        is_session | exists(held),
    )


def _select_busy_times(people: Iterable[UUID], span: Interval) -> Any:
    return select(BusyTime.interviewer_id, BusyTime.starts_at, BusyTime.ends_at).where(
        BusyTime.interviewer_id.in_(people), BusyTime.starts_at < span.ends_at, BusyTime.ends_at > span.starts_at
    )


def _select_time_off(people: Iterable[UUID], first_on: date, last_on: date) -> Any:
    return select(TimeOff).where(
        TimeOff.interviewer_id.in_(people), TimeOff.first_on <= last_on, TimeOff.last_on >= first_on
    )


def _overlaps_any_sorted(wanted: Interval, intervals: Sequence[Interval]) -> bool:
    """Whether a stretch overlaps one of a list that is in order and free of overlaps."""
    after = bisect_left(intervals, wanted.ends_at, key=lambda interval: interval.starts_at)
    return after > 0 and intervals[after - 1].ends_at > wanted.starts_at


def _get_local_day(interval: Interval, limits: BookingLimits) -> date:
    return interval.starts_at.astimezone(ZoneInfo(limits.zone)).date()
