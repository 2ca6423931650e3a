"""Emails that will be sent soon, that wait for release, and that were not sent. Read-only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import UnaryExpression, func, select
from sqlalchemy.orm import defer, joinedload

from core import clock
from core.database import db
from core.models import MailState, OutboxMessage
from evidence.models import Call
from interviews.models import Booking, BookingStatus, MassMail, PersonalInvitation, Reminder, Slot, Volunteer
from interviews.reminders import due_reminders, reminders
from interviews.reminders.due_reminders import PlannedReminder
from interviews.reminders.reminders import MAX_ROWS

REMINDERS_AHEAD = timedelta(hours=24)
RECENT_PERIOD = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class DraftBatch:
    id: UUID
    count: int
    subject: str
    written_at: datetime
    mass_mail: MassMail | None
    call: Call | None  # of personal invitations


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """Each list has at most MAX_ROWS; the counts are complete."""

    reminders: Sequence[PlannedReminder]
    reminder_count: int
    queued: Sequence[OutboxMessage]
    queued_count: int
    seat_offers: Sequence[Booking]
    draft_batches: Sequence[DraftBatch]
    failed: Sequence[OutboxMessage]
    failed_count: int
    expired: Sequence[OutboxMessage]
    missed_reminders: Sequence[Reminder]


def list_outgoing_mail() -> OutgoingMail:
    now = clock.now()
    planned, counts = due_reminders.list_upcoming_reminders(now + REMINDERS_AHEAD), _count_by_state()
    return OutgoingMail(
        reminders=planned[:MAX_ROWS],
        reminder_count=len(planned),
        queued=_list_messages(MailState.QUEUED, order=OutboxMessage.next_attempt_at.asc()),
        queued_count=counts.get(MailState.QUEUED, 0),
        seat_offers=_list_seat_offers(),
        draft_batches=list_draft_batches(),
        failed=_list_messages(MailState.FAILED, order=OutboxMessage.number.desc()),
        failed_count=counts.get(MailState.FAILED, 0),
        expired=[
            mail
            for mail in _list_messages(MailState.EXPIRED, order=OutboxMessage.number.desc())
            if mail.created_at > now - RECENT_PERIOD
        ],
        missed_reminders=reminders.list_missed_reminders(now - RECENT_PERIOD),
    )


def list_draft_batches() -> list[DraftBatch]:
    grouped = (
        select(
            OutboxMessage.batch_id, func.count(), func.min(OutboxMessage.subject), func.min(OutboxMessage.created_at)
        )
        .where(OutboxMessage.state == MailState.DRAFT, OutboxMessage.batch_id.is_not(None))
        .group_by(OutboxMessage.batch_id)
        .order_by(func.min(OutboxMessage.number))
    )
    rows = db.session.execute(grouped).all()
    query = select(MassMail).where(MassMail.id.in_([row[0] for row in rows])).options(joinedload(MassMail.call))
    mass_mails = {mail.id: mail for mail in db.session.scalars(query)}
    calls = _map_batches_to_calls()
    return [DraftBatch(row[0], *row[1:], mass_mails.get(row[0]), calls.get(row[0])) for row in rows if row[0]]


def _map_batches_to_calls() -> dict[UUID, Call]:
    query = select(OutboxMessage.batch_id, Call).join(
        PersonalInvitation, PersonalInvitation.mail_id == OutboxMessage.id
    )
    query = query.join(Call, Call.id == PersonalInvitation.call_id).where(OutboxMessage.state == MailState.DRAFT)
    return {batch: call for batch, call in db.session.execute(query) if batch}


def _list_messages(state: MailState, *, order: UnaryExpression[Any]) -> Sequence[OutboxMessage]:
    large_columns = [defer(column) for column in (OutboxMessage.text, OutboxMessage.html, OutboxMessage.calendar)]
    query = select(OutboxMessage).where(OutboxMessage.state == state).options(*large_columns)
    return db.session.scalars(query.order_by(order).limit(MAX_ROWS)).all()


def _count_by_state() -> dict[MailState, int]:
    query = select(OutboxMessage.state, func.count()).where(
        OutboxMessage.state.in_([MailState.QUEUED, MailState.FAILED])
    )
    return {state: count for state, count in db.session.execute(query.group_by(OutboxMessage.state))}  # noqa: C416


def _list_seat_offers() -> Sequence[Booking]:
    query = select(Booking).where(Booking.status == BookingStatus.OFFERED, Booking.offer_expires_at.is_not(None))
    person = joinedload(Booking.volunteer).joinedload(Volunteer.participant)
    slot = joinedload(Booking.slot).joinedload(Slot.call)
    return db.session.scalars(query.order_by(Booking.offer_expires_at).options(person, slot).limit(MAX_ROWS)).all()
