"""Keep the calendars of both sides in step with a booking, by mail. How one event is sent stands in sending.py."""

from core.locks import lock_row
from core.mail_rendering import render_mail
from core.outbox import queue_mail
from interviews.availability.profiles import get_interviewer_zone
from interviews.invitations.calendar_events import (
    EventText,
    create_invitation,
    increment_sequence,
    list_current_invitations,
    queue_event_mail,
)
from interviews.models import Booking, BookingStatus, Invitation, InviteeRole, Slot
from interviews.wordings.mail_links import build_staff_links, create_booking_links, extend_volunteer_links
from interviews.wordings.slot_descriptions import format_slot_time, get_volunteer_zone
from interviews.wordings.wordings import compose_worded_mail

VOLUNTEER_DESCRIPTION = "To move or cancel the interview, use the links in our mail about it."
INTERVIEWER_DESCRIPTION = "What you need for the interview stands on its page, behind the link in our mail."
MAIL_SUBJECTS = {
    (InviteeRole.VOLUNTEER, "booked"): "Your interview is booked",
    (InviteeRole.VOLUNTEER, "moved"): "Your interview has moved",
    (InviteeRole.VOLUNTEER, "cancelled"): "Your interview is cancelled",
    (InviteeRole.VOLUNTEER, "other_interviewer"): "Your interview: somebody else talks with you",
    (InviteeRole.VOLUNTEER, "place"): "Your interview: the place has changed",
    (InviteeRole.VOLUNTEER, "proposal_declined"): "Your interview stays at its time",
    (InviteeRole.INTERVIEWER, "booked"): "Interview with {reference} booked",
    (InviteeRole.INTERVIEWER, "moved"): "Interview with {reference} moved",
    (InviteeRole.INTERVIEWER, "cancelled"): "Interview with {reference} cancelled",
    (InviteeRole.INTERVIEWER, "passed_on"): "Interview with {reference} passed on",
    (InviteeRole.INTERVIEWER, "place"): "Interview with {reference}: the place has changed",
    (InviteeRole.INTERVIEWER, "proposal_declined"): "Interview with {reference} stays at its time",
}


def send_invitations(booking: Booking) -> None:
    """The first invitation to both; somebody without an email address gets a letter."""
    extend_volunteer_links(booking)
    for invitation in _create_missing_invitations(booking):
        _send_event(booking, invitation, "booked")
    _invite_interviewer(booking)


def notify_move(booking: Booking, before: Slot, *, reason: str = "") -> None:
    """Another time, and perhaps another interviewer."""
    _update_invitations(booking, before, "moved", reason)


def notify_reassignment(booking: Booking, before: Slot, *, reason: str = "") -> None:
    """Another interviewer at the same time."""
    _update_invitations(booking, before, "other_interviewer", reason)


def notify_location_change(booking: Booking, *, reason: str = "") -> None:
    """The same people at the same time in another place."""
    _update_invitations(booking, booking.slot, "place", reason)


def cancel_invitations(booking: Booking, *, reason: str = "", by_staff: bool = False) -> None:
    """The interview does not happen. Whoever has got an email address since the booking is told too."""
    for invitation in _list_invitations(booking):
        increment_sequence(invitation, is_cancelled=True)
        _send_event(booking, invitation, "cancelled", reason=reason, by_staff=by_staff)


def offer_another_time(booking: Booking) -> None:
    """A mail, without an event, to somebody who did not come: they may choose another time."""
    contact = booking.volunteer.participant.contact
    if contact is None or not contact.email:
        return
    extend_volunteer_links(booking)
    mail = render_mail(
        "interviews/invitations/missed",
        recipient=contact.email,
        subject="Shall we find another time?",
        when=format_slot_time(booking.slot, get_volunteer_zone(booking.volunteer)),
        links=create_booking_links(booking),
    )
    queue_mail(mail, is_secret=True)


def resend_invitations(booking: Booking) -> None:
    """The same event once more, for somebody who lost it: a new DTSTAMP, the same SEQUENCE.

    Nothing when the booking is being cancelled at this moment: it would be back in the calendar.
    """
    lock_row(booking.volunteer, is_shared=True)
    lock_row(booking)
    if booking.status is not BookingStatus.BOOKED:
        return
    for invitation in _list_invitations(booking):
        _send_event(booking, invitation, "booked")


