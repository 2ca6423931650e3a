"""What goes out soon, what waits for a decision, and what did not go out. For staff to read; changes nothing."""

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
from interviews.notices import due, reminders
from interviews.notices.due import Planned
from interviews.notices.reminders import MOST_ROWS

SOON = timedelta(hours=24)
LATELY = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Batch:
    """Mails that were written together and wait to be released together."""

    id: UUID
    count: int
    subject: str
    written_at: datetime
    mass_mail: MassMail | None
    call: Call | None  # of invitations to people by name


@dataclass(frozen=True, slots=True)
class GoingOut:
    """Each list is cut at MOST_ROWS; the counts are whole."""

    reminders: Sequence[Planned]
    reminder_count: int
    waiting: Sequence[OutboxMessage]
    waiting_count: int
    offers: Sequence[Booking]
    batches: Sequence[Batch]
    failed: Sequence[OutboxMessage]
    failed_count: int
    late: Sequence[OutboxMessage]
    missed: Sequence[Reminder]


def going_out() -> GoingOut:
    now = clock.now()
    planned, counts = due.coming(now + SOON), _counts()
    return GoingOut(
        reminders=planned[:MOST_ROWS],
        reminder_count=len(planned),
        waiting=_mails(MailState.QUEUED, by=OutboxMessage.next_attempt_at.asc()),
        waiting_count=counts.get(MailState.QUEUED, 0),
        offers=_offers(),
        batches=batches(),
        failed=_mails(MailState.FAILED, by=OutboxMessage.number.desc()),
        failed_count=counts.get(MailState.FAILED, 0),
        late=[
            mail for mail in _mails(MailState.EXPIRED, by=OutboxMessage.number.desc()) if mail.created_at > now - LATELY
        ],
        missed=reminders.missed_since(now - LATELY),
    )


def batches() -> list[Batch]:
    """Drafts that wait, oldest first."""
    grouped = (
        select(
            OutboxMessage.batch_id, func.count(), func.min(OutboxMessage.subject), func.min(OutboxMessage.created_at)
        )
        .where(OutboxMessage.state == MailState.DRAFT, OutboxMessage.batch_id.is_not(None))
        .group_by(OutboxMessage.batch_id)
        .order_by(func.min(OutboxMessage.number))
    )
    rows = db.session.execute(grouped).all()
    wanted = select(MassMail).where(MassMail.id.in_([row[0] for row in rows])).options(joinedload(MassMail.call))
    many = {mail.id: mail for mail in db.session.scalars(wanted)}
    calls = _calls_of_invitations()
    return [Batch(row[0], *row[1:], many.get(row[0]), calls.get(row[0])) for row in rows if row[0]]


def _calls_of_invitations() -> dict[UUID, Call]:
    """The call that each batch of drafts to people by name invites to."""
    wanted = select(OutboxMessage.batch_id, Call).join(
        PersonalInvitation, PersonalInvitation.mail_id == OutboxMessage.id
    )
    wanted = wanted.join(Call, Call.id == PersonalInvitation.call_id).where(OutboxMessage.state == MailState.DRAFT)
    return {batch: call for batch, call in db.session.execute(wanted) if batch}


def _mails(state: MailState, *, by: UnaryExpression[Any]) -> Sequence[OutboxMessage]:
    words = [defer(column) for column in (OutboxMessage.text, OutboxMessage.html, OutboxMessage.calendar)]
    wanted = select(OutboxMessage).where(OutboxMessage.state == state).options(*words)
    return db.session.scalars(wanted.order_by(by).limit(MOST_ROWS)).all()


def _counts() -> dict[MailState, int]:
    wanted = select(OutboxMessage.state, func.count()).where(
        OutboxMessage.state.in_([MailState.QUEUED, MailState.FAILED])
    )
    return {state: count for state, count in db.session.execute(wanted.group_by(OutboxMessage.state))}  # noqa: C416


def _offers() -> Sequence[Booking]:
    """Places in group sessions that are kept for somebody for a while, the first to run out first."""
    wanted = select(Booking).where(Booking.status == BookingStatus.OFFERED, Booking.offer_expires_at.is_not(None))
    person = joinedload(Booking.volunteer).joinedload(Volunteer.participant)
    slot = joinedload(Booking.slot).joinedload(Slot.call)
    return db.session.scalars(wanted.order_by(Booking.offer_expires_at).options(person, slot).limit(MOST_ROWS)).all()
