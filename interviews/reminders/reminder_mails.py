"""Compose reminders: to volunteers with links to move and cancel, to interviewers with the reference only."""

from core.mail import Mail
from core.mail_rendering import render_mail
from core.urls import build_absolute_url
from interviews.availability.profiles import get_interviewer_zone
from interviews.models import Booking, Invitation, InviteeRole, Slot
from interviews.wordings.mail_links import build_staff_links, create_booking_links, create_session_links
from interviews.wordings.slot_descriptions import format_slot_time, get_volunteer_zone
from interviews.wordings.wordings import compose_worded_mail


def compose_reminder(invitation: Invitation, slot: Slot) -> Mail | None:
    booking = invitation.booking
    if booking is None:
        return _compose_for_host(invitation, slot)
    if invitation.invitee_role is InviteeRole.INTERVIEWER:
        return _compose_for_interviewer(invitation, booking)
    return _compose_for_volunteer(booking)


def _compose_for_volunteer(booking: Booking) -> Mail | None:
    volunteer, slot = booking.volunteer, booking.slot
    contact = volunteer.participant.contact
    if contact is None or not contact.email:
        return None
    if slot.is_group:
        template, subject = "interviews/reminders/session_reminder", "Reminder: your group session"
        links = create_session_links(slot, volunteer)
    else:
        template, subject = "interviews/reminders/reminder", "Reminder: your interview"
        links = create_booking_links(booking)
    return compose_worded_mail(
        template,
        volunteer.call,
        recipient=contact.email,
        subject=subject,
        slot=slot,
        when=format_slot_time(slot, get_volunteer_zone(volunteer)),
        reference=volunteer.participant.reference,
        links=links,
    )


def _compose_for_interviewer(invitation: Invitation, booking: Booking) -> Mail:
    reference = booking.volunteer.participant.reference
    return render_mail(
        "interviews/reminders/interviewer_reminder",
        recipient=invitation.attendee,
        subject=f"Reminder: your interview with {reference}",
        slot=booking.slot,
        when=format_slot_time(booking.slot, _get_zone(booking.slot)),
        reference=reference,
        links=build_staff_links(booking),
    )


def _compose_for_host(invitation: Invitation, slot: Slot) -> Mail:
    return render_mail(
        "interviews/reminders/interviewer_session_reminder",
        recipient=invitation.attendee,
        subject="Reminder: the group session you are running",
        slot=slot,
        when=format_slot_time(slot, _get_zone(slot)),
        address=build_absolute_url("interviews.show_session", slot_id=slot.id),
    )


def _get_zone(slot: Slot) -> str:
    return get_interviewer_zone(slot.interviewer_id, default=slot.call.zone)
