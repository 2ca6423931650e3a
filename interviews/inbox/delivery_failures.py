"""Record that an email, perhaps about an interview, did not arrive. Parsing bounces: bounces.py."""

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

MAX_IDS = 500  # a bounce quotes one email; no database takes a hundred thousand in one query


def record_bounce(bounce: Bounce) -> ReceivedMailOutcome:
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
    ids = [UUID(local) for local, domain in sorted(bounce.message_ids) if domain == host]
    query = select(OutboxMessage).where(OutboxMessage.id.in_(ids[:MAX_IDS])).order_by(OutboxMessage.number.desc())
    return db.session.scalars(query.limit(1).with_for_update()).first()


def _supersede_if_older(row: OutboxMessage) -> None:
    """Only the newest email about an event may be sent again: an older one would undo later changes."""
    is_newest = select(Invitation.id).where(Invitation.mail_id == row.id)
    if row.calendar_method is not None and db.session.scalars(is_newest.limit(1)).first() is None:
        supersede(row.id)


def _mark_invitations_undelivered(mail_id: UUID, reason: str) -> None:
    reminded = select(Reminder.invitation_id).where(Reminder.mail_id == mail_id)
    query = select(Invitation).where(or_(Invitation.mail_id == mail_id, Invitation.id.in_(reminded)))
    for invitation in db.session.scalars(query):
        invitation.delivery_failure = reason
