"""When interviewers are unavailable: interviews, group sessions, their own calendars, time off."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, select, true

from accounts.models import StaffMember, StaffRole
from core.database import db
from core.errors import RuleError
from core.settings import current_settings
from interviews.availability.interviewers import INTERVIEWING_ROLES
from interviews.availability.patterns import list_time_off_intervals
from interviews.availability.rule_values import build_time_off_period
from interviews.models import OCCUPYING_STATUSES, Booking, BusyTime, InterviewerProfile, Slot, TimeOff

ONE_DAY = timedelta(days=1)


class InterviewerUnavailableError(RuleError): ...


class CommitmentKind(StrEnum):
    INTERVIEW = "interview"
    SESSION = "session"
    BUSY = "busy"  # in their own calendar
    TIME_OFF = "time off"


ALL_KINDS = frozenset(CommitmentKind)
INTERVIEW_KINDS = frozenset({CommitmentKind.INTERVIEW, CommitmentKind.SESSION})  # staff may book over the other kinds


@dataclass(frozen=True, slots=True)
class Commitment:
    kind: CommitmentKind
    interviewer_id: UUID
    starts_at: datetime
    ends_at: datetime
    booking_id: UUID | None = None  # of an INTERVIEW
    slot_id: UUID | None = None  # of an INTERVIEW or SESSION


def commitments_between(
    starts_at: datetime,
    ends_at: datetime,
    *,
    interviewer_ids: Collection[UUID] | None = None,
    kinds: Collection[CommitmentKind] = ALL_KINDS,
) -> list[Commitment]:
    """What overlaps with an interval, in a constant number of queries."""
    commitments: list[Commitment] = []
    if not INTERVIEW_KINDS.isdisjoint(kinds):
        commitments += [one for one in _list_interviews(starts_at, ends_at, interviewer_ids) if one.kind in kinds]
    if CommitmentKind.BUSY in kinds:
        commitments += _list_busy_times(starts_at, ends_at, interviewer_ids)
    if CommitmentKind.TIME_OFF in kinds:
        commitments += _list_time_off(starts_at, ends_at, interviewer_ids)
    return commitments


def is_interviewer_busy(
    commitments: Collection[Commitment], interviewer_id: UUID, slot: Slot, *, except_bookings: Collection[UUID] = ()
) -> bool:
    return any(
        one.interviewer_id == interviewer_id
        and one.booking_id not in except_bookings
        and one.starts_at < slot.ends_at
        and one.ends_at > slot.starts_at
        for one in commitments
    )


def has_other_interview(slot: Slot, *, replaced_booking: Booking | None = None) -> bool:
    """Counts group sessions too. Not even staff may book over those."""
    commitments = commitments_between(
        slot.starts_at, slot.ends_at, interviewer_ids=[slot.interviewer_id], kinds=INTERVIEW_KINDS
    )
    return any(replaced_booking is None or one.booking_id != replaced_booking.id for one in commitments)


def list_free_interviewers(slot: Slot) -> list[StaffMember]:
    query = select(StaffMember).where(
        StaffMember.is_active,
        StaffMember.id != slot.interviewer_id,
        StaffMember.roles.any(StaffRole.role.in_(INTERVIEWING_ROLES)),
    )
    busy_ids = {one.interviewer_id for one in commitments_between(slot.starts_at, slot.ends_at)}
    people = db.session.scalars(query.order_by(StaffMember.name, StaffMember.email))
    return [person for person in people if person.id not in busy_ids]


def _list_interviews(
    starts_at: datetime, ends_at: datetime, interviewer_ids: Collection[UUID] | None
) -> Iterator[Commitment]:
    is_interview = and_(Booking.slot_id == Slot.id, Booking.status.in_(OCCUPYING_STATUSES), Booking.is_group.is_(False))
    is_session = Slot.is_group & Slot.withdrawn_at.is_(None)
    query = (
        select(Slot.interviewer_id, Slot.starts_at, Slot.ends_at, Slot.id, Booking.id)
        .outerjoin(Booking, is_interview)
        .where(is_session | Booking.id.is_not(None), _overlaps(Slot, starts_at, ends_at))
        .where(_belongs_to(Slot, interviewer_ids))
    )
    for interviewer_id, starts, ends, slot_id, booking_id in db.session.execute(query):
        kind = CommitmentKind.INTERVIEW if booking_id else CommitmentKind.SESSION
        yield Commitment(kind, interviewer_id, starts, ends, booking_id=booking_id, slot_id=slot_id)


def _list_busy_times(
    starts_at: datetime, ends_at: datetime, interviewer_ids: Collection[UUID] | None
) -> Iterator[Commitment]:
    query = select(BusyTime.interviewer_id, BusyTime.starts_at, BusyTime.ends_at).where(
        _overlaps(BusyTime, starts_at, ends_at), _belongs_to(BusyTime, interviewer_ids)
    )
    return (Commitment(CommitmentKind.BUSY, *row) for row in db.session.execute(query))


def _list_time_off(
    starts_at: datetime, ends_at: datetime, interviewer_ids: Collection[UUID] | None
) -> Iterator[Commitment]:
    first, last = (starts_at - ONE_DAY).date(), (ends_at + ONE_DAY).date()
    has_profile = InterviewerProfile.interviewer_id == TimeOff.interviewer_id
    query = select(TimeOff, InterviewerProfile.zone).outerjoin(InterviewerProfile, has_profile)
    query = query.where(TimeOff.first_on <= last, TimeOff.last_on >= first, _belongs_to(TimeOff, interviewer_ids))
    for row, own_zone in db.session.execute(query):
        zone = ZoneInfo(own_zone or current_settings().default_zone)
        for interval in list_time_off_intervals(build_time_off_period(row), zone, first, last):
            if interval.starts_at < ends_at and interval.ends_at > starts_at:
                yield Commitment(CommitmentKind.TIME_OFF, row.interviewer_id, interval.starts_at, interval.ends_at)


def _belongs_to(
    row: type[Slot] | type[BusyTime] | type[TimeOff], interviewer_ids: Collection[UUID] | None
) -> ColumnElement[bool]:
    return true() if interviewer_ids is None else row.interviewer_id.in_(interviewer_ids)


def _overlaps(row: type[Slot] | type[BusyTime], starts_at: datetime, ends_at: datetime) -> ColumnElement[bool]:
    return and_(row.starts_at < ends_at, row.ends_at > starts_at)
