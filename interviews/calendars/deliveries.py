"""Note on a mail, and on the interview that it is about, that it did not arrive. Reading reports: bounces.py."""

from uuid import UUID

from sqlalchemy import or_, select

from accounts import audit
from core.database import db
from core.models import MailState, OutboxMessage
from core.outbox import overtake
from core.settings import current_settings
from interviews.calendars.bounces import Bounce
from interviews.calendars.taking_replies import Outcome
from interviews.models import Invitation, Reminder

MOST_IDS = 500  # a report quotes one of our mails; no database takes a hundred thousand in one query


def take_bounce(bounce: Bounce) -> Outcome:
    """Only about a mail of ours that left; who else knows its Message-ID is whoever got it."""
    row = _mail(bounce)
    if row is None:
        return Outcome.OTHER_MAIL
    if not bounce.is_final:
        return Outcome.DELAYED
    if row.state is MailState.SENT:
        row.state, row.failure = MailState.FAILED, bounce.words
        _mark_invitations(row.id, bounce.words)
        _overtake_if_older(row)
        db.session.flush()
        audit.record("mail not delivered", number=row.number, status=bounce.status)
    return Outcome.UNDELIVERED


def _mail(bounce: Bounce) -> OutboxMessage | None:
    host = current_settings().mail_host.lower()
    ids = [UUID(local) for local, behind in sorted(bounce.message_ids) if behind == host]
    wanted = select(OutboxMessage).where(OutboxMessage.id.in_(ids[:MOST_IDS])).order_by(OutboxMessage.number.desc())
    return db.session.scalars(wanted.limit(1).with_for_update()).first()


def _overtake_if_older(row: OutboxMessage) -> None:
    """Of an event only the newest mail may be sent again: an older one would put back what has changed since."""
    is_newest = select(Invitation.id).where(Invitation.mail_id == row.id)
    if row.calendar_method is not None and db.session.scalars(is_newest.limit(1)).first() is None:
        overtake(row.id)


def _mark_invitations(mail_id: UUID, words: str) -> None:
    reminded = select(Reminder.invitation_id).where(Reminder.mail_id == mail_id)
    wanted = select(Invitation).where(or_(Invitation.mail_id == mail_id, Invitation.id.in_(reminded)))
    for invitation in db.session.scalars(wanted):
        invitation.delivery_failure = words
