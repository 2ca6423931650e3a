"""Keep the calendars of volunteer and interviewer in step with a booking, by mail (conventions: RFC 5546, RFC 6047).

Each person has an event of their own with its own SEQUENCE; nobody is named to anybody but by reference to staff.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select

from accounts.links import extend_links, make_link
from accounts.models import LinkPurpose
from core import clock
from core.addresses import address_of
from core.database import db
from core.mail_pages import compose
from core.outbox import queue_mail
from core.settings import current_settings
from evidence.participants import end_of_links
from interviews.calendar_mail import CalendarEvent, Method, calendar_text
from interviews.models import Audience, Booking, Invitation, Slot
from interviews.wording import location, when

LINKS_OUTLIVE_INTERVIEW = timedelta(days=30)
VOLUNTEER_WORDS = "To move or cancel the interview, use the links in our mail about it."
INTERVIEWER_WORDS = "What you need for the interview stands on its page, behind the link in our mail."
NEEDS_ACTION = "NEEDS-ACTION"  # RFC 5545 §3.2.12
SUBJECTS = {
    (Audience.VOLUNTEER, "booked"): "Your interview is booked",
    (Audience.VOLUNTEER, "moved"): "Your interview has moved",
    (Audience.VOLUNTEER, "cancelled"): "Your interview is cancelled",
    (Audience.INTERVIEWER, "booked"): "Interview with {reference} booked",
    (Audience.INTERVIEWER, "moved"): "Interview with {reference} moved",
    (Audience.INTERVIEWER, "cancelled"): "Interview with {reference} cancelled",
    (Audience.INTERVIEWER, "passed_on"): "Interview with {reference} passed on",
}


def invite(booking: Booking) -> None:
    """The first invitation to both."""
    _extend_links(booking)
    contact = booking.volunteer.participant.contact
    if contact is not None and contact.email:
        _tell(_invitation(booking, Audience.VOLUNTEER, contact.email), "booked")
    _invite_interviewer(booking)


def follow_move(booking: Booking, before: Slot, *, reason: str = "") -> None:
    """An update to who stays; another interviewer is invited, and the event of the one before cancelled."""
    _extend_links(booking)
    for invitation in _standing(booking):
        invitation.sequence += 1
        invitation.partstat = NEEDS_ACTION
        if invitation.staff_member_id in {None, booking.slot.interviewer_id}:
            _tell(invitation, "moved", reason=reason)
        else:
            invitation.is_cancelled = True
            _tell(invitation, "passed_on", slot=before)
    if before.interviewer_id != booking.slot.interviewer_id:
        _invite_interviewer(booking)


def withdraw(booking: Booking, *, reason: str = "", by_staff: bool = False) -> None:
    """The interview does not happen."""
    for invitation in _standing(booking):
        invitation.sequence += 1
        invitation.is_cancelled = True
        _tell(invitation, "cancelled", reason=reason, by_staff=by_staff)


def send_again(booking: Booking) -> None:
    """The same event once more, for somebody who lost it: a new DTSTAMP, the same SEQUENCE."""
    for invitation in _standing(booking):
        _tell(invitation, "booked")


def _invite_interviewer(booking: Booking) -> None:
    interviewer = booking.slot.interviewer
    _tell(_invitation(booking, Audience.INTERVIEWER, interviewer.email, interviewer.id), "booked")


def _invitation(booking: Booking, audience: Audience, attendee: str, staff_id: UUID | None = None) -> Invitation:
    """A new event. The volunteer's has the booking's id, which moves keep; an interviewer's has one of its own."""
    own_id = uuid4()
    invitation = Invitation(
        id=own_id,
        booking_id=booking.id,
        audience=audience,
        staff_member_id=staff_id,
        uid=f"{own_id if staff_id else booking.id}@{current_settings().mail_host}",
        attendee=attendee.strip().lower(),
    )
    db.session.add(invitation)
    db.session.flush()
    return invitation


def _standing(booking: Booking) -> list[Invitation]:
    """The events that are in somebody's calendar now."""
    wanted = select(Invitation).where(Invitation.booking_id == booking.id, Invitation.is_cancelled.is_(False))
    return list(db.session.scalars(wanted.order_by(Invitation.audience.desc())))


def _tell(
    invitation: Invitation, deed: str, *, slot: Slot | None = None, reason: str = "", by_staff: bool = False
) -> None:
    """Write the mail of one person about one event into the outbox."""
    booking = invitation.booking
    slot = slot or booking.slot
    _follow_address(invitation)
    audience, reference = invitation.audience, booking.volunteer.participant.reference
    method = Method.CANCEL if invitation.is_cancelled else Method.REQUEST
    prefix = "" if audience is Audience.VOLUNTEER else "interviewer_"
    mail = compose(
        f"interviews/{prefix}{deed}",
        recipient=invitation.attendee,
        subject=SUBJECTS[audience, deed].format(reference=reference),
        booking=booking,
        slot=slot,
        when=when(slot),
        reference=reference,
        reason=reason,
        by_staff=by_staff,
        links=_links(booking) if audience is Audience.VOLUNTEER else _staff_links(booking),
    )
    calendar = calendar_text(_event(invitation, slot, reference), method, stamped_at=clock.now())
    queue_mail(replace(mail, calendar=calendar, calendar_method=method.value), is_secret=audience is Audience.VOLUNTEER)


def _follow_address(invitation: Invitation) -> None:
    """Somebody who has changed their address gets nothing at the old one: others may read it by now."""
    contact = invitation.booking.volunteer.participant.contact
    if invitation.audience is Audience.VOLUNTEER and contact is not None and contact.email:
        invitation.attendee = contact.email


def _event(invitation: Invitation, slot: Slot, reference: str) -> CalendarEvent:
    is_volunteer = invitation.audience is Audience.VOLUNTEER
    return CalendarEvent(
        uid=invitation.uid,
        sequence=invitation.sequence,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        summary="Interview (Listening Post)" if is_volunteer else f"Interview with {reference}",
        description=VOLUNTEER_WORDS if is_volunteer else INTERVIEWER_WORDS,
        location=location(slot),
        organizer=current_settings().mail_from,
        attendee=invitation.attendee,
    )


def _links(booking: Booking) -> dict[str, str]:
    """Fresh addresses for one mail: to move, to cancel, to the person's own page. None of them acts when opened."""
    participant = booking.volunteer.participant
    token = make_link(LinkPurpose.OWN_PAGE, participant.id, expires_at=_links_end(booking))
    return {
        "move": address_of("interviews.open_booking_link", token=token, booking_id=booking.id, deed="move"),
        "cancel": address_of("interviews.open_booking_link", token=token, booking_id=booking.id, deed="cancel"),
        "own_page": address_of("evidence.open_link", token=token),
    }


def _staff_links(booking: Booking) -> dict[str, str]:
    return {
        "interview": address_of("interviews.show_interview", booking_id=booking.id),
        "own_interviews": address_of("interviews.own_interviews"),
    }


def _extend_links(booking: Booking) -> None:
    extend_links(LinkPurpose.OWN_PAGE, booking.volunteer.participant_id, expires_at=_links_end(booking))


def _links_end(booking: Booking) -> datetime:
    return max(end_of_links(booking.volunteer.call), booking.slot.ends_at + LINKS_OUTLIVE_INTERVIEW)
