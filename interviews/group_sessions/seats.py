"""The seats of a group session: who has one, which are free, and whom the session suits. Callers lock the slot."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core import clock
from core.database import db
from core.errors import RuleError
from interviews.bookings.bookings import VolunteerNotAcceptedError
from interviews.models import (
    OCCUPYING_STATUSES,
    Booking,
    BookingStatus,
    Slot,
    SlotKind,
    Volunteer,
    VolunteerState,
)


class SessionClosedError(RuleError):
    """The session has started or was cancelled, or bookings for the call or the site are closed."""


class SessionUnsuitableError(RuleError):
    """The session is at another site, or cannot meet what the person needs."""


class AlreadySeatedError(RuleError): ...


def find_own_seat(slot: Slot, volunteer: Volunteer) -> Booking | None:
    query = select(Booking).where(Booking.slot_id == slot.id, Booking.volunteer_id == volunteer.id)
    return db.session.scalars(query.where(Booking.status.in_(OCCUPYING_STATUSES))).first()


def list_free_seats(slot: Slot) -> list[int]:
    occupied = select(Booking.seat).where(Booking.slot_id == slot.id, Booking.status.in_(OCCUPYING_STATUSES))
    taken = set(db.session.scalars(occupied))
    free = [number for number in range(1, slot.capacity + 1) if number not in taken]
    return free[: max(0, slot.capacity - len(taken))]  # the capacity may have been lowered since


def give_seat(
    slot: Slot, volunteer: Volunteer, *, offered_until: datetime | None = None, by: UUID | None = None
) -> Booking | None:
    """Gives the lowest free seat; None if all are taken. Raises AlreadySeatedError."""
    now = clock.now()
    for number in list_free_seats(slot):
        booking = Booking(
            slot_id=slot.id,
            volunteer_id=volunteer.id,
            seat=number,
            is_group=True,
            status=BookingStatus.OFFERED if offered_until else BookingStatus.BOOKED,
            offer_expires_at=offered_until,
            created_at=now,
            slot_chosen_at=now,
            booked_by=by,
        )
        try:
            with db.session.begin_nested():
                db.session.add(booking)
        except IntegrityError as error:
            if find_own_seat(slot, volunteer) is not None:
                raise AlreadySeatedError("You already have a place in this session.") from error
            continue
        return booking
    return None


def require_seat_allowed(slot: Slot, volunteer: Volunteer) -> None:
    if volunteer.state is not VolunteerState.ACCEPTED:
        raise VolunteerNotAcceptedError("You can take a place after we have accepted your offer to take part.")
    if slot.withdrawn_at is not None or not slot.interviewer.is_active:
        raise SessionClosedError("This session is cancelled.")
    if slot.starts_at <= clock.now():
        raise SessionClosedError("This session has already started.")
    if is_session_closed(slot) or is_site_closed_for(volunteer):
        raise SessionClosedError("Bookings for this session are closed.")
    if not is_suitable_for(slot, volunteer):
        raise SessionUnsuitableError("This session is for another site, or cannot meet your needs.")


def is_suitable_for(slot: Slot, volunteer: Volunteer) -> bool:
    """Ignores the language: we do not know which one a group speaks."""
    return (
        slot.call_id == volunteer.call_id
        and slot.site_id in {None, volunteer.site_id}
        and (slot.is_step_free or not volunteer.needs_step_free or slot.kind is not SlotKind.IN_PERSON)
        and (slot.takes_companion or not volunteer.companion)
    )


def is_session_closed(slot: Slot) -> bool:
    return slot.call.closed_at is not None or (slot.site is not None and slot.site.closed_at is not None)


def is_site_closed_for(volunteer: Volunteer) -> bool:
    return volunteer.site is not None and volunteer.site.closed_at is not None
