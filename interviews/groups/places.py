"""Take and give up places in a group session. The seats themselves stand in seats.py; callers commit."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from accounts import audit
from core import clock
from core.database import db
from core.errors import RuleError
from evidence.models import Participant
from interviews.bookings import NotAloneError, NotBookedError, TooLateError
from interviews.groups import seats, session_mail, waiting
from interviews.groups.passing_on import settle
from interviews.holding import hold
from interviews.models import Booking, BookingStatus, Slot, Volunteer, VolunteerState, WaitingState
from interviews.rules import cutoff, rules_of

CAME = (BookingStatus.HAPPENED, BookingStatus.NO_SHOW)
PLACED = (BookingStatus.BOOKED, *CAME)


class SessionFullError(RuleError):
    """Every place is taken, or kept for those who have waited."""


class NotBegunError(RuleError):
    """Nobody knows yet who comes."""


class NoSuchVolunteerError(RuleError):
    """No volunteer of the call has this reference."""


def take(slot: Slot, volunteer: Volunteer, *, by: UUID | None = None) -> Booking:
    """Take a free place, or the one that is kept for the person, also when the time to take it has run out.

    `by`: the member of staff who gives it. Raises SessionFullError, AlreadyInSessionError, and what
    seats.require_open does.
    """
    hold(volunteer, shared=True)  # held against being declined until we commit
    hold(slot)
    seats.require_open(slot, volunteer)
    booking = _kept_place(slot, volunteer) or _free_place(slot, volunteer, by)
    for row in waiting.rows(slot):
        if row.volunteer_id == volunteer.id:
            row.state, row.booking_id = WaitingState.TAKEN, booking.id
    db.session.flush()
    audit.record("place taken", booking, slot=str(slot.id))
    session_mail.tell(session_mail.place_taken(booking))
    return booking


def cancel(booking: Booking, *, reason: str = "", by_staff: bool = False) -> None:
    """Give a place up; the first who waits is offered it. The reason of staff is told to the person.

    Raises NotBookedError, TooLateError, NotAloneError.
    """
    hold(booking.slot)
    hold(booking)
    if booking.status is not BookingStatus.BOOKED:
        raise NotBookedError("This place has been given up already.")
    if booking.slot.starts_at <= clock.now():
        raise TooLateError("This session has already begun.")
    if not by_staff and is_too_late_alone(booking):
        raise NotAloneError(too_late_words(booking.slot))
    booking.status, booking.cancelled_at, booking.cancel_reason = BookingStatus.CANCELLED, clock.now(), reason
    booking.is_cancelled_by_person = not by_staff
    db.session.flush()
    audit.record("place given up", booking, by_staff=by_staff)
    told = session_mail.place_ended(booking, reason=reason if by_staff else "", by_staff=by_staff)
    session_mail.tell(told + settle(booking.slot))


def note_who_came(slot: Slot, came: Mapping[UUID, bool], *, by: UUID) -> None:
    """By id of the booking: whether they came. May be put right later. Raises NotBegunError."""
    hold(slot)
    if slot.starts_at > clock.now():
        raise NotBegunError("This session has not begun yet.")
    for booking in placed(slot):
        if booking.id in came:
            outcome = BookingStatus.HAPPENED if came[booking.id] else BookingStatus.NO_SHOW
            if booking.status is not outcome:
                booking.status, booking.settled_at, booking.settled_by = outcome, clock.now(), by
                audit.record("outcome noted", booking, outcome=outcome.value)
    db.session.flush()


def placed(slot: Slot) -> list[Booking]:
    """Who has a place, or had one until they came or did not; by reference, so that it tells nothing of their order."""
    wanted = select(Booking).where(Booking.slot_id == slot.id, Booking.status.in_(PLACED))
    people = joinedload(Booking.volunteer).joinedload(Volunteer.participant)
    found = db.session.scalars(wanted.options(people, selectinload(Booking.invitations)))
    return sorted(found, key=lambda booking: booking.volunteer.participant.reference)


def volunteer_by_reference(slot: Slot, reference: str) -> Volunteer:
    """Somebody who takes part in the session's call. Raises NoSuchVolunteerError."""
    wanted = select(Volunteer).join(Volunteer.participant).where(Volunteer.call_id == slot.call_id)
    found = db.session.scalars(wanted.where(Participant.reference == reference.strip().upper())).first()
    if found is None:
        raise NoSuchVolunteerError("Nobody with this reference takes part in the call.")
    return found


def of_who_withdrew() -> list[UUID]:
    """Places to come of people who have withdrawn from the call since, or were declined."""
    wanted = select(Booking.id).join(Booking.slot).join(Booking.volunteer)
    wanted = wanted.where(Booking.is_group, Booking.status == BookingStatus.BOOKED, Slot.starts_at > clock.now())
    return sorted(db.session.scalars(wanted.where(Volunteer.state != VolunteerState.ACCEPTED)))


def is_too_late_alone(booking: Booking) -> bool:
    return clock.now() > cutoff(booking.slot)


def too_late_words(slot: Slot) -> str:
    return f"Less than {rules_of(slot.call).cutoff_hours} hours are left until the session. Please write to us."


def _kept_place(slot: Slot, volunteer: Volunteer) -> Booking | None:
    booking = seats.own_place(slot, volunteer)
    if booking is None:
        return None
    if booking.status is not BookingStatus.OFFERED:
        raise seats.AlreadyInSessionError("You have a place in this session already.")
    booking.status, booking.offer_expires_at, booking.placed_at = BookingStatus.BOOKED, None, clock.now()
    return booking


def _free_place(slot: Slot, volunteer: Volunteer, by: UUID | None) -> Booking:
    booking = seats.give_seat(slot, volunteer, by=by) if waiting.has_free_place(slot) else None
    if booking is None:
        raise SessionFullError("All places are taken. You can join the waiting list.")
    return booking
