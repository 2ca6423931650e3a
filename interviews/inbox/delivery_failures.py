"""Note on a mail, and on the interview that it is about, that it did not arrive. Reading reports: bounces.py."""

from uuid import UUID

from sqlalchemy import or_, select

from accounts import audit
from core.database import db
from core.models import MailState, OutboxMessage
from core.outbox import supersede
from core.settings import current_settings
from interviews.inbox.bounces import Bounce
from interviews.inbox.record_reply import ReceivedMailOutcome
from interviews.models import Invitation, Reminder

MAX_IDS = 500  # a report quotes one of our mails; no database takes a hundred thousand in one query


def record_bounce(bounce: Bounce) -> ReceivedMailOutcome:
    """Only about a mail of ours that left; who else knows its Message-ID is whoever got it."""
    row = _find_message(bounce)
    if row is None:
        return ReceivedMailOutcome.NOT_A_REPLY
    if not bounce.is_final:
        return ReceivedMailOutcome.DELAYED
    if row.state is MailState.SENT:
        row.state, row.failure = MailState.FAILED, bounce.reason
        _mark_invitations_undelivered(row.id, bounce.reason)
        _supersede_if_older(row)
        db.session.flush()
        audit.record("mail not delivered", number=row.number, status=bounce.status)
    return ReceivedMailOutcome.UNDELIVERED


def _find_message(bounce: Bounce) -> OutboxMessage | None:
    host = current_settings().mail_host.lower()
    ids = [UUID(local) for local, behind in sorted(bounce.message_ids) if behind == host]
    wanted = select(OutboxMessage).where(OutboxMessage.id.in_(ids[:MAX_IDS])).order_by(OutboxMessage.number.desc())
    return db.session.scalars(wanted.limit(1).with_for_update()).first()


def _supersede_if_older(row: OutboxMessage) -> None:
    """Of an event only the newest mail may be sent again: an older one would put back what has changed since."""
    is_newest = select(Invitation.id).where(Invitation.mail_id == row.id)
    if row.calendar_method is not None and db.session.scalars(is_newest.limit(1)).first() is None:
        supersede(row.id)


def _mark_invitations_undelivered(mail_id: UUID, reason: str) -> None:
    reminded = select(Reminder.invitation_id).where(Reminder.mail_id == mail_id)
    wanted = select(Invitation).where(or_(Invitation.mail_id == mail_id, Invitation.id.in_(reminded)))
    for invitation in db.session.scalars(wanted):
        invitation.delivery_failure = reason
