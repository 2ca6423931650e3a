"""What a reminder says: to the volunteer with links to move and cancel, to the interviewer with the reference alone."""

from core.addresses import address_of
from core.mail import Mail
from core.mail_pages import compose
from interviews.availability.profiles import clocks_of
from interviews.calendars.links import own_links, staff_links
from interviews.groups.session_mail import links_to
from interviews.models import Audience, Booking, Invitation, Slot
from interviews.notices.wordings import write
from interviews.wording import when, zone_of


def reminder_mail(invitation: Invitation, slot: Slot) -> Mail | None:
    """A mail without a calendar part. None when the person has no address any more."""
    booking = invitation.booking
    if booking is None:
        return _to_holder(invitation, slot)
    if invitation.audience is Audience.INTERVIEWER:
        return _to_interviewer(invitation, booking)
    return _to_volunteer(booking)


def _to_volunteer(booking: Booking) -> Mail | None:
    volunteer, slot = booking.volunteer, booking.slot
    contact = volunteer.participant.contact
    if contact is None or not contact.email:
        return None
    if slot.is_group:
        name, subject = "session_reminder", "A reminder of your group session"
        links = links_to(slot, volunteer)
    else:
        name, subject, links = "reminder", "A reminder of your interview", own_links(booking)
    return write(
        name,
        volunteer.call,
        recipient=contact.email,
        subject=subject,
        slot=slot,
        when=when(slot, zone_of(volunteer)),
        reference=volunteer.participant.reference,
        links=links,
    )


def _to_interviewer(invitation: Invitation, booking: Booking) -> Mail:
    reference = booking.volunteer.participant.reference
    return compose(
        "interviews/interviewer_reminder",
        recipient=invitation.attendee,
        subject=f"A reminder of your interview with {reference}",
        slot=booking.slot,
        when=when(booking.slot, _clocks(booking.slot)),
        reference=reference,
        links=staff_links(booking),
    )


def _to_holder(invitation: Invitation, slot: Slot) -> Mail:
    return compose(
        "interviews/interviewer_session_reminder",
        recipient=invitation.attendee,
        subject="A reminder of a group session that you hold",
        slot=slot,
        when=when(slot, _clocks(slot)),
        address=address_of("interviews.show_session", slot_id=slot.id),
    )


def _clocks(slot: Slot) -> str:
    """Of whoever holds it."""
    return clocks_of(slot.interviewer_id, otherwise=slot.call.zone)
