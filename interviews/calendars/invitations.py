"""Keep the calendars of both sides in step with a booking, by mail. How one event is sent stands in sending.py."""

from core.mail_pages import compose
from core.outbox import queue_mail
from interviews.availability.profiles import clocks_of
from interviews.calendars.links import lengthen_links, own_links, staff_links
from interviews.calendars.sending import EventWords, bump, new_invitation, send, standing
from interviews.holding import hold
from interviews.models import Audience, Booking, BookingStatus, Invitation, Slot
from interviews.notices.wordings import write
from interviews.wording import when, zone_of

VOLUNTEER_WORDS = "To move or cancel the interview, use the links in our mail about it."
INTERVIEWER_WORDS = "What you need for the interview stands on its page, behind the link in our mail."
SUBJECTS = {
    (Audience.VOLUNTEER, "booked"): "Your interview is booked",
    (Audience.VOLUNTEER, "moved"): "Your interview has moved",
    (Audience.VOLUNTEER, "cancelled"): "Your interview is cancelled",
    (Audience.VOLUNTEER, "other_interviewer"): "Your interview: somebody else talks with you",
    (Audience.VOLUNTEER, "place"): "Your interview: the place has changed",
    (Audience.VOLUNTEER, "proposal_declined"): "Your interview stays at its time",
    (Audience.INTERVIEWER, "booked"): "Interview with {reference} booked",
    (Audience.INTERVIEWER, "moved"): "Interview with {reference} moved",
    (Audience.INTERVIEWER, "cancelled"): "Interview with {reference} cancelled",
    (Audience.INTERVIEWER, "passed_on"): "Interview with {reference} passed on",
    (Audience.INTERVIEWER, "place"): "Interview with {reference}: the place has changed",
    (Audience.INTERVIEWER, "proposal_declined"): "Interview with {reference} stays at its time",
}


def invite(booking: Booking) -> None:
    """The first invitation to both; somebody without an email address gets a letter."""
    lengthen_links(booking)
    for invitation in _not_yet_invited(booking):
        _tell(booking, invitation, "booked")
    _invite_interviewer(booking)


def follow_move(booking: Booking, before: Slot, *, reason: str = "") -> None:
    """Another time, and perhaps another interviewer."""
    _follow(booking, before, "moved", reason)


def follow_reassignment(booking: Booking, before: Slot, *, reason: str = "") -> None:
    """Another interviewer at the same time."""
    _follow(booking, before, "other_interviewer", reason)


def follow_change_of_place(booking: Booking, *, reason: str = "") -> None:
    """The same people at the same time in another place."""
    _follow(booking, booking.slot, "place", reason)


def withdraw(booking: Booking, *, reason: str = "", by_staff: bool = False) -> None:
    """The interview does not happen. Whoever has got an email address since the booking is told too."""
    for invitation in _all_told(booking):
        bump(invitation, is_cancelled=True)
        _tell(booking, invitation, "cancelled", reason=reason, by_staff=by_staff)


def offer_another_time(booking: Booking) -> None:
    """A mail, without an event, to somebody who did not come: they may choose another time."""
    contact = booking.volunteer.participant.contact
    if contact is None or not contact.email:
        return
    lengthen_links(booking)
    mail = compose(
        "interviews/missed",
        recipient=contact.email,
        subject="Shall we find another time?",
        when=when(booking.slot, zone_of(booking.volunteer)),
        links=own_links(booking),
    )
    queue_mail(mail, is_secret=True)


def send_again(booking: Booking) -> None:
    """The same event once more, for somebody who lost it: a new DTSTAMP, the same SEQUENCE.

    Nothing when the booking is being cancelled at this moment: it would be back in the calendar.
    """
    hold(booking.volunteer, shared=True)
    hold(booking)
    if booking.status is not BookingStatus.BOOKED:
        return
    for invitation in _all_told(booking):
        _tell(booking, invitation, "booked")


def decline_proposal(booking: Booking, invitation: Invitation) -> None:
    """The same event once more to whoever proposed another time: it stays as it is."""
    _tell(booking, invitation, "proposal_declined")


def _follow(booking: Booking, before: Slot, deed: str, reason: str) -> None:
    """An update to who stays; another interviewer is invited, and the event of the one before cancelled.

    Somebody who has got an email address since the booking is invited now.
    """
    lengthen_links(booking)
    newcomers = _not_yet_invited(booking)
    for invitation in [one for one in standing(booking) if one not in newcomers]:
        is_passed_on = invitation.staff_member_id not in {None, booking.slot.interviewer_id}
        bump(invitation, is_cancelled=is_passed_on)
        if is_passed_on:
            _tell(booking, invitation, "passed_on", slot=before)
        else:
            _tell(booking, invitation, deed, reason=reason)
    for invitation in newcomers:
        _tell(booking, invitation, "booked")
    if before.interviewer_id != booking.slot.interviewer_id:
        _invite_interviewer(booking)


def _all_told(booking: Booking) -> list[Invitation]:
    stood = standing(booking)
    return [*_not_yet_invited(booking), *stood]


def _not_yet_invited(booking: Booking) -> list[Invitation]:
    """The volunteer's event, made now, if an email address is known and none stands; of nobody else."""
    contact = booking.volunteer.participant.contact
    is_invited = any(invitation.audience is Audience.VOLUNTEER for invitation in standing(booking))
    if is_invited or contact is None or not contact.email:
        return []
    return [new_invitation(booking, Audience.VOLUNTEER, contact.email)]


def _invite_interviewer(booking: Booking) -> None:
    interviewer = booking.slot.interviewer
    invitation = new_invitation(booking, Audience.INTERVIEWER, interviewer.email, staff_member_id=interviewer.id)
    _tell(booking, invitation, "booked")


def _tell(
    booking: Booking,
    invitation: Invitation,
    deed: str,
    *,
    slot: Slot | None = None,
    reason: str = "",
    by_staff: bool = False,
) -> None:
    """Write the mail of one person about one event into the outbox."""
    slot = slot or booking.slot
    _follow_address(booking, invitation)
    audience, reference = invitation.audience, booking.volunteer.participant.reference
    prefix = "" if audience is Audience.VOLUNTEER else "interviewer_"
    mail = write(
        f"{prefix}{deed}",
        slot.call,
        recipient=invitation.attendee,
        subject=SUBJECTS[audience, deed].format(reference=reference),
        booking=booking,
        slot=slot,
        when=when(slot, _zone(booking, invitation)),
        reference=reference,
        reason=reason,
        by_staff=by_staff,
        links=own_links(booking) if audience is Audience.VOLUNTEER else staff_links(booking),
    )
    send(invitation, mail, _words(audience, reference), slot)


def _zone(booking: Booking, invitation: Invitation) -> str:
    """Everybody reads times on their own clocks."""
    if invitation.audience is Audience.VOLUNTEER:
        return zone_of(booking.volunteer)
    return clocks_of(invitation.staff_member_id, otherwise=booking.volunteer.call.zone)


def _follow_address(booking: Booking, invitation: Invitation) -> None:
    """Somebody who has changed their address gets nothing at the old one: others may read it by now."""
    contact = booking.volunteer.participant.contact
    if invitation.audience is Audience.VOLUNTEER and contact is not None and contact.email:
        invitation.attendee = contact.email


def _words(audience: Audience, reference: str) -> EventWords:
    if audience is Audience.VOLUNTEER:
        return EventWords("Interview (Listening Post)", VOLUNTEER_WORDS)
    return EventWords(f"Interview with {reference}", INTERVIEWER_WORDS)
