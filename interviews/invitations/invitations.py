"""Keep the calendars of volunteer and interviewer in step with a booking, by email. One event: calendar_events.py."""

from enum import StrEnum

from core.locks import lock_row
from core.mail_rendering import render_mail
from core.outbox import queue_mail
from evidence.calls import describe_sender
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

VOLUNTEER_DESCRIPTION = "To move or cancel the interview, use the links in our email about it."
INTERVIEWER_DESCRIPTION = "What you need is on the interview page. Its link is in our email."


class InvitationMail(StrEnum):
    """Values name email templates; those to interviewers begin "interviewer_"."""

    BOOKED = "booked"
    MOVED = "moved"
    CANCELLED = "cancelled"
    NEW_INTERVIEWER = "new_interviewer"
    REASSIGNED = "reassigned"  # to the interviewer who had it before
    LOCATION_CHANGED = "location_changed"
    PROPOSAL_DECLINED = "proposal_declined"


VOLUNTEER_SUBJECTS = {
    InvitationMail.BOOKED: "Your interview is booked",
    InvitationMail.MOVED: "Your interview has a new time",
    InvitationMail.CANCELLED: "Your interview is cancelled",
    InvitationMail.NEW_INTERVIEWER: "Your interview has a new interviewer",
    InvitationMail.LOCATION_CHANGED: "Your interview has a new location",
    InvitationMail.PROPOSAL_DECLINED: "The time of your interview has not changed",
}
INTERVIEWER_SUBJECTS = {
    InvitationMail.BOOKED: "Interview with {reference} booked",
    InvitationMail.MOVED: "Interview with {reference} has a new time",
    InvitationMail.CANCELLED: "Interview with {reference} cancelled",
    InvitationMail.REASSIGNED: "Interview with {reference} has a new interviewer",
    InvitationMail.LOCATION_CHANGED: "Interview with {reference} has a new location",
    InvitationMail.PROPOSAL_DECLINED: "The time of your interview with {reference} has not changed",
}


def send_invitations(booking: Booking) -> None:
    extend_volunteer_links(booking)
    for invitation in _create_missing_invitations(booking):
        _send_event(booking, invitation, InvitationMail.BOOKED)
    _invite_interviewer(booking)


def notify_move(booking: Booking, before: Slot, *, reason: str = "") -> None:
    _update_invitations(booking, before, InvitationMail.MOVED, reason)


def notify_reassignment(booking: Booking, before: Slot, *, reason: str = "") -> None:
    _update_invitations(booking, before, InvitationMail.NEW_INTERVIEWER, reason)


def notify_location_change(booking: Booking, *, reason: str = "") -> None:
    _update_invitations(booking, booking.slot, InvitationMail.LOCATION_CHANGED, reason)


def cancel_invitations(booking: Booking, *, reason: str = "", by_staff: bool = False) -> None:
    for invitation in _list_invitations(booking):
        increment_sequence(invitation, is_cancelled=True)
        _send_event(booking, invitation, InvitationMail.CANCELLED, reason=reason, by_staff=by_staff)


def offer_another_time(booking: Booking) -> None:
    contact = booking.volunteer.participant.contact
    if contact is None or not contact.email:
        return
    extend_volunteer_links(booking)
    mail = render_mail(
        "interviews/invitations/missed",
        recipient=contact.email,
        subject="You can choose another time for your interview",
        sender=describe_sender(booking.volunteer.call),
        when=format_slot_time(booking.slot, get_volunteer_zone(booking.volunteer)),
        links=create_booking_links(booking),
    )
    queue_mail(mail, is_secret=True)


def resend_invitations(booking: Booking) -> None:
    """Sends the same event again: a new DTSTAMP, the same SEQUENCE.

    Sends nothing while the booking is being cancelled: the event would be back in the calendar.
    """
    lock_row(booking.volunteer, is_shared=True)
    lock_row(booking)
    if booking.status is not BookingStatus.BOOKED:
        return
    for invitation in _list_invitations(booking):
        _send_event(booking, invitation, InvitationMail.BOOKED)


def notify_proposal_declined(booking: Booking, invitation: Invitation) -> None:
    _send_event(booking, invitation, InvitationMail.PROPOSAL_DECLINED)


def _update_invitations(booking: Booking, before: Slot, mail_kind: InvitationMail, reason: str) -> None:
    extend_volunteer_links(booking)
    newcomers = _create_missing_invitations(booking)
    for invitation in [one for one in list_current_invitations(booking) if one not in newcomers]:
        is_reassigned = invitation.staff_member_id not in {None, booking.slot.interviewer_id}
        increment_sequence(invitation, is_cancelled=is_reassigned)
        if is_reassigned:
            _send_event(booking, invitation, InvitationMail.REASSIGNED, slot=before)
        else:
            _send_event(booking, invitation, mail_kind, reason=reason)
    for invitation in newcomers:
        _send_event(booking, invitation, InvitationMail.BOOKED)
    if before.interviewer_id != booking.slot.interviewer_id:
        _invite_interviewer(booking)


def _list_invitations(booking: Booking) -> list[Invitation]:
    current = list_current_invitations(booking)
    return [*_create_missing_invitations(booking), *current]


def _create_missing_invitations(booking: Booking) -> list[Invitation]:
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
    _send_event(booking, invitation, InvitationMail.BOOKED)


def _send_event(
    booking: Booking,
    invitation: Invitation,
    mail_kind: InvitationMail,
    *,
    slot: Slot | None = None,
    reason: str = "",
    by_staff: bool = False,
) -> None:
    slot = slot or booking.slot
    _update_address(booking, invitation)
    reference = booking.volunteer.participant.reference
    is_for_volunteer = invitation.invitee_role is InviteeRole.VOLUNTEER
    subjects = VOLUNTEER_SUBJECTS if is_for_volunteer else INTERVIEWER_SUBJECTS
    mail = compose_worded_mail(
        f"interviews/invitations/{'' if is_for_volunteer else 'interviewer_'}{mail_kind.value}",
        slot.call,
        recipient=invitation.attendee,
        subject=subjects[mail_kind].format(reference=reference),
        booking=booking,
        slot=slot,
        when=format_slot_time(slot, _get_recipient_zone(booking, invitation)),
        reference=reference,
        reason=reason,
        by_staff=by_staff,
        links=create_booking_links(booking) if is_for_volunteer else build_staff_links(booking),
    )
    queue_event_mail(invitation, mail, _build_event_text(invitation.invitee_role, reference), slot)


def _get_recipient_zone(booking: Booking, invitation: Invitation) -> str:
    if invitation.invitee_role is InviteeRole.VOLUNTEER:
        return get_volunteer_zone(booking.volunteer)
    return get_interviewer_zone(invitation.staff_member_id, default=booking.volunteer.call.zone)


def _update_address(booking: Booking, invitation: Invitation) -> None:
    """Nothing goes to an old address: other people may read it by now."""
    contact = booking.volunteer.participant.contact
    if invitation.invitee_role is InviteeRole.VOLUNTEER and contact is not None and contact.email:
        invitation.attendee = contact.email


def _build_event_text(invitee_role: InviteeRole, reference: str) -> EventText:
    if invitee_role is InviteeRole.VOLUNTEER:
        return EventText("Interview (Listening Post)", VOLUNTEER_DESCRIPTION)
    return EventText(f"Interview with {reference}", INTERVIEWER_DESCRIPTION)
