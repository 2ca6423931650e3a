"""What staff see of a stretch of time: interviews, group sessions, free times. The same few queries, whatever it finds.

Bookings by their reference, a group session as one entry with how many come. Laying it out in weeks: calendar_days.py.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from accounts.models import StaffMember
from core import clock
from core.database import db
from evidence.models import Call, Participant, Site
from interviews.models import HOLDING, Booking, BookingStatus, Slot, SlotKind, Volunteer

PER_PAGE = 50
OF_GROUPS = frozenset({BookingStatus.BOOKED, BookingStatus.HAPPENED})  # a session has no outcome of its own


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody chose to see. None: all."""

    interviewer_id: UUID | None = None
    site_id: UUID | None = None
    call_id: UUID | None = None
    kind: SlotKind | None = None
    status: BookingStatus | None = None  # None: every interview that was not cancelled
    is_unsettled: bool = False  # over, and nobody has noted what became of it
    with_free: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    slot_id: UUID
    starts_at: datetime
    ends_at: datetime
    kind: SlotKind
    is_group: bool
    title: str  # of a group session
    capacity: int
    is_withdrawn: bool
    interviewer: str
    call: str
    zone: str  # of the call
    site: str | None
    booking_id: UUID | None
    status: BookingStatus | None
    reference: str | None
    taken: int  # places in a group session that somebody has

    @property
    def state(self) -> str:
        """As a word for a tag: a status, “free” or “group”."""
        if self.is_group:
            return "cancelled" if self.is_withdrawn else "group"
        return self.status.value if self.status else "free"


@dataclass(frozen=True, slots=True)
class Place:
    """That an entry is there and when: enough to count a busy month by day before any of it is read."""

    starts_at: datetime
    slot_id: UUID
    booking_id: UUID | None


def places_between(wanted: Wanted, starts_at: datetime, ends_at: datetime) -> list[Place]:
    """Of everything that begins in a stretch of time, in order."""
    found = select(Slot.starts_at, Slot.id, Booking.id).outerjoin(Booking, _joined(wanted))
    found = found.where(*_conditions(wanted), Slot.starts_at >= starts_at, Slot.starts_at < ends_at)
    return [Place(*row) for row in db.session.execute(found.order_by(Slot.starts_at, Slot.id, Booking.id))]


def entries_at(wanted: Wanted, places: Collection[Place]) -> list[Entry]:
    """What stands in these places, in order."""
    known = {(place.slot_id, place.booking_id) for place in places}
    found = _entries(_shown(wanted).where(Slot.id.in_({slot_id for slot_id, _ in known})))
    return [entry for entry in found if (entry.slot_id, entry.booking_id) in known]


def entries_from(wanted: Wanted, starts_at: datetime, *, page: int) -> tuple[list[Entry], int]:
    """One page of what begins from a moment on, in order, and how many pages there are."""
    later = Slot.starts_at >= starts_at
    return _entries(_paged(_shown(wanted).where(later), page)), _pages(wanted, later)


def coming_entries(wanted: Wanted, *, page: int) -> tuple[list[Entry], int]:
    """One page of what is not over, in order, and how many pages there are."""
    coming = Slot.ends_at > clock.now()
    return _entries(_paged(_shown(wanted).where(coming), page)), _pages(wanted, coming)


def past_entries(wanted: Wanted, *, page: int) -> tuple[list[Entry], int]:
    """One page of what is over, newest first, and how many pages there are."""
    past = Slot.ends_at <= clock.now()
    newest_first = _shown(wanted).where(past).order_by(None).order_by(Slot.starts_at.desc(), Slot.id, Booking.id)
    return _entries(_paged(newest_first, page)), _pages(wanted, past)


def interviewers_shown() -> list[tuple[UUID, str]]:
    """Everybody who offers or offered times, by name."""
    has_times = select(Slot.id).where(Slot.interviewer_id == StaffMember.id).exists()
    wanted = select(StaffMember.id, StaffMember.name).where(has_times).order_by(StaffMember.name, StaffMember.email)
    return [(id_, name) for id_, name in db.session.execute(wanted)]


def _entries(query: Select[Any]) -> list[Entry]:
    return [Entry(*row) for row in db.session.execute(query)]


def _paged(query: Select[Any], page: int) -> Select[Any]:
    return query.limit(PER_PAGE).offset((page - 1) * PER_PAGE)


def _pages(wanted: Wanted, condition: ColumnElement[bool]) -> int:
    counted = select(func.count()).select_from(Slot).outerjoin(Booking, _joined(wanted))
    count = db.session.scalar(counted.where(*_conditions(wanted), condition)) or 0
    return max(1, -(-count // PER_PAGE))


def _shown(wanted: Wanted) -> Select[Any]:
    taken = select(func.count()).where(Booking.slot_id == Slot.id, Booking.status.in_(HOLDING))
    places = taken.correlate(Slot).scalar_subquery()
    columns: list[Any] = [  # in the order of the fields of an entry
        Slot.id,
        Slot.starts_at,
        Slot.ends_at,
        Slot.kind,
        Slot.is_group,
        Slot.title,
        Slot.capacity,
        Slot.withdrawn_at.is_not(None),
        StaffMember.name,
        Call.title,
        Call.zone,
        Site.title,
        Booking.id,
        Booking.status,
        Participant.reference,
        case((Slot.is_group, places), else_=0),
    ]
    return (
        select(*columns)
        .select_from(Slot)
        .join(Slot.interviewer)
        .join(Slot.call)
        .outerjoin(Slot.site)
        .outerjoin(Booking, _joined(wanted))
        .outerjoin(Booking.volunteer)
        .outerjoin(Volunteer.participant)
        .where(*_conditions(wanted))
        .order_by(Slot.starts_at, Slot.id, Booking.id)
    )


def _joined(wanted: Wanted) -> ColumnElement[bool]:
    """The bookings that are entries of their own."""
    if wanted.is_unsettled:
        over = and_(Booking.status == BookingStatus.BOOKED, Slot.ends_at <= clock.now())
        return and_(Booking.slot_id == Slot.id, Booking.is_group.is_(False), over)
    statuses = {wanted.status} if wanted.status else HOLDING
    return and_(Booking.slot_id == Slot.id, Booking.is_group.is_(False), Booking.status.in_(statuses))


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    exact = [
        (Slot.interviewer_id, wanted.interviewer_id),
        (Slot.site_id, wanted.site_id),
        (Slot.call_id, wanted.call_id),
        (Slot.kind, wanted.kind),
    ]
    return [_is_entry(wanted), *(column == value for column, value in exact if value is not None)]


def _is_entry(wanted: Wanted) -> ColumnElement[bool]:
    entries: list[ColumnElement[bool]] = [Booking.id.is_not(None)]
    if wanted.is_unsettled:
        return entries[0]
    if wanted.status is None or wanted.status in OF_GROUPS:
        entries.append(and_(Slot.is_group, Slot.withdrawn_at.is_(None)))
    if wanted.status is BookingStatus.CANCELLED:
        entries.append(and_(Slot.is_group, Slot.withdrawn_at.is_not(None)))
    if wanted.with_free and wanted.status is None:
        entries.append(and_(~Slot.is_group, Slot.withdrawn_at.is_(None), Slot.starts_at > clock.now()))
    return or_(*entries)
