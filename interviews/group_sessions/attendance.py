"""Book and cancel seats in a group session, and record who came. Free seats: seats.py; callers commit."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from accounts import audit
from core import clock
from core.database import db
from core.errors import RuleError
from core.locks import lock_row
from evidence.models import Participant
from interviews.bookings.booking_policy import get_booking_policy, get_self_service_cutoff
from interviews.bookings.bookings import BookingNotActiveError, BookingStartedError, SelfServiceClosedError
from interviews.group_sessions import seats, session_mail, waitlist_queries
from interviews.group_sessions.waitlist_offers import reconcile
from interviews.models import (
    Booking,
    BookingStatus,
    Slot,
    Volunteer,
    VolunteerState,
    WaitlistState,
)

OUTCOME_STATUSES = (BookingStatus.COMPLETED, BookingStatus.NO_SHOW)
SEATED_STATUSES = (BookingStatus.BOOKED, *OUTCOME_STATUSES)


class SessionFullError(RuleError):
    """Every seat is taken, or on offer to the waiting list."""


class SessionNotBegunError(RuleError): ...


class UnknownReferenceError(RuleError): ...


def take_seat(slot: Slot, volunteer: Volunteer, *, by: UUID | None = None) -> Booking:
    """Takes a free seat, or the one on offer to the volunteer, even if the offer has expired.

    Raises SessionFullError, AlreadySeatedError, and what seats.require_seat_allowed raises.
    """
    lock_row(volunteer, is_shared=True)  # so that nobody declines the person before we commit
    lock_row(slot)
    seats.require_seat_allowed(slot, volunteer)
    booking = _confirm_offered_seat(slot, volunteer) or _book_free_seat(slot, volunteer, by)
    for entry in waitlist_queries.list_entries(slot):
        if entry.volunteer_id == volunteer.id:
            entry.state, entry.booking_id = WaitlistState.ACCEPTED, booking.id
    db.session.flush()
    audit.record("place taken", booking, slot=str(slot.id))
    session_mail.queue_notices(session_mail.build_seat_taken_notices(booking))
    return booking


def cancel_seat(booking: Booking, *, reason: str = "", by_staff: bool = False) -> None:
    """Offers the seat to the waiting list.

    Raises BookingNotActiveError, BookingStartedError, SelfServiceClosedError.
    """
    lock_row(booking.slot)
    lock_row(booking)
    if booking.status is not BookingStatus.BOOKED:
        raise BookingNotActiveError("This place has already been given up.")
    if booking.slot.starts_at <= clock.now():
        raise BookingStartedError("This session has already started.")
    if not by_staff and is_past_self_service_cutoff(booking):
        raise SelfServiceClosedError(format_too_late_message(booking.slot))
    booking.status, booking.cancelled_at, booking.cancel_reason = BookingStatus.CANCELLED, clock.now(), reason
    booking.is_cancelled_by_person = not by_staff
    db.session.flush()
    audit.record("place given up", booking, by_staff=by_staff)
    notices = session_mail.build_seat_cancelled_notices(booking, reason=reason if by_staff else "", by_staff=by_staff)
    session_mail.queue_notices(notices + reconcile(booking.slot))


def record_attendance(slot: Slot, came: Mapping[UUID, bool], *, by: UUID) -> None:
    lock_row(slot)
    if slot.starts_at > clock.now():
        raise SessionNotBegunError("This session has not started yet.")
    for booking in list_seated_bookings(slot):
        if booking.id in came:
            outcome = BookingStatus.COMPLETED if came[booking.id] else BookingStatus.NO_SHOW
            if booking.status is not outcome:
                booking.status, booking.outcome_recorded_at, booking.outcome_recorded_by = outcome, clock.now(), by
                audit.record("outcome noted", booking, outcome=outcome.value)
    db.session.flush()


def list_seated_bookings(slot: Slot) -> list[Booking]:
    """Sorted by reference, so that the order does not show who was first."""
    query = select(Booking).where(Booking.slot_id == slot.id, Booking.status.in_(SEATED_STATUSES))
    people = joinedload(Booking.volunteer).joinedload(Volunteer.participant)
    bookings = db.session.scalars(query.options(people, selectinload(Booking.invitations)))
    return sorted(bookings, key=lambda booking: booking.volunteer.participant.reference)


def get_volunteer_by_reference(slot: Slot, reference: str, *, only_waiting: bool = False) -> Volunteer:
    """`only_waiting`: for interviewers, who may not find out who else has volunteered."""
    query = select(Volunteer).join(Volunteer.participant).where(Volunteer.call_id == slot.call_id)
    volunteer = db.session.scalars(query.where(Participant.reference == reference.strip().upper())).first()
    if only_waiting and (volunteer is None or waitlist_queries.find_own_entry(slot, volunteer) is None):
        raise UnknownReferenceError("Nobody on the waiting list has this reference. A coordinator can add others.")
    if volunteer is None:
        raise UnknownReferenceError("No volunteer for this call for evidence has this reference.")
    return volunteer


def list_booking_ids_of_withdrawn_volunteers() -> list[UUID]:
    query = select(Booking.id).join(Booking.slot).join(Booking.volunteer)
    query = query.where(Booking.is_group, Booking.status == BookingStatus.BOOKED, Slot.starts_at > clock.now())
    return sorted(db.session.scalars(query.where(Volunteer.state != VolunteerState.ACCEPTED)))


def is_past_self_service_cutoff(booking: Booking) -> bool:
    return clock.now() > get_self_service_cutoff(booking.slot)


def format_too_late_message(slot: Slot) -> str:
    hours = get_booking_policy(slot.call).cutoff_hours
    return f"The session starts in less than {hours} hours. To cancel, send us a message."


def _confirm_offered_seat(slot: Slot, volunteer: Volunteer) -> Booking | None:
    booking = seats.find_own_seat(slot, volunteer)
    if booking is None:
        return None
    if booking.status is not BookingStatus.OFFERED:
        raise seats.AlreadySeatedError("You already have a place in this session.")
    booking.status, booking.offer_expires_at, booking.slot_chosen_at = BookingStatus.BOOKED, None, clock.now()
    return booking


def _book_free_seat(slot: Slot, volunteer: Volunteer, by: UUID | None) -> Booking:
    booking = seats.give_seat(slot, volunteer, by=by) if waitlist_queries.has_free_seat(slot) else None
    if booking is None:
        raise SessionFullError("All places are taken. You can join the waiting list.")
    return booking
