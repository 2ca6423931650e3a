"""Read the waiting list of a group session: who is on it, in which order, and whether it is open."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select

from core import clock
from core.database import db
from interviews.group_sessions import seats
from interviews.group_sessions.offer_times import WAITLIST_CLOSES_BEFORE_SESSION
from interviews.models import Slot, Volunteer, WaitlistEntry, WaitlistState

ACTIVE_STATES = (WaitlistState.WAITING, WaitlistState.OFFERED)


class WaitlistClosedReason(StrEnum):
    TOO_LATE = "near"  # too late to offer a seat
    CLOSED = "closed"  # bookings for the call or the site are closed
    CANCELLED = "cancelled"


def list_entries(slot: Slot, *states: WaitlistState) -> list[WaitlistEntry]:
    query = select(WaitlistEntry).where(
        WaitlistEntry.slot_id == slot.id, WaitlistEntry.state.in_(states or ACTIVE_STATES)
    )
    fresh = query.order_by(WaitlistEntry.number).execution_options(populate_existing=True)
    return list(db.session.scalars(fresh))


def find_own_entry(slot: Slot, volunteer: Volunteer) -> WaitlistEntry | None:
    query = select(WaitlistEntry).where(WaitlistEntry.slot_id == slot.id, WaitlistEntry.volunteer_id == volunteer.id)
    return db.session.scalars(query.order_by(WaitlistEntry.number.desc()).limit(1)).first()


def get_position(entry: WaitlistEntry) -> int:
    """1 is next."""
    before = select(func.count()).where(
        WaitlistEntry.slot_id == entry.slot_id,
        WaitlistEntry.state == WaitlistState.WAITING,
        WaitlistEntry.number <= entry.number,
    )
    return db.session.scalar(before) or 0


def get_closed_reason(slot: Slot) -> WaitlistClosedReason | None:
    if slot.withdrawn_at is not None:
        return WaitlistClosedReason.CANCELLED
    if seats.is_session_closed(slot):
        return WaitlistClosedReason.CLOSED
    return WaitlistClosedReason.TOO_LATE if is_too_late_to_offer(slot) else None


def is_too_late_to_offer(slot: Slot) -> bool:
    return clock.now() > slot.starts_at - WAITLIST_CLOSES_BEFORE_SESSION


def has_free_seat(slot: Slot) -> bool:
    """False also while somebody is waiting for the free seat."""
    return bool(seats.list_free_seats(slot)) and (
        is_too_late_to_offer(slot) or not list_entries(slot, WaitlistState.WAITING)
    )


def list_slot_ids_with_waitlists() -> list[UUID]:
    query = select(WaitlistEntry.slot_id).where(WaitlistEntry.state.in_(ACTIVE_STATES)).distinct()
    return sorted(db.session.scalars(query))
