"""Messages from volunteers to staff: kept, announced by mail, read on a page, never mailed. Callers commit."""

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

MAX_MESSAGES = 10  # in PERIOD from one person: staff are mailed for each
LIMIT_PERIOD = timedelta(days=1)
MAX_SHOWN = 200


class TooManyMessagesError(RuleError):
    """The person has written many messages within a day."""


def send_message(volunteer: Volunteer, text: str, *, about: Booking | None = None) -> MessageToStaff:
    """Keep a message, and tell the interviewer and the coordinators that there is one. Raises TooManyMessagesError."""
    if _count_recent_messages(volunteer) >= MAX_MESSAGES:
        raise TooManyMessagesError("You have written several messages today. We will answer you as soon as we can.")
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
    """Unread ones first, then newest first. Coordinators read all, interviewers those about their own interviews."""
    wanted = select(MessageToStaff).where(_is_readable_by(person))
    people = joinedload(MessageToStaff.volunteer).joinedload(Volunteer.participant)
    order = (MessageToStaff.read_at.is_not(None), MessageToStaff.created_at.desc())
    return list(
        db.session.scalars(wanted.order_by(*order).limit(MAX_SHOWN).options(people, joinedload(MessageToStaff.booking)))
    )


def count_unread(person: Person) -> int:
    return db.session.scalar(select(func.count()).where(_is_readable_by(person), MessageToStaff.read_at.is_(None))) or 0


def find_message(message_id: UUID, person: Person) -> MessageToStaff | None:
    """None also when it is not for this person to read."""
    return db.session.scalars(
        select(MessageToStaff).where(_is_readable_by(person), MessageToStaff.id == message_id)
    ).first()


def mark_read(message: MessageToStaff, by: Person) -> None:
    """Once read, it stays read by whoever was first."""
    if message.read_at is None:
        message.read_at, message.read_by = clock.now(), by.id
        audit.record("message read", message)


def _is_readable_by(person: Person) -> ColumnElement[bool]:
    if person.may(Permission.MANAGE_VOLUNTEERS):
        return true()
    own = select(Booking.id).join(Booking.slot).where(Slot.interviewer_id == person.id)
    return MessageToStaff.booking_id.in_(own)


def _list_readers(about: Booking | None) -> list[StaffMember]:
    """The interviewer, and whoever coordinates."""
    coordinates = StaffMember.roles.any(StaffRole.role == Role.COORDINATOR)
    concerned = or_(coordinates, StaffMember.id == about.slot.interviewer_id) if about else coordinates
    wanted = select(StaffMember).where(StaffMember.is_active, concerned).order_by(StaffMember.email)
    return list(db.session.scalars(wanted))


def _notify_reader(member: StaffMember) -> None:
    mail = render_mail(
        "interviews/inbox/message_waits",
        recipient=member.email,
        subject="A message waits for you",
        name=member.name,
        address=build_absolute_url("interviews.list_messages"),
    )
    queue_mail(mail)


def _count_recent_messages(volunteer: Volunteer) -> int:
    wanted = select(func.count()).where(
        MessageToStaff.volunteer_id == volunteer.id, MessageToStaff.created_at > clock.now() - LIMIT_PERIOD
    )
    return db.session.scalar(wanted) or 0
