"""Reminders of an event that has changed since must not leave. What is due then is reckoned anew."""

from sqlalchemy import select

from core import outbox
from core.database import db
from interviews.models import Invitation, Reminder

OUTDATED_REASON = "The interview was moved or cancelled before this reminder of it could be sent."


def cancel_queued_reminders(invitation: Invitation) -> None:
    """Lay aside the reminders that wait in the outbox."""
    written = select(Reminder.mail_id).where(Reminder.invitation_id == invitation.id, Reminder.mail_id.is_not(None))
    if mails := [mail_id for mail_id in db.session.scalars(written) if mail_id]:
        outbox.cancel(mails, OUTDATED_REASON)