def notify_proposal_declined(booking: Booking, invitation: Invitation) -> None:
    """The same event once more to whoever proposed another time: it stays as it is."""
    _send_event(booking, invitation, "proposal_declined")


def _update_invitations(booking: Booking, before: Slot, action: str, reason: str) -> None:
    """An update to who stays; another interviewer is invited, and the event of the one before cancelled.

    Somebody who has got an email address since the booking is invited now.
    """
    extend_volunteer_links(booking)
    newcomers = _create_missing_invitations(booking)
    for invitation in [one for one in list_current_invitations(booking) if one not in newcomers]:
        is_passed_on = invitation.staff_member_id not in {None, booking.slot.interviewer_id}
        increment_sequence(invitation, is_cancelled=is_passed_on)
        if is_passed_on:
            _send_event(booking, invitation, "passed_on", slot=before)
        else:
            _send_event(booking, invitation, action, reason=reason)
    for invitation in newcomers:
        _send_event(booking, invitation, "booked")
    if before.interviewer_id != booking.slot.interviewer_id:
        _invite_interviewer(booking)


def _list_invitations(booking: Booking) -> list[Invitation]:
    stood = list_current_invitations(booking)
    return [*_create_missing_invitations(booking), *stood]


def _create_missing_invitations(booking: Booking) -> list[Invitation]:
    """The volunteer's event, made now, if an email address is known and none stands; of nobody else."""
    contact = booking.volunteer.participant.contact
    is_invited = any(
        invitation.invitee_role is InviteeRole.VOLUNTEER for invitation in list_current_invitations(booking)
    )
    if is_invited or contact is None or not contact.email:
        return []
    return [create_invitation(booking, InviteeRole.VOLUNTEER, contact.email)]


def _invite_interviewer(booking: Booking) -> None:
    interviewer = booking.slot.interviewer
    invitation = create_invitation(booking, InviteeRole.INTERVIEWER, interviewer.email, staff_member_id=interviewer.id)
    _send_event(booking, invitation, "booked")


def _send_event(
    booking: Booking,
    invitation: Invitation,
    action: str,
    *,
    slot: Slot | None = None,
    reason: str = "",
    by_staff: bool = False,
) -> None:
    """Write the mail of one person about one event into the outbox."""
    slot = slot or booking.slot
    _update_address(booking, invitation)
    audience, reference = invitation.invitee_role, booking.volunteer.participant.reference
    prefix = "" if audience is InviteeRole.VOLUNTEER else "interviewer_"
    mail = compose_worded_mail(
        f"interviews/invitations/{prefix}{action}",
        slot.call,
        recipient=invitation.attendee,
        subject=MAIL_SUBJECTS[audience, action].format(reference=reference),
        booking=booking,
        slot=slot,
        when=format_slot_time(slot, _get_recipient_zone(booking, invitation)),
        reference=reference,
        reason=reason,
        by_staff=by_staff,
        links=create_booking_links(booking) if audience is InviteeRole.VOLUNTEER else build_staff_links(booking),
    )
    queue_event_mail(invitation, mail, _build_event_text(audience, reference), slot)


def _get_recipient_zone(booking: Booking, invitation: Invitation) -> str:
    """Everybody reads times on their own clocks."""
    if invitation.invitee_role is InviteeRole.VOLUNTEER:
        return get_volunteer_zone(booking.volunteer)
    return get_interviewer_zone(invitation.staff_member_id, default=booking.volunteer.call.zone)


def _update_address(booking: Booking, invitation: Invitation) -> None:
    """Somebody who has changed their address gets nothing at the old one: others may read it by now."""
    contact = booking.volunteer.participant.contact
    if invitation.invitee_role is InviteeRole.VOLUNTEER and contact is not None and contact.email:
        invitation.attendee = contact.email


def _build_event_text(invitee_role: InviteeRole, reference: str) -> EventText:
    if invitee_role is InviteeRole.VOLUNTEER:
        return EventText("Interview (Listening Post)", VOLUNTEER_DESCRIPTION)
    return EventText(f"Interview with {reference}", INTERVIEWER_DESCRIPTION)
