"""The group sessions that one volunteer sees: those that suit, and those in which they have had a part. Reads alone."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core import clock
from core.database import db
from interviews.groups import seats, waiting
from interviews.groups.places import is_too_late_alone
from interviews.groups.write_ups import sent_write_up
from interviews.models import (
    Booking,
    BookingStatus,
    Slot,
    Volunteer,
    VolunteerState,
    WaitingPlace,
    WaitingState,
)


class OwnState(StrEnum):
    """What a session is to one person now. As a tag on pages, so in words."""

    BOOKED = "booked"
    OFFERED = "offered"
    WAITING = "waiting"
    FREE = "free"
    FULL = "full"  # one may wait
    CLOSED = "closed"  # full, and too late to wait; or no more places are given
    CANCELLED = "cancelled"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class OwnSession:
    slot: Slot
    state: OwnState
    booking: Booking | None  # the place that the person has, or that is kept for them
    position: int = 0  # of who waits: 1 is next
    has_lapsed: bool = False  # an offer to them ran out
    may_cancel: bool = False
    has_write_up: bool = False

    @property
    def is_kept_until(self) -> datetime | None:
        return self.booking.offer_expires_at if self.booking else None


def own_session(slot: Slot, volunteer: Volunteer) -> OwnSession:
    booking, row = seats.own_place(slot, volunteer), waiting.own_row(slot, volunteer)
    state = _state(slot, volunteer, booking, row)
    return OwnSession(
        slot=slot,
        state=state,
        booking=booking,
        position=waiting.position(row) if row is not None and state is OwnState.WAITING else 0,
        has_lapsed=row is not None and row.state is WaitingState.LAPSED,
        may_cancel=booking is not None and state is OwnState.BOOKED and not is_too_late_alone(booking),
        has_write_up=sent_write_up(slot, volunteer) is not None,
    )


def own_sessions(volunteer: Volunteer) -> list[OwnSession]:
    """To come and suiting, or with a part of theirs; in order of time."""
    wanted = select(Slot).where(Slot.call_id == volunteer.call_id, Slot.is_group).order_by(Slot.starts_at, Slot.id)
    found = db.session.scalars(wanted.options(joinedload(Slot.call), joinedload(Slot.site)))
    return [own_session(slot, volunteer) for slot in found if is_seen(slot, volunteer)]


def is_seen(slot: Slot, volunteer: Volunteer) -> bool:
    """Whether the session concerns the person."""
    if slot.call_id != volunteer.call_id:
        return False
    if has_part(slot, volunteer):
        return True
    is_offered = slot.withdrawn_at is None and slot.starts_at > clock.now() and not seats.is_closed(slot)
    return is_offered and volunteer.state is VolunteerState.ACCEPTED and seats.suits(slot, volunteer)


def has_part(slot: Slot, volunteer: Volunteer) -> bool:
    """Whether the person has, had, or waited for a place."""
    booked = select(Booking.id).where(Booking.slot_id == slot.id, Booking.volunteer_id == volunteer.id)
    waited = select(WaitingPlace.id).where(WaitingPlace.slot_id == slot.id, WaitingPlace.volunteer_id == volunteer.id)
    return db.session.scalars(booked.union_all(waited)).first() is not None


def _state(slot: Slot, volunteer: Volunteer, booking: Booking | None, row: WaitingPlace | None) -> OwnState:
    if slot.withdrawn_at is not None:
        return OwnState.CANCELLED
    if slot.starts_at <= clock.now():
        return OwnState.OVER
    if booking is not None:
        return OwnState.OFFERED if booking.status is BookingStatus.OFFERED else OwnState.BOOKED
    if row is not None and row.state is WaitingState.WAITING:
        return OwnState.WAITING
    return _state_for_newcomer(slot, volunteer)


def _state_for_newcomer(slot: Slot, volunteer: Volunteer) -> OwnState:
    if volunteer.state is not VolunteerState.ACCEPTED or seats.is_closed(slot) or seats.site_is_closed(volunteer):
        return OwnState.CLOSED
    if waiting.has_free_place(slot):
        return OwnState.FREE
    return OwnState.CLOSED if waiting.is_over(slot) else OwnState.FULL
