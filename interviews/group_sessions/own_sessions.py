"""The group sessions that one volunteer sees: those that suit them, and those they were involved in. Read-only."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core import clock
from core.database import db
from interviews.group_sessions import seats, waitlist_queries
from interviews.group_sessions.attendance import is_past_self_service_cutoff
from interviews.group_sessions.write_ups import find_sent_write_up
from interviews.models import (
    Booking,
    BookingStatus,
    Slot,
    Volunteer,
    VolunteerState,
    WaitlistEntry,
    WaitlistState,
)


class OwnSessionState(StrEnum):
    BOOKED = "booked"
    OFFERED = "offered"
    WAITING = "waiting"
    FREE = "free"
    FULL = "full"  # the waiting list is open
    CLOSED = "closed"  # full, and too late for the waiting list; or bookings are closed
    CANCELLED = "cancelled"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class OwnSession:
    slot: Slot
    state: OwnSessionState
    booking: Booking | None  # the seat that the person has or is offered
    position: int = 0  # on the waiting list: 1 is next
    has_lapsed_offer: bool = False  # an offer to them expired
    may_cancel: bool = False
    has_write_up: bool = False

    @property
    def offer_expires_at(self) -> datetime | None:
        return self.booking.offer_expires_at if self.booking else None


def get_own_session(slot: Slot, volunteer: Volunteer) -> OwnSession:
    booking, entry = seats.find_own_seat(slot, volunteer), waitlist_queries.find_own_entry(slot, volunteer)
    state = _determine_state(slot, volunteer, booking, entry)
    return OwnSession(
        slot=slot,
        state=state,
        booking=booking,
        position=waitlist_queries.get_position(entry) if entry is not None and state is OwnSessionState.WAITING else 0,
        has_lapsed_offer=entry is not None and entry.state is WaitlistState.LAPSED,
        may_cancel=booking is not None and state is OwnSessionState.BOOKED and not is_past_self_service_cutoff(booking),
        has_write_up=find_sent_write_up(slot, volunteer) is not None,
    )


def list_own_sessions(volunteer: Volunteer) -> list[OwnSession]:
    query = select(Slot).where(Slot.call_id == volunteer.call_id, Slot.is_group).order_by(Slot.starts_at, Slot.id)
    slots = db.session.scalars(query.options(joinedload(Slot.call), joinedload(Slot.site)))
    return [get_own_session(slot, volunteer) for slot in slots if is_visible_to(slot, volunteer)]


def is_visible_to(slot: Slot, volunteer: Volunteer) -> bool:
    if slot.call_id != volunteer.call_id:
        return False
    if is_involved(slot, volunteer):
        return True
    is_offered = slot.withdrawn_at is None and slot.starts_at > clock.now() and not seats.is_session_closed(slot)
    return is_offered and volunteer.state is VolunteerState.ACCEPTED and seats.is_suitable_for(slot, volunteer)


def is_involved(slot: Slot, volunteer: Volunteer) -> bool:
    booked = select(Booking.id).where(Booking.slot_id == slot.id, Booking.volunteer_id == volunteer.id)
    on_waitlist = select(WaitlistEntry.id).where(
        WaitlistEntry.slot_id == slot.id, WaitlistEntry.volunteer_id == volunteer.id
    )
    return db.session.scalars(booked.union_all(on_waitlist)).first() is not None


def _determine_state(
    slot: Slot, volunteer: Volunteer, booking: Booking | None, entry: WaitlistEntry | None
) -> OwnSessionState:
    if slot.withdrawn_at is not None:
        return OwnSessionState.CANCELLED
    if slot.starts_at <= clock.now():
        return OwnSessionState.OVER
    if booking is not None:
        return OwnSessionState.OFFERED if booking.status is BookingStatus.OFFERED else OwnSessionState.BOOKED
    if entry is not None and entry.state is WaitlistState.WAITING:
        return OwnSessionState.WAITING
    return _determine_newcomer_state(slot, volunteer)


def _determine_newcomer_state(slot: Slot, volunteer: Volunteer) -> OwnSessionState:
    if (
        volunteer.state is not VolunteerState.ACCEPTED
        or seats.is_session_closed(slot)
        or seats.is_site_closed_for(volunteer)
    ):
        return OwnSessionState.CLOSED
    if waitlist_queries.has_free_seat(slot):
        return OwnSessionState.FREE
    return OwnSessionState.CLOSED if waitlist_queries.is_too_late_to_offer(slot) else OwnSessionState.FULL
