"""Emails about group sessions: each to one person, naming no other. Calendar events are queued by calendar_events.py.

An action collects its notices, and `queue_notices` puts them in the outbox when everything else is done.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Any

from accounts.models import StaffMember
from core.mail import Mail
from core.mail_rendering import render_mail
from core.outbox import queue_mail
from core.urls import build_absolute_url
from evidence.calls import describe_sender
from interviews.invitations.calendar_events import (
    EventText,
    create_invitation,
    increment_sequence,
    list_current_invitations,
    queue_event_mail,
)
from interviews.models import Booking, Invitation, InviteeRole, Slot, Volunteer
from interviews.wordings.mail_links import create_session_links
from interviews.wordings.slot_descriptions import format_deadline, format_slot_time, get_volunteer_zone

ATTENDEE_EVENT_TEXT = "To give up your place, use the link in our email about it."
HOST_EVENT_TEXT = "To see who is coming, use the link in our email about the session."


class SessionMail(StrEnum):
    """Values are names of email templates."""

    SEAT_BOOKED = "seat_booked"
    SEAT_CANCELLED = "seat_cancelled"
    SESSION_CHANGED = "session_changed"
    SESSION_CANCELLED = "session_cancelled"
    HOST_PLANNED = "session_host_planned"
    HOST_CHANGED = "session_host_changed"
    HOST_REPLACED = "session_host_replaced"
    HOST_CANCELLED = "session_host_cancelled"
    SHORTAGE = "session_shortage"
    WAITLIST_JOINED = "waitlist_joined"
    WAITLIST_OFFERED = "waitlist_offered"
    WAITLIST_OFFER_EXPIRED = "waitlist_offer_expired"
    WAITLIST_CHANGED = "waitlist_changed"
    WAITLIST_CLOSED = "waitlist_closed"
    WRITE_UP = "write_up"


# “Waiting list” would point to health care, so subjects say “list”.
SUBJECTS = {
    SessionMail.SEAT_BOOKED: "You have a place in a group session",
    SessionMail.SEAT_CANCELLED: "Your place in a group session is cancelled",
    SessionMail.SESSION_CHANGED: "Your group session has changed",
    SessionMail.SESSION_CANCELLED: "Your group session is cancelled",
    SessionMail.HOST_PLANNED: "You are running a group session",
    SessionMail.HOST_CHANGED: "The group session you are running has changed",
    SessionMail.HOST_REPLACED: "Someone else will run your group session",
    SessionMail.HOST_CANCELLED: "The group session you were running is cancelled",
    SessionMail.SHORTAGE: "A group session needs more people",
    SessionMail.WAITLIST_JOINED: "You are on the list for a group session",
    SessionMail.WAITLIST_OFFERED: "We are keeping a place in a group session for you",
    SessionMail.WAITLIST_OFFER_EXPIRED: "We no longer have your place in a group session",
    SessionMail.WAITLIST_CHANGED: "A group session you are on the list for has changed",
    SessionMail.WAITLIST_CLOSED: "You are no longer on the list for a group session",
    SessionMail.WRITE_UP: "Read the summary of your group session",
}


@dataclass(frozen=True, slots=True)
class Notice:
    recipient: str
    queue: Callable[[], None]


def queue_notices(notices: Iterable[Notice]) -> None:
    """Queues in order of address, so that two actions that email the same people cannot deadlock."""
    for notice in sorted(notices, key=lambda one: one.recipient):
        notice.queue()


def build_seat_taken_notices(booking: Booking) -> list[Notice]:
    def invite(address: str) -> None:
        _send_to_attendee(booking, create_invitation(booking, InviteeRole.VOLUNTEER, address), SessionMail.SEAT_BOOKED)

    return _build_notices_to(booking.volunteer, invite)


def build_seat_changed_notices(booking: Booking, *, reason: str) -> list[Notice]:
    return _build_event_update_notices(booking, SessionMail.SESSION_CHANGED, reason=reason)


def build_seat_cancelled_notices(booking: Booking, *, reason: str = "", by_staff: bool = False) -> list[Notice]:
    return _build_event_update_notices(
        booking, SessionMail.SEAT_CANCELLED, is_cancelled=True, reason=reason, by_staff=by_staff
    )


def build_session_cancelled_notices(booking: Booking, *, reason: str) -> list[Notice]:
    return _build_event_update_notices(booking, SessionMail.SESSION_CANCELLED, is_cancelled=True, reason=reason)


def build_host_invitation_notices(slot: Slot) -> list[Notice]:
    host = slot.interviewer

    def invite() -> None:
        invitation = create_invitation(slot, InviteeRole.INTERVIEWER, host.email, staff_member_id=host.id)
        _send_to_host(slot, invitation, host, SessionMail.HOST_PLANNED)

    return [Notice(host.email, invite)]


def build_host_update_notices(slot: Slot, host: StaffMember, kind: SessionMail, *, reason: str = "") -> list[Notice]:
    invitations = [invitation for invitation in list_current_invitations(slot) if invitation.staff_member_id == host.id]

    def follow(invitation: Invitation) -> None:
        increment_sequence(invitation, is_cancelled=kind is not SessionMail.HOST_CHANGED)
        _send_to_host(slot, invitation, host, kind, reason=reason)

    return [Notice(host.email, partial(follow, invitation)) for invitation in invitations]


def build_shortage_notices(slot: Slot, staff: Iterable[StaffMember], *, count: int) -> list[Notice]:
    def write(member: StaffMember) -> None:
        mail = render_mail(
            f"interviews/group_sessions/{SessionMail.SHORTAGE.value}",
            recipient=member.email,
            subject=SUBJECTS[SessionMail.SHORTAGE],
            member=member,
            slot=slot,
            when=format_slot_time(slot),
            count=count,
            session_address=_get_staff_session_url(slot),
        )
        queue_mail(mail)

    return [Notice(member.email, partial(write, member)) for member in staff]


def build_notices_without_event(
    slot: Slot, volunteer: Volunteer, kind: SessionMail, *, send_before: datetime | None = None, **values: Any
) -> list[Notice]:
    zone = get_volunteer_zone(volunteer)

    def write(address: str) -> None:
        mail = render_mail(
            f"interviews/group_sessions/{kind.value}",
            recipient=address,
            subject=SUBJECTS[kind],
            sender=describe_sender(slot.call),
            slot=slot,
            when=format_slot_time(slot, zone),
            links=create_session_links(slot, volunteer),
            **values,
        )
        queue_mail(mail, is_secret=True, send_before=send_before)

    return _build_notices_to(volunteer, write)


def build_waitlist_changed_notices(
    slot: Slot, volunteer: Volunteer, *, reason: str, offered_until: datetime | None
) -> list[Notice]:
    reply_by = format_deadline(offered_until, get_volunteer_zone(volunteer)) if offered_until else ""
    return build_notices_without_event(slot, volunteer, SessionMail.WAITLIST_CHANGED, reason=reason, reply_by=reply_by)


def build_seat_offered_notices(slot: Slot, volunteer: Volunteer, *, offered_until: datetime) -> list[Notice]:
    reply_by = format_deadline(offered_until, get_volunteer_zone(volunteer))
    return build_notices_without_event(
        slot, volunteer, SessionMail.WAITLIST_OFFERED, send_before=offered_until, reply_by=reply_by
    )


def _build_notices_to(volunteer: Volunteer, queue: Callable[[str], None]) -> list[Notice]:
    contact = volunteer.participant.contact
    return [Notice(contact.email, partial(queue, contact.email))] if contact is not None and contact.email else []


def _build_event_update_notices(
    booking: Booking, kind: SessionMail, *, is_cancelled: bool = False, **values: Any
) -> list[Notice]:
    def follow(address: str) -> None:
        current = list_current_invitations(booking)
        for invitation in current:
            invitation.attendee = address  # nothing goes to an old address
            increment_sequence(invitation, is_cancelled=is_cancelled)
            _send_to_attendee(booking, invitation, kind, **values)
        if not current and is_cancelled:
            queue_mail(_compose_for_attendee(booking, address, kind, has_event=False, **values), is_secret=True)
        elif not current:
            _send_to_attendee(booking, create_invitation(booking, InviteeRole.VOLUNTEER, address), kind, **values)

    return _build_notices_to(booking.volunteer, follow)


def _send_to_attendee(booking: Booking, invitation: Invitation, kind: SessionMail, **values: Any) -> None:
    mail = _compose_for_attendee(booking, invitation.attendee, kind, has_event=True, **values)
    queue_event_mail(invitation, mail, EventText(booking.slot.title, ATTENDEE_EVENT_TEXT), booking.slot)


def _compose_for_attendee(booking: Booking, address: str, kind: SessionMail, **values: Any) -> Mail:
    slot = booking.slot
    return render_mail(
        f"interviews/group_sessions/{kind.value}",
        recipient=address,
        subject=SUBJECTS[kind],
        sender=describe_sender(slot.call),
        slot=slot,
        when=format_slot_time(slot, get_volunteer_zone(booking.volunteer)),
        links=create_session_links(slot, booking.volunteer),
        **values,
    )


def _send_to_host(
    slot: Slot, invitation: Invitation, host: StaffMember, kind: SessionMail, *, reason: str = ""
) -> None:
    mail = render_mail(
        f"interviews/group_sessions/{kind.value}",
        recipient=invitation.attendee,
        subject=SUBJECTS[kind],
        sender=describe_sender(slot.call),
        host=host,
        slot=slot,
        when=format_slot_time(slot),
        reason=reason,
        session_address=_get_staff_session_url(slot),
    )
    queue_event_mail(invitation, mail, EventText(slot.title, HOST_EVENT_TEXT), slot)


def _get_staff_session_url(slot: Slot) -> str:
    return build_absolute_url("interviews.show_session", slot_id=slot.id)
