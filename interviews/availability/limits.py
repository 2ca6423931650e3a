"""Which free slots are within their interviewers' limits: notice, horizon, pauses, most per day, other commitments.

The rules are pure (`is_within_limits`); `filter_bookable` loads what they need in a constant number of queries.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from core import clock
from core.database import db
from interviews.availability.commitments import INTERVIEW_KINDS, CommitmentKind, commitments_between
from interviews.availability.intervals import Interval, merge_intervals
from interviews.availability.profiles import get_profiles
from interviews.availability.rule_values import build_weekly_hours
from interviews.models import (
    InterviewerProfile,
    Slot,
    WeeklyPattern,
)

SEARCH_MARGIN = timedelta(days=2)  # longer than any pause or local day


@dataclass(frozen=True, slots=True)
class BookingLimits:
    zone: str
    pause: timedelta = timedelta()  # between two interviews: after one plus before the other
    notice: timedelta = timedelta()
    horizon: timedelta = timedelta(days=3650)
    max_per_day: int = 0  # 0: no limit


@dataclass(frozen=True, slots=True)
class InterviewerCommitments:
    """Of one interviewer; each list is in order and without overlaps."""

    interviews: Sequence[Interval] = ()  # with the pauses around them
    busy: Sequence[Interval] = ()  # in their own calendar
    time_off: Sequence[Interval] = ()  # only counts for slots of weekly patterns
    interviews_per_day: Mapping[date, int] = field(default_factory=dict)  # by day in the interviewer's time zone


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
    interval: Interval,
    limits: BookingLimits,
    commitments: InterviewerCommitments,
    *,
    now: datetime,
    is_from_pattern: bool,
) -> bool:
    if not now + limits.notice <= interval.starts_at <= now + limits.horizon or interval.starts_at <= now:
        return False
    if (
        limits.max_per_day
        and commitments.interviews_per_day.get(_get_local_day(interval, limits), 0) >= limits.max_per_day
    ):
        return False
    blocking = [commitments.interviews, commitments.busy, *([commitments.time_off] if is_from_pattern else [])]
    return not any(_overlaps_any_sorted(interval, intervals) for intervals in blocking)


def filter_bookable(slots: Sequence[Slot], *, except_booking_id: UUID | None = None) -> list[Slot]:
    """Group sessions have no limits. Lock the interviewer first, so that nobody books another of their slots."""
    one_to_one = [slot for slot in slots if not slot.is_group]
    if not one_to_one:
        return list(slots)
    now = clock.now()
    limits = {
        id_: build_limits(profile)
        for id_, profile in get_profiles({slot.interviewer_id for slot in one_to_one}).items()
    }
    span = Interval(
        min(s.starts_at for s in one_to_one) - SEARCH_MARGIN, max(s.ends_at for s in one_to_one) + SEARCH_MARGIN
    )
    commitments, patterns = _load_commitments(limits, span, except_booking_id), _load_patterns(one_to_one)

    def is_bookable(slot: Slot) -> bool:
        id_, interval = slot.interviewer_id, Interval(slot.starts_at, slot.ends_at)
        pattern = patterns.get(slot.pattern_id) if slot.pattern_id else None
        if pattern and not _is_still_offered(pattern, slot, interval, limits[id_]):
            return False
        return is_within_limits(interval, limits[id_], commitments[id_], now=now, is_from_pattern=pattern is not None)

    return [slot for slot in slots if slot.is_group or is_bookable(slot)]


def _get_search_span(slots: Sequence[Slot]) -> Interval:
    return Interval(
        min(slot.starts_at for slot in slots) - SEARCH_MARGIN, max(slot.ends_at for slot in slots) + SEARCH_MARGIN
    )


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
    intervals: dict[tuple[UUID, CommitmentKind], list[Interval]] = defaultdict(list)
    for one in commitments_between(span.starts_at, span.ends_at, interviewer_ids=limits.keys()):
        if one.booking_id is None or one.booking_id != except_booking_id:
            intervals[one.interviewer_id, one.kind].append(Interval(one.starts_at, one.ends_at))
    return {
        id_: build_commitments(
            interviews=[interval for kind in INTERVIEW_KINDS for interval in intervals[id_, kind]],
            busy=intervals[id_, CommitmentKind.BUSY],
            time_off=intervals[id_, CommitmentKind.TIME_OFF],
            limits=limits[id_],
        )
        for id_ in limits
    }


def _load_patterns(slots: Iterable[Slot]) -> dict[UUID, WeeklyPattern]:
    query = select(WeeklyPattern).where(WeeklyPattern.id.in_({slot.pattern_id for slot in slots if slot.pattern_id}))
    return {row.id: row for row in db.session.scalars(query)}


def _is_still_offered(pattern: WeeklyPattern, slot: Slot, interval: Interval, limits: BookingLimits) -> bool:
    """A slot that was booked when its hours changed is free after a cancellation, but no longer offered."""
    if pattern.removed_at is not None or pattern.call_id != slot.call_id:
        return False
    return build_weekly_hours(pattern).contains(interval, ZoneInfo(limits.zone))


def _overlaps_any_sorted(interval: Interval, intervals: Sequence[Interval]) -> bool:
    after = bisect_left(intervals, interval.ends_at, key=lambda other: other.starts_at)
    return after > 0 and intervals[after - 1].ends_at > interval.starts_at


def _get_local_day(interval: Interval, limits: BookingLimits) -> date:
    return interval.starts_at.astimezone(ZoneInfo(limits.zone)).date()
