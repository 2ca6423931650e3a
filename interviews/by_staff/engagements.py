"""When interviewers are taken: interviews, group sessions, their own calendars, days off. What they offer: slots.py."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, select

from accounts.models import StaffMember, StaffRole
from accounts.roles import PERMISSIONS, Permission
from core.database import db
from interviews.availability.patterns import Away, away_times
from interviews.availability.profiles import profiles_of
from interviews.models import HOLDING, Booking, BusyTime, Slot, TimeOff

A_DAY = timedelta(days=1)
MAY_INTERVIEW = [role for role, held in PERMISSIONS.items() if Permission.OPEN_SLOTS in held]


@dataclass(frozen=True, slots=True)
class Engagement:
    interviewer_id: UUID
    starts_at: datetime
    ends_at: datetime
    booking_id: UUID | None = None  # None: not an interview with one person


def engagements(starts_at: datetime, ends_at: datetime) -> list[Engagement]:
    """What fills anybody's time between two moments, in a constant number of queries."""
    return [
        *_interviews(starts_at, ends_at),
        *_sessions(starts_at, ends_at),
        *_busy(starts_at, ends_at),
        *_days_off(starts_at, ends_at),
    ]


def is_taken(
    taken: Collection[Engagement], interviewer_id: UUID, slot: Slot, *, apart_from: Collection[UUID] = ()
) -> bool:
    """Whether something overlaps with a slot's time. `apart_from`: bookings that are about to be given up."""
    return any(
        one.interviewer_id == interviewer_id
        and one.booking_id not in apart_from
        and one.starts_at < slot.ends_at
        and one.ends_at > slot.starts_at
        for one in taken
    )


def free_interviewers(slot: Slot, *, apart_from: Collection[UUID] = ()) -> list[StaffMember]:
    """Who else could hold an interview at a slot's time, by name."""
    wanted = select(StaffMember).where(
        StaffMember.is_active,
        StaffMember.id != slot.interviewer_id,
        StaffMember.roles.any(StaffRole.role.in_(MAY_INTERVIEW)),
    )
    taken = engagements(slot.starts_at, slot.ends_at)
    people = db.session.scalars(wanted.order_by(StaffMember.name, StaffMember.email))
    return [person for person in people if not is_taken(taken, person.id, slot, apart_from=apart_from)]


def _interviews(starts_at: datetime, ends_at: datetime) -> Iterator[Engagement]:
    wanted = select(Slot.interviewer_id, Slot.starts_at, Slot.ends_at, Booking.id).join(Booking.slot)
    held = wanted.where(Booking.status.in_(HOLDING), ~Slot.is_group, _overlaps(Slot, starts_at, ends_at))
    return (Engagement(*row) for row in db.session.execute(held))


def _sessions(starts_at: datetime, ends_at: datetime) -> Iterator[Engagement]:
    wanted = select(Slot.interviewer_id, Slot.starts_at, Slot.ends_at)
    held = wanted.where(Slot.is_group, Slot.withdrawn_at.is_(None), _overlaps(Slot, starts_at, ends_at))
    return (Engagement(*row) for row in db.session.execute(held))


def _busy(starts_at: datetime, ends_at: datetime) -> Iterator[Engagement]:
    wanted = select(BusyTime.interviewer_id, BusyTime.starts_at, BusyTime.ends_at)
    return (Engagement(*row) for row in db.session.execute(wanted.where(_overlaps(BusyTime, starts_at, ends_at))))


def _days_off(starts_at: datetime, ends_at: datetime) -> Iterator[Engagement]:
    """On the clocks of each interviewer."""
    first, last = (starts_at - A_DAY).date(), (ends_at + A_DAY).date()
    rows = db.session.scalars(select(TimeOff).where(TimeOff.first_on <= last, TimeOff.last_on >= first)).all()
    profiles = profiles_of({row.interviewer_id for row in rows})
    for row in rows:
        clocks = ZoneInfo(profiles[row.interviewer_id].zone)
        for time in away_times(Away(row.first_on, row.last_on, row.starts, row.ends), clocks, first, last):
            yield Engagement(row.interviewer_id, time.starts_at, time.ends_at)


def _overlaps(row: type[Slot] | type[BusyTime], starts_at: datetime, ends_at: datetime) -> ColumnElement[bool]:
    return and_(row.starts_at < ends_at, row.ends_at > starts_at)
