"""The interview in the address, for anyone who may see it, and where to go when it can no longer be changed."""

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_person_or_403
from accounts.roles import Permission
from core.database import db
from interviews.availability.slots import find_slot
from interviews.bookings import bookings
from interviews.bookings.bookings import SLOT_UNAVAILABLE_MESSAGE, SlotTakenError
from interviews.bookings.letters import LetterTopic
from interviews.models import Booking, BookingStatus, Slot, Volunteer

NOT_CHANGEABLE_MESSAGE = "You cannot change this interview because it has started or was cancelled."


def interview_or_404(booking_id: UUID) -> Booking:
    booking = db.get_or_404(Booking, booking_id)
    if not may_see_interview(booking):
        abort(404)
    return booking


def may_see_interview(booking: Booking) -> bool:
    person = current_person_or_403()
    return booking.slot.interviewer_id == person.id or person.may(Permission.MANAGE_VOLUNTEERS)


def may_change_interview(booking: Booking) -> bool:
    return _is_booked_interview(booking) and not bookings.has_begun(booking)


def needs_outcome(booking: Booking) -> bool:
    return _is_booked_interview(booking) and bookings.has_begun(booking)


def _is_booked_interview(booking: Booking) -> bool:
    return booking.status is BookingStatus.BOOKED and not booking.is_group


def has_no_email(volunteer: Volunteer) -> bool:
    contact = volunteer.participant.contact
    return contact is None or not contact.email


def redirect_as_not_changeable(booking: Booking) -> ResponseReturnValue:
    flash(NOT_CHANGEABLE_MESSAGE)
    return redirect(url_for("interviews.show_interview", booking_id=booking.id))


def get_next_url(booking: Booking, topic: LetterTopic | None = None) -> str:
    """After a reassignment the interviewer may no longer see it."""
    if may_see_interview(booking):
        return url_for("interviews.show_interview", booking_id=booking.id, news=topic.value if topic else None)
    return url_for("interviews.list_own_interviews")


def format_notified_message(booking: Booking) -> str:
    if has_no_email(booking.volunteer):
        return "This person has no email address, so a coordinator has to print and post a letter."
    return "Everyone affected has been emailed."


def get_chosen_slot(form: Any, volunteer: Volunteer) -> Slot:
    try:
        slot = find_slot(UUID(form.slot.data), volunteer.call)
    except ValueError as error:
        raise SlotTakenError(SLOT_UNAVAILABLE_MESSAGE) from error
    if slot is None:
        raise SlotTakenError(SLOT_UNAVAILABLE_MESSAGE)
    return slot
