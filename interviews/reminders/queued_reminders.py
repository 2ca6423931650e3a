"""Reminders of an event that has changed since must not be sent."""

from sqlalchemy import select

from core import outbox
from core.database import db
from interviews.models import Invitation, Reminder

OUTDATED_REASON = "The interview was moved or cancelled before this reminder could be sent."


def cancel_queued_reminders(invitation: Invitation) -> None:
    queued = select(Reminder.mail_id).where(Reminder.invitation_id == invitation.id, Reminder.mail_id.is_not(None))
    if mail_ids := [mail_id for mail_id in db.session.scalars(queued) if mail_id]:
        outbox.cancel(mail_ids, OUTDATED_REASON)
