"""Lists of group sessions for staff, each with how many people have a seat or are waiting. Read-only."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload

from core import clock
from core.database import db
from evidence.models import Call
from interviews.group_sessions.attendance import SEATED_STATUSES
from interviews.models import Booking, BookingStatus, Slot, WaitlistEntry, WaitlistState

SHORTAGE_WARNING_PERIOD = timedelta(hours=48)  # for staff to decide whether a session goes ahead with few people


@dataclass(frozen=True, slots=True)
class SessionSummary:
    slot: Slot
    seated: int
    offered: int  # seats on offer to the waiting list
    waiting: int

    @property
    def is_short_of_people(self) -> bool:
        time_left = self.slot.starts_at - clock.now()
        is_soon = timedelta() < time_left <= SHORTAGE_WARNING_PERIOD
        return is_soon and self.slot.withdrawn_at is None and self.seated < self.slot.minimum


def list_sessions(host_id: UUID | None, *, upcoming: bool) -> list[SessionSummary]:
    """`host_id` None: of all hosts. A cancelled session counts as past."""
    is_upcoming = (Slot.ends_at > clock.now()) & Slot.withdrawn_at.is_(None)
    query = _select_summaries(is_upcoming if upcoming else ~is_upcoming)
    if host_id is not None:
        query = query.where(Slot.interviewer_id == host_id)
    return _load_summaries(query.order_by(Slot.starts_at if upcoming else Slot.starts_at.desc(), Slot.id))


def get_session_summary(slot: Slot) -> SessionSummary:
    return _load_summaries(_select_summaries(Slot.id == slot.id))[0]


def list_short_session_ids() -> list[UUID]:
    """Sorted, so that workers lock rows in the same order."""
    now = clock.now()
    is_soon = (Slot.starts_at > now) & (Slot.starts_at <= now + SHORTAGE_WARNING_PERIOD)
    is_unnotified = Slot.withdrawn_at.is_(None) & Slot.shortage_notified_at.is_(None)
    return sorted(
        line.slot.id for line in _load_summaries(_select_summaries(is_soon & is_unnotified)) if line.is_short_of_people
    )


def list_open_sessions(call: Call) -> list[Slot]:
    query = select(Slot).where(Slot.call_id == call.id, Slot.is_group, Slot.withdrawn_at.is_(None))
    return list(db.session.scalars(query.where(Slot.starts_at > clock.now()).order_by(Slot.starts_at)))


def _select_summaries(condition: ColumnElement[bool]) -> Select[Slot, int, int, int]:
    return (
        select(Slot, _count_bookings(*SEATED_STATUSES), _count_bookings(BookingStatus.OFFERED), _count_waiting())
        .where(Slot.is_group, condition)
        .options(joinedload(Slot.call), joinedload(Slot.interviewer), joinedload(Slot.site))
    )


def _load_summaries(query: Select[Slot, int, int, int]) -> list[SessionSummary]:
    return [SessionSummary(slot, *counts) for slot, *counts in db.session.execute(query)]


def _count_bookings(*states: BookingStatus) -> ColumnElement[int]:
    counted = select(func.count()).where(Booking.slot_id == Slot.id, Booking.status.in_(states))
    return counted.correlate(Slot).scalar_subquery()


def _count_waiting() -> ColumnElement[int]:
    counted = select(func.count()).where(WaitlistEntry.slot_id == Slot.id, WaitlistEntry.state == WaitlistState.WAITING)
    return counted.correlate(Slot).scalar_subquery()
