"""Mails about group sessions: each to one person, naming no other. Calendar events go out with calendars/sending.py.

A deed collects what is to be told as notices, and `tell` writes them into the outbox when all else is done.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from accounts.models import StaffMember
from core.mail import Mail
from core.mail_rendering import render_mail
from core.outbox import queue_mail
from core.urls import build_absolute_url
from interviews.invitations.calendar_events import (
    EventText,
    create_invitation,
    increment_sequence,
    list_current_invitations,
    queue_event_mail,
)
from interviews.models import Booking, Invitation, InviteeRole, Slot, Volunteer
from interviews.wordings.mail_links import create_session_links
from interviews.wordings.slot_descriptions import format_slot_time, format_zone, get_volunteer_zone

ATTENDEE_EVENT_TEXT = "To give up your place, use the link in our mail about it."
HOST_EVENT_TEXT = "Who comes stands on the page of the session, behind the link in our mail."
SUBJECTS = {
    "session_taken": "Your place in a group session",
    "session_changed": "Your group session has changed",
    "session_given_up": "Your place in a group session is cancelled",
    "session_cancelled": "Your group session is cancelled",
    "session_held_planned": "A group session that you hold",
    "session_held_changed": "A group session that you hold has changed",
    "session_held_passed_on": "A group session has passed to somebody else",
    "session_held_cancelled": "A group session that you hold is cancelled",
    "session_shortage": "A group session has few people",
    "waiting_joined": "You are on the list for a group session",
    "waiting_offered": "A place in a group session is free for you",
    "waiting_lapsed": "The place in a group session that we kept for you",
    "waiting_changed": "A group session that you wait for has changed",
    "waiting_closed": "The list for a group session is closed",
    "write_up": "What a group session came to",
}


@dataclass(frozen=True, slots=True)
class Notice:
    """One mail that is due to one person."""

    recipient: str
    queue: Callable[[], None]


def queue_notices(notices: Iterable[Notice]) -> None:
    """Queue mails in the order of addresses: two deeds that mail the same people would else wait for each other."""
    for notice in sorted(notices, key=lambda one: one.recipient):
        notice.queue()


def build_seat_taken_notices(booking: Booking) -> list[Notice]:
    """The invitation to somebody who has a place now."""

    def invite(address: str) -> None:
        _send_to_attendee(booking, create_invitation(booking, InviteeRole.VOLUNTEER, address), "session_taken")

    return _build_notices_to(booking.volunteer, invite)


def build_seat_changed_notices(booking: Booking, *, reason: str) -> list[Notice]:
    return _build_event_update_notices(booking, "session_changed", reason=reason)


def build_seat_cancelled_notices(booking: Booking, *, reason: str = "", by_staff: bool = False) -> list[Notice]:
    """Somebody's place is given up, by them or by staff."""
    return _build_event_update_notices(booking, "session_given_up", is_cancelled=True, reason=reason, by_staff=by_staff)


def build_session_cancelled_notices(booking: Booking, *, reason: str) -> list[Notice]:
    """The session is not held: to somebody who had a place."""
    return _build_event_update_notices(booking, "session_cancelled", is_cancelled=True, reason=reason)


def build_host_invitation_notices(slot: Slot) -> list[Notice]:
    """One event for whoever holds the session, however many come."""
    holder = slot.interviewer

    def invite() -> None:
        invitation = create_invitation(slot, InviteeRole.INTERVIEWER, holder.email, staff_member_id=holder.id)
        _send_to_host(slot, invitation, holder, "session_held_planned")

    return [Notice(holder.email, invite)]


def build_host_update_notices(slot: Slot, host: StaffMember, template: str, *, reason: str = "") -> list[Notice]:
    """A change or the end of the event of whoever holds the session, or held it before."""
    found = [invitation for invitation in list_current_invitations(slot) if invitation.staff_member_id == host.id]

    def follow(invitation: Invitation) -> None:
        increment_sequence(invitation, is_cancelled=template != "session_held_changed")
        _send_to_host(slot, invitation, host, template, reason=reason)

    return [Notice(host.email, partial(follow, invitation)) for invitation in found]


