"""Book, move and cancel interviews. Slots are opened elsewhere (slots.py); callers commit."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import contains_eager, joinedload

from accounts import audit
from core import clock
from core.database import db
from core.errors import RuleError
from interviews.calendars import invitations
from interviews.holding import hold
from interviews.models import Booking, BookingStatus, Slot, SlotKind, Volunteer, VolunteerState

DEADLOCK = "40P01"  # PostgreSQL: two people tried to swap times at the same moment


class SlotTakenError(RuleError):
    """Somebody else has the time, or it is offered no longer."""


class AlreadyBookedError(RuleError):
    """The volunteer has a booking, and may have only one."""


class NotAcceptedError(RuleError):
    """Only a volunteer whom staff have accepted may book."""


class NotBookedError(RuleError):
    """The interview has been cancelled."""


class TooLateError(RuleError):
    """The interview has begun or is over."""


class PhoneNeededError(RuleError):
    """A telephone interview needs a number to ring."""


def book(slot: Slot, volunteer: Volunteer) -> Booking:
    """Raises SlotTakenError, AlreadyBookedError, NotAcceptedError, PhoneNeededError."""
    hold(volunteer, shared=True)  # held against being declined until we commit
    if volunteer.state is not VolunteerState.ACCEPTED:
        raise NotAcceptedError("You can book a time once we have accepted your offer to be interviewed.")
    if active_booking(volunteer) is not None:
        raise AlreadyBookedError("You have booked a time already. You can move it instead.")
    _check_open(slot, volunteer)
    now = clock.now()
    booking = Booking(slot_id=slot.id, volunteer_id=volunteer.id, created_at=now, placed_at=now)
    with _taking_a_slot(volunteer):
        db.session.add(booking)
    invitations.invite(booking)
    audit.record("booking made", booking, slot=str(slot.id))
    return booking


def move(booking: Booking, slot: Slot, *, reason: str = "") -> None:
    """Take another slot; the calendar event stays the same one. `reason` is told to the volunteer.

    Raises SlotTakenError, NotBookedError, TooLateError, PhoneNeededError.
    """
    _hold_upcoming(booking)
    before = booking.slot
    if slot.id == before.id:
        raise SlotTakenError("This is the time that is booked already. Please choose another.")
    _check_open(slot, booking.volunteer)
    with _taking_a_slot(None):
        booking.slot_id, booking.placed_at = slot.id, clock.now()
        db.session.flush()
    db.session.refresh(booking, ["slot"])
    invitations.follow_move(booking, before, reason=reason)
    audit.record("booking moved", booking, from_slot=str(before.id), to_slot=str(slot.id))


def cancel(booking: Booking, *, reason: str = "", by_staff: bool = False) -> None:
    """Give the slot back. A volunteer's reason is kept for staff; a reason from staff is told to the volunteer.

    Raises NotBookedError, TooLateError.
    """
    _hold_upcoming(booking)
    booking.status = BookingStatus.CANCELLED
    booking.cancelled_at = clock.now()
    booking.cancel_reason = reason
    db.session.flush()
    invitations.withdraw(booking, reason=reason if by_staff else "", by_staff=by_staff)
    audit.record("booking cancelled", booking, by_staff=by_staff)


def active_booking(volunteer: Volunteer) -> Booking | None:
    wanted = select(Booking).where(Booking.volunteer_id == volunteer.id, Booking.status == BookingStatus.BOOKED)
    return db.session.scalars(wanted).first()


def find_booking(booking_id: UUID) -> Booking | None:
    return db.session.get(Booking, booking_id)


def interviews_of(interviewer_id: UUID | None, *, upcoming: bool) -> list[Booking]:
    """Booked interviews, soonest first when upcoming, else newest first. None: of every interviewer."""
    is_over = Slot.ends_at <= clock.now()
    order = Slot.starts_at if upcoming else Slot.starts_at.desc()
    wanted = select(Booking).join(Booking.slot).where(Booking.status == BookingStatus.BOOKED)
    wanted = wanted.where(~is_over if upcoming else is_over).order_by(order)
    if interviewer_id is not None:
        wanted = wanted.where(Slot.interviewer_id == interviewer_id)
    loaded = contains_eager(Booking.slot)
    people = joinedload(Booking.volunteer).joinedload(Volunteer.participant)
    return list(
        db.session.scalars(wanted.options(loaded.joinedload(Slot.call), loaded.joinedload(Slot.interviewer), people))
    )


def has_begun(booking: Booking, now: datetime | None = None) -> bool:
    return booking.slot.starts_at <= (now or clock.now())


@contextmanager
def _taking_a_slot(volunteer: Volunteer | None) -> Iterator[None]:
    """What the database refuses, in words. `volunteer`: who may turn out to have booked at the same moment."""
    try:
        with db.session.begin_nested():
            yield
    except IntegrityError as error:
        if volunteer is not None and active_booking(volunteer) is not None:
            raise AlreadyBookedError("You have booked a time already. You can move it instead.") from error
        raise SlotTakenError("Someone has just booked this time. Please choose another.") from error
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != DEADLOCK:
            raise
        raise SlotTakenError("Someone has just booked this time. Please choose another.") from error


def _check_open(slot: Slot, volunteer: Volunteer) -> None:
    hold(slot, shared=True)  # held against withdrawal until we commit
    if slot.call_id != volunteer.call_id or slot.withdrawn_at is not None or not slot.interviewer.is_active:
        raise SlotTakenError("This time is offered no longer. Please choose another.")
    if slot.starts_at <= clock.now():
        raise SlotTakenError("This time is past. Please choose another.")
    contact = volunteer.participant.contact
    if slot.kind is SlotKind.TELEPHONE and not (contact and contact.phone):
        raise PhoneNeededError("Tell us the number to ring, because this time is by telephone.")


def _hold_upcoming(booking: Booking) -> None:
    hold(booking)
    if booking.status is not BookingStatus.BOOKED:
        raise NotBookedError("This interview has been cancelled already.")
    if has_begun(booking):
        raise TooLateError("This interview has already begun.")
