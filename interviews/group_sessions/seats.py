"""The seats of a group session: who has one, which are free, and whom the session suits. Callers hold the slot."""

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
    """The session has begun, is over or was cancelled, or the call or the site has closed."""


class SessionUnsuitableError(RuleError):
    """The session is at another site, or cannot meet what the person needs."""


class AlreadySeatedError(RuleError):
    """The person has a place in this session."""


def find_own_seat(slot: Slot, volunteer: Volunteer) -> Booking | None:
    """A person's place in a session: booked, offered, or taken up since."""
    wanted = select(Booking).where(Booking.slot_id == slot.id, Booking.volunteer_id == volunteer.id)
    return db.session.scalars(wanted.where(Booking.status.in_(OCCUPYING_STATUSES))).first()


def list_free_seats(slot: Slot) -> list[int]:
    """Numbers of seats, lowest first. A seat that is offered to somebody is not free."""
    held = select(Booking.seat).where(Booking.slot_id == slot.id, Booking.status.in_(OCCUPYING_STATUSES))
    taken = set(db.session.scalars(held))
    free = [number for number in range(1, slot.capacity + 1) if number not in taken]
    return free[: max(0, slot.capacity - len(taken))]  # the capacity may have been lowered since


def give_seat(
    slot: Slot, volunteer: Volunteer, *, offered_until: datetime | None = None, by: UUID | None = None
) -> Booking | None:
    """Put somebody on the lowest free seat, or None when there is none. Raises AlreadyInSessionError."""
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
                raise AlreadySeatedError("You have a place in this session already.") from error
            continue
        return booking
    return None


def require_seat_allowed(slot: Slot, volunteer: Volunteer) -> None:
    """Whether somebody may take a place now. Raises NotAcceptedError, SessionOverError, SessionUnsuitableError."""
    if volunteer.state is not VolunteerState.ACCEPTED:
        raise VolunteerNotAcceptedError("You can take a place once we have accepted your offer to take part.")
    if slot.withdrawn_at is not None or not slot.interviewer.is_active:
        raise SessionClosedError("This session is cancelled.")
    if slot.starts_at <= clock.now():
        raise SessionClosedError("This session has begun or is over.")
    if is_session_closed(slot) or is_site_closed_for(volunteer):
        raise SessionClosedError("No more places are given in this session.")
    if not is_suitable_for(slot, volunteer):
        raise SessionUnsuitableError("This session is for people of another site, or cannot meet what you need.")


def is_suitable_for(slot: Slot, volunteer: Volunteer) -> bool:
    """By call, site, steps and companion. In which language a group speaks is no matter of ours."""
    return (
        slot.call_id == volunteer.call_id
        and slot.site_id in {None, volunteer.site_id}
        and (slot.is_step_free or not volunteer.needs_step_free or slot.kind is not SlotKind.IN_PERSON)
        and (slot.takes_companion or not volunteer.companion)
    )


def is_session_closed(slot: Slot) -> bool:
    """By hand, for the whole call or for the session's site."""
    return slot.call.closed_at is not None or (slot.site is not None and slot.site.closed_at is not None)


def is_site_closed_for(volunteer: Volunteer) -> bool:
    return volunteer.site is not None and volunteer.site.closed_at is not None