def build_shortage_notices(slot: Slot, staff: Iterable[StaffMember], *, count: int) -> list[Notice]:
    """That a session is near and too few people have a place."""

    def write(member: StaffMember) -> None:
        mail = render_mail(
            "interviews/group_sessions/session_shortage",
            recipient=member.email,
            subject=SUBJECTS["session_shortage"],
            member=member,
            slot=slot,
            when=format_slot_time(slot),
            count=count,
            session_address=_get_staff_session_url(slot),
        )
        queue_mail(mail)

    return [Notice(member.email, partial(write, member)) for member in staff]


def build_notices_without_event(
    slot: Slot, volunteer: Volunteer, template: str, *, send_before: datetime | None = None, **values: Any
) -> list[Notice]:
    """To somebody who waits, is offered a place, waits no longer, or came."""
    zone = get_volunteer_zone(volunteer)

    def write(address: str) -> None:
        mail = render_mail(
            f"interviews/group_sessions/{template}",
            recipient=address,
            subject=SUBJECTS[template],
            slot=slot,
            when=format_slot_time(slot, zone),
            zone=zone,
            zone_name=format_zone(zone),
            links=create_session_links(slot, volunteer),
            **values,
        )
        queue_mail(mail, is_secret=True, send_before=send_before)

    return _build_notices_to(volunteer, write)


def _build_notices_to(volunteer: Volunteer, queue: Callable[[str], None]) -> list[Notice]:
    """Nobody is told who has no address: staff write them a letter."""
    contact = volunteer.participant.contact
    return [Notice(contact.email, partial(queue, contact.email))] if contact is not None and contact.email else []


def _build_event_update_notices(
    booking: Booking, template: str, *, is_cancelled: bool = False, **values: Any
) -> list[Notice]:
    """What happens to a place, also to somebody who has got an email address since taking it."""

    def follow(address: str) -> None:
        stood = list_current_invitations(booking)
        for invitation in stood:
            invitation.attendee = address  # who has changed their address gets nothing at the old one
            increment_sequence(invitation, is_cancelled=is_cancelled)
            _send_to_attendee(booking, invitation, template, **values)
        if not stood and is_cancelled:
            queue_mail(_compose_for_attendee(booking, address, template, has_event=False, **values), is_secret=True)
        elif not stood:
            _send_to_attendee(booking, create_invitation(booking, InviteeRole.VOLUNTEER, address), template, **values)

    return _build_notices_to(booking.volunteer, follow)


def _send_to_attendee(booking: Booking, invitation: Invitation, template: str, **values: Any) -> None:
    mail = _compose_for_attendee(booking, invitation.attendee, template, has_event=True, **values)
    queue_event_mail(invitation, mail, EventText(booking.slot.title, ATTENDEE_EVENT_TEXT), booking.slot)


def _compose_for_attendee(booking: Booking, address: str, template: str, **values: Any) -> Mail:
    slot = booking.slot
    return render_mail(
        f"interviews/group_sessions/{template}",
        recipient=address,
        subject=SUBJECTS[template],
        slot=slot,
        when=format_slot_time(slot, get_volunteer_zone(booking.volunteer)),
        links=create_session_links(slot, booking.volunteer),
        **values,
    )


def _send_to_host(slot: Slot, invitation: Invitation, host: StaffMember, template: str, *, reason: str = "") -> None:
    mail = render_mail(
        f"interviews/group_sessions/{template}",
        recipient=invitation.attendee,
        subject=SUBJECTS[template],
        holder=host,
        slot=slot,
        when=format_slot_time(slot),
        reason=reason,
        session_address=_get_staff_session_url(slot),
    )
    queue_event_mail(invitation, mail, EventText(slot.title, HOST_EVENT_TEXT), slot)


def _get_staff_session_url(slot: Slot) -> str:
    return build_absolute_url("interviews.show_session", slot_id=slot.id)
