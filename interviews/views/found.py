"""The interview that an address names, for whoever may see it, and where to go when it cannot be changed any more."""

from uuid import UUID

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from accounts.access import signed_in
from accounts.roles import Permission
from core.database import db
from interviews import bookings
from interviews.models import Booking, BookingStatus, Volunteer

OVER = "This interview has begun or was cancelled, so it cannot be changed."


def interview_to_see(booking_id: UUID) -> Booking:
    """One's own interview; a coordinator sees every one."""
    booking = db.get_or_404(Booking, booking_id)
    if not may_see(booking):
        abort(404)
    return booking


def may_see(booking: Booking) -> bool:
    person = signed_in()
    return booking.slot.interviewer_id == person.id or person.may(Permission.MANAGE_VOLUNTEERS)


def may_change(booking: Booking) -> bool:
    return booking.status is BookingStatus.BOOKED and not booking.is_group and not bookings.has_begun(booking)


def waits_for_outcome(booking: Booking) -> bool:
    return booking.status is BookingStatus.BOOKED and not booking.is_group and bookings.has_begun(booking)


def is_without_email(volunteer: Volunteer) -> bool:
    """Whoever cannot be mailed gets letters."""
    contact = volunteer.participant.contact
    return contact is None or not contact.email


def already_over(booking: Booking) -> ResponseReturnValue:
    flash(OVER)
    return redirect(url_for("interviews.show_interview", booking_id=booking.id))


def page_after(booking: Booking, news: str | None = None) -> str:
    """An interviewer who passed it on may not see it any more. `news`: what a letter about it has to say."""
    if may_see(booking):
        return url_for("interviews.show_interview", booking_id=booking.id, news=news)
    return url_for("interviews.own_interviews")


def told(booking: Booking) -> str:
    """How people learn of a change, to go on after what was done."""
    if is_without_email(booking.volunteer):
        return "This person has no email address, so a coordinator has to print the letter and post it."
    return "Everybody concerned is mailed."
