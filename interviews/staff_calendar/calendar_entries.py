"""Entries of the staff calendar: interviews, group sessions and free times, in a constant number of queries.

Bookings by their reference, a group session as one entry with its number of seats. Layout: calendar_days.py.
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
    interviewer_id: UUID | None = None
    site_id: UUID | None = None
    call_id: UUID | None = None
    kind: SlotKind | None = None
    status: BookingStatus | None = None  # None: every interview that was not cancelled
    is_without_outcome: bool = False  # over, with no outcome recorded
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
    seats_taken: int  # in a group session

    @property
    def tag(self) -> str:
        if self.is_group:
            return "cancelled" if self.is_withdrawn else "group"
        return self.status.value if self.status else "free"


@dataclass(frozen=True, slots=True)
class EntryKey:
    """Enough to count the entries of a busy month by day before any of them is read."""

    starts_at: datetime
    slot_id: UUID
    booking_id: UUID | None


def list_entry_keys_between(filters: CalendarFilter, starts_at: datetime, ends_at: datetime) -> list[EntryKey]:
    query = select(Slot.starts_at, Slot.id, Booking.id).outerjoin(Booking, _build_booking_join(filters))
    query = query.where(*_build_conditions(filters), Slot.starts_at >= starts_at, Slot.starts_at < ends_at)
    return [EntryKey(*row) for row in db.session.execute(query.order_by(Slot.starts_at, Slot.id, Booking.id))]


def load_entries(filters: CalendarFilter, keys: Collection[EntryKey]) -> list[CalendarEntry]:
    selected = {(key.slot_id, key.booking_id) for key in keys}
    entries = _fetch_entries(_select_entries(filters).where(Slot.id.in_({slot_id for slot_id, _ in selected})))
    return [entry for entry in entries if (entry.slot_id, entry.booking_id) in selected]


def list_entries_from(filters: CalendarFilter, starts_at: datetime, *, page: int) -> tuple[list[CalendarEntry], int]:
    """One page, in order of time, and the number of pages."""
    later = Slot.starts_at >= starts_at
    return _fetch_entries(_limit_to_page(_select_entries(filters).where(later), page)), _count_pages(filters, later)


def list_upcoming_entries(filters: CalendarFilter, *, page: int) -> tuple[list[CalendarEntry], int]:
    upcoming = Slot.ends_at > clock.now()
    return _fetch_entries(_limit_to_page(_select_entries(filters).where(upcoming), page)), _count_pages(
        filters, upcoming
    )


def list_past_entries(filters: CalendarFilter, *, page: int) -> tuple[list[CalendarEntry], int]:
    past = Slot.ends_at <= clock.now()
    newest_first = (
        _select_entries(filters).where(past).order_by(None).order_by(Slot.starts_at.desc(), Slot.id, Booking.id)
    )
    return _fetch_entries(_limit_to_page(newest_first, page)), _count_pages(filters, past)


def list_interviewers_with_slots() -> list[tuple[UUID, str]]:
    has_times = select(Slot.id).where(Slot.interviewer_id == StaffMember.id).exists()
    query = select(StaffMember.id, StaffMember.name).where(has_times).order_by(StaffMember.name, StaffMember.email)
    return [(id_, name) for id_, name in db.session.execute(query)]


def _fetch_entries(query: Select[Any]) -> list[CalendarEntry]:
    return [CalendarEntry(**row) for row in db.session.execute(query).mappings()]


def _limit_to_page(query: Select[Any], page: int) -> Select[Any]:
    return query.limit(PER_PAGE).offset((page - 1) * PER_PAGE)


def _count_pages(filters: CalendarFilter, condition: ColumnElement[bool]) -> int:
    counted = select(func.count()).select_from(Slot).outerjoin(Booking, _build_booking_join(filters))
    count = db.session.scalar(counted.where(*_build_conditions(filters), condition)) or 0
    return max(1, -(-count // PER_PAGE))


def _select_entries(filters: CalendarFilter) -> Select[Any]:
    seats = select(func.count()).where(Booking.slot_id == Slot.id, Booking.status.in_(OCCUPYING_STATUSES))
    columns = {  # by field of CalendarEntry
        "slot_id": Slot.id,
        "starts_at": Slot.starts_at,
        "ends_at": Slot.ends_at,
        "kind": Slot.kind,
        "is_group": Slot.is_group,
        "title": Slot.title,
        "capacity": Slot.capacity,
        "is_withdrawn": Slot.withdrawn_at.is_not(None),
        "interviewer": StaffMember.name,
        "call": Call.title,
        "zone": Call.zone,
        "site": Site.title,
        "booking_id": Booking.id,
        "status": Booking.status,
        "reference": Participant.reference,
        "seats_taken": case((Slot.is_group, seats.correlate(Slot).scalar_subquery()), else_=0),
    }
    labelled: list[Any] = [column.label(name) for name, column in columns.items()]
    return (
        select(*labelled)
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
