"""Messages from volunteers to staff: read on a page; emails only say that there is one. Callers commit."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import joinedload

from accounts import audit
from accounts.access import Person
from accounts.models import StaffMember, StaffRole
from accounts.roles import Permission, Role
from core import clock
from core.database import db
from core.errors import RuleError
from core.mail_rendering import render_mail
from core.outbox import queue_mail
from core.urls import build_absolute_url
from interviews.models import Booking, MessageToStaff, Slot, Volunteer

MAX_MESSAGES = 10  # from one person: staff are emailed for each
LIMIT_PERIOD = timedelta(days=1)
MAX_SHOWN = 200


class TooManyMessagesError(RuleError): ...


def send_message(volunteer: Volunteer, text: str, *, about: Booking | None = None) -> MessageToStaff:
    if _count_recent_messages(volunteer) >= MAX_MESSAGES:
        raise TooManyMessagesError("You have sent several messages today. We will reply as soon as we can.")
    message = MessageToStaff(
        volunteer_id=volunteer.id, booking_id=about.id if about else None, text=text, created_at=clock.now()
    )
    db.session.add(message)
    db.session.flush()
    for member in _list_readers(about):
        _notify_reader(member)
    audit.record("message written to staff", message)
    return message


def list_messages(person: Person) -> list[MessageToStaff]:
    query = select(MessageToStaff).where(_is_readable_by(person))
    people = joinedload(MessageToStaff.volunteer).joinedload(Volunteer.participant)
    order = (MessageToStaff.read_at.is_not(None), MessageToStaff.created_at.desc())
    return list(
        db.session.scalars(query.order_by(*order).limit(MAX_SHOWN).options(people, joinedload(MessageToStaff.booking)))
    )


def find_message(message_id: UUID, person: Person) -> MessageToStaff | None:
    return db.session.scalars(
        select(MessageToStaff).where(_is_readable_by(person), MessageToStaff.id == message_id)
    ).first()


def mark_read(message: MessageToStaff, by: Person) -> None:
    if message.read_at is None:
        message.read_at, message.read_by = clock.now(), by.id
        audit.record("message read", message)


def _is_readable_by(person: Person) -> ColumnElement[bool]:
    if person.may(Permission.MANAGE_VOLUNTEERS):
        return true()
    own = select(Booking.id).join(Booking.slot).where(Slot.interviewer_id == person.id)
    return MessageToStaff.booking_id.in_(own)


def _list_readers(about: Booking | None) -> list[StaffMember]:
    is_coordinator = StaffMember.roles.any(StaffRole.role == Role.COORDINATOR)
    is_reader = or_(is_coordinator, StaffMember.id == about.slot.interviewer_id) if about else is_coordinator
    query = select(StaffMember).where(StaffMember.is_active, is_reader).order_by(StaffMember.email)
    return list(db.session.scalars(query))


def _notify_reader(member: StaffMember) -> None:
    mail = render_mail(
        "interviews/inbox/new_message",
        recipient=member.email,
        subject="You have a new message",
        name=member.name,
        address=build_absolute_url("interviews.list_messages"),
    )
    queue_mail(mail)


def _count_recent_messages(volunteer: Volunteer) -> int:
    query = select(func.count()).where(
        MessageToStaff.volunteer_id == volunteer.id, MessageToStaff.created_at > clock.now() - LIMIT_PERIOD
    )
    return db.session.scalar(query) or 0
