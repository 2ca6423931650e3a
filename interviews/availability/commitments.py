"""When interviewers are taken: interviews, group sessions, their own calendars, days off. What they offer: slots.py."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, select

from accounts.models import StaffMember, StaffRole
from core.database import db
from interviews.availability.interviewers import INTERVIEWING_ROLES
from interviews.availability.patterns import TimeOffPeriod, list_time_off_intervals
from interviews.availability.profiles import get_profiles
from interviews.models import OCCUPYING_STATUSES, Booking, BusyTime, Slot, TimeOff

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Commitment:
    interviewer_id: UUID
    starts_at: datetime
    ends_at: datetime
    booking_id: UUID | None = None  # None: not an interview with one person


def commitments_between(starts_at: datetime, ends_at: datetime) -> list[Commitment]:
    """What fills anybody's time between two moments, in a constant number of queries."""
    return [
        *_list_interviews(starts_at, ends_at),
        *_list_sessions(starts_at, ends_at),
        *_list_busy_times(starts_at, ends_at),
        *_list_time_off(starts_at, ends_at),
    ]


def is_interviewer_busy(
    commitments: Collection[Commitment], interviewer_id: UUID, slot: Slot, *, except_bookings: Collection[UUID] = ()
) -> bool:
    """Whether something overlaps with a slot's time. `apart_from`: bookings that are about to be given up."""
    return any(
        one.interviewer_id == interviewer_id
        and one.booking_id not in except_bookings
        and one.starts_at < slot.ends_at
        and one.ends_at > slot.starts_at
        for one in commitments
    )


def list_free_interviewers(slot: Slot, *, except_bookings: Collection[UUID] = ()) -> list[StaffMember]:
    """Who else could hold an interview at a slot's time, by name."""
    wanted = select(StaffMember).where(
        StaffMember.is_active,
        StaffMember.id != slot.interviewer_id,
        StaffMember.roles.any(StaffRole.role.in_(INTERVIEWING_ROLES)),
    )
    taken = commitments_between(slot.starts_at, slot.ends_at)
    people = db.session.scalars(wanted.order_by(StaffMember.name, StaffMember.email))
    return [
        person for person in people if not is_interviewer_busy(taken, person.id, slot, except_bookings=except_bookings)
    ]


def _list_interviews(starts_at: datetime, ends_at: datetime) -> Iterator[Commitment]:
    wanted = select(Slot.interviewer_id, Slot.starts_at, Slot.ends_at, Booking.id).join(Booking.slot)
    held = wanted.where(Booking.status.in_(OCCUPYING_STATUSES), ~Slot.is_group, _overlaps(Slot, starts_at, ends_at))
    return (Commitment(*row) for row in db.session.execute(held))


def _list_sessions(starts_at: datetime, ends_at: datetime) -> Iterator[Commitment]:
    wanted = select(Slot.interviewer_id, Slot.starts_at, Slot.ends_at)
    held = wanted.where(Slot.is_group, Slot.withdrawn_at.is_(None), _overlaps(Slot, starts_at, ends_at))
    return (Commitment(*row) for row in db.session.execute(held))


def _list_busy_times(starts_at: datetime, ends_at: datetime) -> Iterator[Commitment]:
    wanted = select(BusyTime.interviewer_id, BusyTime.starts_at, BusyTime.ends_at)
    return (Commitment(*row) for row in db.session.execute(wanted.where(_overlaps(BusyTime, starts_at, ends_at))))


def _list_time_off(starts_at: datetime, ends_at: datetime) -> Iterator[Commitment]:
    """On the clocks of each interviewer."""
    first, last = (starts_at - ONE_DAY).date(), (ends_at + ONE_DAY).date()
    rows = db.session.scalars(select(TimeOff).where(TimeOff.first_on <= last, TimeOff.last_on >= first)).all()
    profiles = get_profiles({row.interviewer_id for row in rows})
    for row in rows:
        clocks = ZoneInfo(profiles[row.interviewer_id].zone)
        for time in list_time_off_intervals(
            TimeOffPeriod(row.first_on, row.last_on, row.starts, row.ends), clocks, first, last
        ):
            yield Commitment(row.interviewer_id, time.starts_at, time.ends_at)


def _overlaps(row: type[Slot] | type[BusyTime], starts_at: datetime, ends_at: datetime) -> ColumnElement[bool]:
    return and_(row.starts_at < ends_at, row.ends_at > starts_at)
