"""Mails about group sessions: each to one person, naming no other. Calendar events go out with calendars/sending.py.

A deed collects what is to be told as notices, and `tell` writes them into the outbox when all else is done.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from accounts.links import extend_links, make_link
from accounts.models import LinkPurpose, StaffMember
from core import clock
from core.addresses import address_of
from core.mail import Mail
from core.mail_pages import compose
from core.outbox import queue_mail
from evidence.participants import end_of_links
from interviews.calendars.sending import EventWords, bump, new_invitation, send, standing
from interviews.models import Audience, Booking, Invitation, Slot, Volunteer
from interviews.wording import when, zone_of, zone_words

LINKS_OUTLIVE = timedelta(days=30)  # the session, or a mail that is sent after it
PERSON_WORDS = "To give up your place, use the link in our mail about it."
HOLDER_WORDS = "Who comes stands on the page of the session, behind the link in our mail."
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
    write: Callable[[], None]


def tell(notices: Iterable[Notice]) -> None:
    """Queue mails in the order of addresses: two deeds that mail the same people would else wait for each other."""
    for notice in sorted(notices, key=lambda one: one.recipient):
        notice.write()


def place_taken(booking: Booking) -> list[Notice]:
    """The invitation to somebody who has a place now."""

    def invite(address: str) -> None:
        _tell_person(booking, new_invitation(booking, Audience.VOLUNTEER, address), "session_taken")

    return _to(booking.volunteer, invite)


def place_changed(booking: Booking, *, reason: str) -> list[Notice]:
    return _follow(booking, "session_changed", reason=reason)


def place_ended(booking: Booking, *, reason: str = "", by_staff: bool = False) -> list[Notice]:
    """Somebody's place is given up, by them or by staff."""
    return _follow(booking, "session_given_up", is_cancelled=True, reason=reason, by_staff=by_staff)


def session_ended(booking: Booking, *, reason: str) -> list[Notice]:
    """The session is not held: to somebody who had a place."""
    return _follow(booking, "session_cancelled", is_cancelled=True, reason=reason)


def holder_invited(slot: Slot) -> list[Notice]:
    """One event for whoever holds the session, however many come."""
    holder = slot.interviewer

    def invite() -> None:
        invitation = new_invitation(slot, Audience.INTERVIEWER, holder.email, staff_member_id=holder.id)
        _tell_holder(slot, invitation, holder, "session_held_planned")

    return [Notice(holder.email, invite)]


def holder_told(slot: Slot, holder: StaffMember, deed: str, *, reason: str = "") -> list[Notice]:
    """A change or the end of the event of whoever holds the session, or held it before."""
    found = [invitation for invitation in standing(slot) if invitation.staff_member_id == holder.id]

    def follow(invitation: Invitation) -> None:
        bump(invitation, is_cancelled=deed != "session_held_changed")
        _tell_holder(slot, invitation, holder, deed, reason=reason)

    return [Notice(holder.email, partial(follow, invitation)) for invitation in found]


def few_come(slot: Slot, staff: Iterable[StaffMember], *, count: int) -> list[Notice]:
    """That a session is near and too few people have a place."""

    def write(member: StaffMember) -> None:
        mail = compose(
            "interviews/session_shortage",
            recipient=member.email,
            subject=SUBJECTS["session_shortage"],
            member=member,
            slot=slot,
            when=when(slot),
            count=count,
            session_address=_staff_address(slot),
        )
        queue_mail(mail)

    return [Notice(member.email, partial(write, member)) for member in staff]


def without_event(
    slot: Slot, volunteer: Volunteer, deed: str, *, send_before: datetime | None = None, **values: Any
) -> list[Notice]:
    """To somebody who waits, is offered a place, waits no longer, or came."""
    zone = zone_of(volunteer)

    def write(address: str) -> None:
        mail = compose(
            f"interviews/{deed}",
            recipient=address,
            subject=SUBJECTS[deed],
            slot=slot,
            when=when(slot, zone),
            zone=zone,
            zone_name=zone_words(zone),
            links=links_to(slot, volunteer),
            **values,
        )
        queue_mail(mail, is_secret=True, send_before=send_before)

    return _to(volunteer, write)


def links_to(slot: Slot, volunteer: Volunteer) -> dict[str, str]:
    """Fresh addresses for one mail. None of them acts when opened."""
    ends = _links_end(slot)
    extend_links(LinkPurpose.OWN_PAGE, volunteer.participant_id, expires_at=ends)
    token = make_link(LinkPurpose.OWN_PAGE, volunteer.participant_id, expires_at=ends)
    return {
        "session": address_of("interviews.open_session_link", token=token, slot_id=slot.id, page="place"),
        "cancel": address_of("interviews.open_session_link", token=token, slot_id=slot.id, page="cancel"),
        "write_up": address_of("interviews.open_session_link", token=token, slot_id=slot.id, page="write-up"),
        "own_page": address_of("evidence.open_link", token=token),
    }


def _to(volunteer: Volunteer, write: Callable[[str], None]) -> list[Notice]:
    """Nobody is told who has no address: staff write them a letter."""
    contact = volunteer.participant.contact
    return [Notice(contact.email, partial(write, contact.email))] if contact is not None and contact.email else []


def _follow(booking: Booking, deed: str, *, is_cancelled: bool = False, **values: Any) -> list[Notice]:
    """What happens to a place, also to somebody who has got an email address since taking it."""

    def follow(address: str) -> None:
        stood = standing(booking)
        for invitation in stood:
            invitation.attendee = address  # who has changed their address gets nothing at the old one
            bump(invitation, is_cancelled=is_cancelled)
            _tell_person(booking, invitation, deed, **values)
        if not stood and is_cancelled:
            queue_mail(_to_person(booking, address, deed, has_event=False, **values), is_secret=True)
        elif not stood:
            _tell_person(booking, new_invitation(booking, Audience.VOLUNTEER, address), deed, **values)

    return _to(booking.volunteer, follow)


def _tell_person(booking: Booking, invitation: Invitation, deed: str, **values: Any) -> None:
    mail = _to_person(booking, invitation.attendee, deed, has_event=True, **values)
    send(invitation, mail, EventWords(booking.slot.title, PERSON_WORDS), booking.slot)


def _to_person(booking: Booking, address: str, deed: str, **values: Any) -> Mail:
    slot = booking.slot
    return compose(
        f"interviews/{deed}",
        recipient=address,
        subject=SUBJECTS[deed],
        slot=slot,
        when=when(slot, zone_of(booking.volunteer)),
        links=links_to(slot, booking.volunteer),
        **values,
    )


def _tell_holder(slot: Slot, invitation: Invitation, holder: StaffMember, deed: str, *, reason: str = "") -> None:
    mail = compose(
        f"interviews/{deed}",
        recipient=invitation.attendee,
        subject=SUBJECTS[deed],
        holder=holder,
        slot=slot,
        when=when(slot),
        reason=reason,
        session_address=_staff_address(slot),
    )
    send(invitation, mail, EventWords(slot.title, HOLDER_WORDS), slot)


def _staff_address(slot: Slot) -> str:
    return address_of("interviews.show_session", slot_id=slot.id)


def _links_end(slot: Slot) -> datetime:
    return max(end_of_links(slot.call), max(slot.ends_at, clock.now()) + LINKS_OUTLIVE)
