"""Put one event of one person into the outbox (conventions: RFC 5546, RFC 6047). What the mail says is composed above.

Each person has an event of their own with its own SEQUENCE; no object and no mail names another participant.
"""

from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from sqlalchemy import select

from core import clock
from core.database import db
from core.mail import Mail
from core.outbox import overtake, queue_mail
from core.settings import current_settings
from interviews.calendars.calendar_mail import CalendarEvent, Method, calendar_text
from interviews.models import Audience, Booking, Invitation, Slot
from interviews.notices.voiding import void_reminders
from interviews.wording import location

NEEDS_ACTION = "NEEDS-ACTION"  # RFC 5545 §3.2.12


@dataclass(frozen=True, slots=True)
class EventWords:
    """What a calendar shows of an event: neutral, because calendars are shared."""

    summary: str
    description: str


def new_invitation(
    about: Booking | Slot, audience: Audience, attendee: str, *, staff_member_id: UUID | None = None
) -> Invitation:
    """A new event. The volunteer's has the booking's id, which moves keep; an interviewer's has one of its own."""
    own_id = uuid4()
    is_booking = isinstance(about, Booking)
    invitation = Invitation(
        id=own_id,
        booking_id=about.id if is_booking else None,
        slot_id=None if is_booking else about.id,
        audience=audience,
        staff_member_id=staff_member_id,
        uid=f"{own_id if staff_member_id else about.id}@{current_settings().mail_host}",
        attendee=attendee.strip().lower(),
    )
    db.session.add(invitation)
    db.session.flush()
    return invitation


def standing(about: Booking | Slot) -> list[Invitation]:
    """The events that are in somebody's calendar now, the volunteer's first."""
    subject = Invitation.booking_id if isinstance(about, Booking) else Invitation.slot_id
    wanted = select(Invitation).where(subject == about.id, Invitation.is_cancelled.is_(False))
    return list(db.session.scalars(wanted.order_by(Invitation.audience.desc())))


def bump(invitation: Invitation, *, is_cancelled: bool = False) -> None:
    """The event changes: whoever answered before has to answer again, and reminders of what was must not leave."""
    invitation.sequence += 1
    invitation.partstat = NEEDS_ACTION
    invitation.is_cancelled = is_cancelled
    void_reminders(invitation)
    if invitation.mail_id is not None:
        overtake(invitation.mail_id)


def send(invitation: Invitation, mail: Mail, words: EventWords, slot: Slot) -> None:
    """Queue a mail with the event as it stands: a REQUEST, or a CANCEL when it is cancelled. DTSTAMP is always new."""
    method = Method.CANCEL if invitation.is_cancelled else Method.REQUEST
    calendar = calendar_text(_event(invitation, words, slot), method, stamped_at=clock.now())
    is_secret = invitation.audience is Audience.VOLUNTEER
    row = queue_mail(replace(mail, calendar=calendar, calendar_method=method.value), is_secret=is_secret)
    invitation.mail_id, invitation.delivery_failure = row.id, ""


def _event(invitation: Invitation, words: EventWords, slot: Slot) -> CalendarEvent:
    return CalendarEvent(
        uid=invitation.uid,
        sequence=invitation.sequence,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        summary=words.summary,
        description=words.description,
        location=location(slot),
        organizer=current_settings().mail_from,
        attendee=invitation.attendee,
    )
