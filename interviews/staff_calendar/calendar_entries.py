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
from interviews.models import OCCUPYING_STATUSES, Booking, BookingStatus, Slot, SlotKind, Volunteer

PER_PAGE = 50
GROUP_SESSION_STATUSES = frozenset(
    {BookingStatus.BOOKED, BookingStatus.COMPLETED}
)  # a session has no outcome of its own


@dataclass(frozen=True, slots=True)
class CalendarFilter:
    """What somebody chose to see. None: all."""

    interviewer_id: UUID | None = None
    site_id: UUID | None = None
    call_id: UUID | None = None
    kind: SlotKind | None = None
    status: BookingStatus | None = None  # None: every interview that was not cancelled
    is_without_outcome: bool = False  # over, and nobody has noted what became of it
    includes_free_slots: bool = False


@dataclass(frozen=True, slots=True)
class CalendarEntry:
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
    seats_taken: int  # places in a group session that somebody has

    @property
    def tag(self) -> str:
        """As a word for a tag: a status, “free” or “group”."""
        if self.is_group:
            return "cancelled" if self.is_withdrawn else "group"
        return self.status.value if self.status else "free"


@dataclass(frozen=True, slots=True)
class EntryKey:
    """That an entry is there and when: enough to count a busy month by day before any of it is read."""

    starts_at: datetime
    slot_id: UUID
    booking_id: UUID | None


def list_entry_keys_between(filters: CalendarFilter, starts_at: datetime, ends_at: datetime) -> list[EntryKey]:
    """Of everything that begins in a stretch of time, in order."""
    found = select(Slot.starts_at, Slot.id, Booking.id).outerjoin(Booking, _build_booking_join(filters))
    found = found.where(*_build_conditions(filters), Slot.starts_at >= starts_at, Slot.starts_at < ends_at)
    return [EntryKey(*row) for row in db.session.execute(found.order_by(Slot.starts_at, Slot.id, Booking.id))]


def load_entries(filters: CalendarFilter, keys: Collection[EntryKey]) -> list[CalendarEntry]:
    """What stands in these places, in order."""
    known = {(place.slot_id, place.booking_id) for place in keys}
    found = _fetch_entries(_select_entries(filters).where(Slot.id.in_({slot_id for slot_id, _ in known})))
    return [entry for entry in found if (entry.slot_id, entry.booking_id) in known]


def list_entries_from(filters: CalendarFilter, starts_at: datetime, *, page: int) -> tuple[list[CalendarEntry], int]:
    """One page of what begins from a moment on, in order, and how many pages there are."""
    later = Slot.starts_at >= starts_at
    return _fetch_entries(_limit_to_page(_select_entries(filters).where(later), page)), _count_pages(filters, later)


def list_upcoming_entries(filters: CalendarFilter, *, page: int) -> tuple[list[CalendarEntry], int]:
    """One page of what is not over, in order, and how many pages there are."""
    coming = Slot.ends_at > clock.now()
    return _fetch_entries(_limit_to_page(_select_entries(filters).where(coming), page)), _count_pages(filters, coming)


def list_past_entries(filters: CalendarFilter, *, page: int) -> tuple[list[CalendarEntry], int]:
    """One page of what is over, newest first, and how many pages there are."""
    past = Slot.ends_at <= clock.now()
    newest_first = (
        _select_entries(filters).where(past).order_by(None).order_by(Slot.starts_at.desc(), Slot.id, Booking.id)
    )
    return _fetch_entries(_limit_to_page(newest_first, page)), _count_pages(filters, past)


def list_interviewers_with_slots() -> list[tuple[UUID, str]]:
    """Everybody who offers or offered times, by name."""
    has_times = select(Slot.id).where(Slot.interviewer_id == StaffMember.id).exists()
    wanted = select(StaffMember.id, StaffMember.name).where(has_times).order_by(StaffMember.name, StaffMember.email)
    return [(id_, name) for id_, name in db.session.execute(wanted)]


def _fetch_entries(query: Select[Any]) -> list[CalendarEntry]:
    return [CalendarEntry(*row) for row in db.session.execute(query)]


def _limit_to_page(query: Select[Any], page: int) -> Select[Any]:
    return query.limit(PER_PAGE).offset((page - 1) * PER_PAGE)


def _count_pages(filters: CalendarFilter, condition: ColumnElement[bool]) -> int:
    counted = select(func.count()).select_from(Slot).outerjoin(Booking, _build_booking_join(filters))
    count = db.session.scalar(counted.where(*_build_conditions(filters), condition)) or 0
    return max(1, -(-count // PER_PAGE))


def _select_entries(filters: CalendarFilter) -> Select[Any]:
    taken = select(func.count()).where(Booking.slot_id == Slot.id, Booking.status.in_(OCCUPYING_STATUSES))
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
        .outerjoin(Booking, _build_booking_join(filters))
        .outerjoin(Booking.volunteer)
        .outerjoin(Volunteer.participant)
        .where(*_build_conditions(filters))
        .order_by(Slot.starts_at, Slot.id, Booking.id)
    )


def _build_booking_join(filters: CalendarFilter) -> ColumnElement[bool]:
    """The bookings that are entries of their own."""
    if filters.is_without_outcome:
        over = and_(Booking.status == BookingStatus.BOOKED, Slot.ends_at <= clock.now())
        return and_(Booking.slot_id == Slot.id, Booking.is_group.is_(False), over)
    statuses = {filters.status} if filters.status else OCCUPYING_STATUSES
    return and_(Booking.slot_id == Slot.id, Booking.is_group.is_(False), Booking.status.in_(statuses))


def _build_conditions(filters: CalendarFilter) -> list[ColumnElement[bool]]:
    exact = [
        (Slot.interviewer_id, filters.interviewer_id),
        (Slot.site_id, filters.site_id),
        (Slot.call_id, filters.call_id),
        (Slot.kind, filters.kind),
    ]
    return [_build_entry_condition(filters), *(column == value for column, value in exact if value is not None)]


def _build_entry_condition(filters: CalendarFilter) -> ColumnElement[bool]:
    entries: list[ColumnElement[bool]] = [Booking.id.is_not(None)]
    if filters.is_without_outcome:
        return entries[0]
    if filters.status is None or filters.status in GROUP_SESSION_STATUSES:
        entries.append(and_(Slot.is_group, Slot.withdrawn_at.is_(None)))
    if filters.status is BookingStatus.CANCELLED:
        entries.append(and_(Slot.is_group, Slot.withdrawn_at.is_not(None)))
    if filters.includes_free_slots and filters.status is None:
        entries.append(and_(~Slot.is_group, Slot.withdrawn_at.is_(None), Slot.starts_at > clock.now()))
    return or_(*entries)
