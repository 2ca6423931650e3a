"""The interview that an address names, for whoever may see it, and where to go when it cannot be changed any more."""

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
from interviews.models import Booking, BookingStatus, Slot, Volunteer

NOT_CHANGEABLE_MESSAGE = "This interview has begun or was cancelled, so it cannot be changed."


def interview_or_404(booking_id: UUID) -> Booking:
    """One's own interview; a coordinator sees every one."""
    booking = db.get_or_404(Booking, booking_id)
    if not may_see_interview(booking):
        abort(404)
    return booking


def may_see_interview(booking: Booking) -> bool:
    person = current_person_or_403()
    return booking.slot.interviewer_id == person.id or person.may(Permission.MANAGE_VOLUNTEERS)


def may_change_interview(booking: Booking) -> bool:
    return booking.status is BookingStatus.BOOKED and not booking.is_group and not bookings.has_begun(booking)


def needs_outcome(booking: Booking) -> bool:
    return booking.status is BookingStatus.BOOKED and not booking.is_group and bookings.has_begun(booking)


def has_no_email(volunteer: Volunteer) -> bool:
    """Whoever cannot be mailed gets letters."""
    contact = volunteer.participant.contact
    return contact is None or not contact.email


def redirect_as_not_changeable(booking: Booking) -> ResponseReturnValue:
    flash(NOT_CHANGEABLE_MESSAGE)
    return redirect(url_for("interviews.show_interview", booking_id=booking.id))


def get_next_url(booking: Booking, topic: str | None = None) -> str:
    """An interviewer who passed it on may not see it any more. `news`: what a letter about it has to say."""
    if may_see_interview(booking):
        return url_for("interviews.show_interview", booking_id=booking.id, news=topic)
    return url_for("interviews.list_own_interviews")


def format_notified_message(booking: Booking) -> str:
    """How people learn of a change, to go on after what was done."""
    if has_no_email(booking.volunteer):
        return "This person has no email address, so a coordinator has to print the letter and post it."
    return "Everybody concerned is mailed."


def get_chosen_slot(form: Any, volunteer: Volunteer) -> Slot:
    """Raises SlotTakenError when what was sent is no slot of the call."""
    try:
        slot = find_slot(UUID(form.slot.data), volunteer.call)
    except ValueError as error:
        raise SlotTakenError(SLOT_UNAVAILABLE_MESSAGE) from error
    if slot is None:
        raise SlotTakenError(SLOT_UNAVAILABLE_MESSAGE)
    return slot
