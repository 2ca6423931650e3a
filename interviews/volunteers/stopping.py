"""End what is arranged with somebody who withdraws: interviews, seats, waiting lists, offer. Callers commit."""

from contextlib import suppress

from sqlalchemy import select

from core.database import db
from core.locks import lock_row
from evidence.models import Participant
from interviews.bookings import bookings
from interviews.bookings.bookings import BookingNotActiveError, BookingStartedError
from interviews.group_sessions import attendance, waitlist
from interviews.group_sessions.waitlist import NotOnWaitlistError
from interviews.models import Booking, BookingStatus, Volunteer, VolunteerState, WaitlistEntry
from interviews.volunteers.volunteers import list_sign_ups, record_decision

REASON = "You withdrew."


def stop_arrangements(participant: Participant) -> None:
    """Of all calls. The cutoff for changing a booking does not apply."""
    for volunteer in list_sign_ups(participant.id):
        stop_offer(volunteer)


def stop_offer(volunteer: Volunteer) -> None:
    lock_row(volunteer)
    _leave_waitlists(volunteer)
    _cancel_bookings(volunteer)
    if volunteer.state is not VolunteerState.WITHDRAWN:
        record_decision(volunteer, VolunteerState.WITHDRAWN)


def _leave_waitlists(volunteer: Volunteer) -> None:
    entries = db.session.scalars(select(WaitlistEntry).where(WaitlistEntry.volunteer_id == volunteer.id))
    for slot in {entry.slot for entry in entries}:
        with suppress(NotOnWaitlistError):
            waitlist.leave_waitlist(slot, volunteer)


def _cancel_bookings(volunteer: Volunteer) -> None:
    """One that has begun is left to staff, who record whether it took place."""
    active = select(Booking).where(Booking.volunteer_id == volunteer.id, Booking.status == BookingStatus.BOOKED)
    for booking in db.session.scalars(active).all():
        with suppress(BookingStartedError, BookingNotActiveError):
            cancel = attendance.cancel_seat if booking.is_group else bookings.cancel
            cancel(booking, reason=REASON, by_staff=True)
