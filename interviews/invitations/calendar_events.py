"""Queue the calendar event of one person in the outbox (RFC 5546, RFC 6047). Callers compose the email itself.

Each person has an event of their own with its own SEQUENCE; no event and no email names another participant.
"""

from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from sqlalchemy import select

from core import clock
from core.database import db
from core.mail import Mail
from core.outbox import queue_mail, supersede
from core.settings import current_settings
from evidence.calls import describe_sender
from evidence.models import Call
from interviews.ical.calendar_writer import CalendarEvent, CalendarMethod, write_calendar
from interviews.ical.partstat import PartStat
from interviews.models import Booking, Invitation, InviteeRole, Slot
from interviews.reminders.queued_reminders import cancel_queued_reminders
from interviews.wordings.health_terms import find_health_terms
from interviews.wordings.slot_descriptions import format_location


@dataclass(frozen=True, slots=True)
class EventText:
    """Neutral, because calendars are shared."""

    summary: str
    description: str


def create_invitation(
    about: Booking | Slot, invitee_role: InviteeRole, attendee: str, *, staff_member_id: UUID | None = None
) -> Invitation:
    """The volunteer's event has the booking's id, which moves keep; an interviewer's has its own id."""
    own_id = uuid4()
    is_booking = isinstance(about, Booking)
    invitation = Invitation(
        id=own_id,
        booking_id=about.id if is_booking else None,
        slot_id=None if is_booking else about.id,
        invitee_role=invitee_role,
        staff_member_id=staff_member_id,
        uid=f"{own_id if staff_member_id else about.id}@{current_settings().mail_host}",
        attendee=attendee.strip().lower(),
    )
    db.session.add(invitation)
    db.session.flush()
    return invitation


def list_current_invitations(about: Booking | Slot) -> list[Invitation]:
    subject = Invitation.booking_id if isinstance(about, Booking) else Invitation.slot_id
    query = select(Invitation).where(subject == about.id, Invitation.is_cancelled.is_(False))
    return list(db.session.scalars(query.order_by(Invitation.invitee_role.desc())))


def increment_sequence(invitation: Invitation, *, is_cancelled: bool = False) -> None:
    """For every change: earlier answers no longer count, and queued reminders are cancelled."""
    invitation.sequence += 1
    invitation.partstat = PartStat.NEEDS_ACTION
    invitation.is_cancelled = is_cancelled
    cancel_queued_reminders(invitation)
    if invitation.mail_id is not None:
        supersede(invitation.mail_id)


def queue_event_mail(invitation: Invitation, mail: Mail, event_text: EventText, slot: Slot) -> None:
    method = CalendarMethod.CANCEL if invitation.is_cancelled else CalendarMethod.REQUEST
    calendar = write_calendar(_build_event(invitation, event_text, slot), method, stamped_at=clock.now())
    is_secret = invitation.invitee_role is InviteeRole.VOLUNTEER
    row = queue_mail(replace(mail, calendar=calendar, calendar_method=method.value), is_secret=is_secret)
    invitation.mail_id, invitation.delivery_failure = row.id, ""


def _choose_organizer_name(call: Call) -> str:
    """Empty if it names a condition: other people may see a calendar."""
    name = describe_sender(call).name
    return "" if find_health_terms(name) else name


def _build_event(invitation: Invitation, event_text: EventText, slot: Slot) -> CalendarEvent:
    return CalendarEvent(
        uid=invitation.uid,
        sequence=invitation.sequence,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        summary=event_text.summary,
        description=event_text.description,
        location=format_location(slot),
        organizer=current_settings().mail_from,
        organizer_name=_choose_organizer_name(slot.call),
        attendee=invitation.attendee,
    )
