"""The worker emails personal links and reminders of drafts, and deletes addresses that nobody confirmed."""

import logging
from uuid import UUID

from core import jobs, public_mail
from core.database import db, read_only_transactions
from core.leases import Work
from core.models import Queue
from evidence import draft_reminders, participants, updates

REMINDERS_PER_SWEEP = 100  # the rest waits for the next sweep, so that other email is not delayed
log = logging.getLogger(__name__)


@jobs.job(participants.MAIL_LINKS, Queue.QUICK)
def mail_links(work: Work) -> None:
    with work.write_transaction():
        if requested := public_mail.take_requested_mail(work.subject_id):
            participants.mail_links(requested.address)


@jobs.run_at_each_sweep
def send_draft_reminders() -> None:
    with read_only_transactions():
        due = draft_reminders.list_due_reminders()
        db.session.rollback()
    for contribution_id in due[:REMINDERS_PER_SWEEP]:
        _remind_in_transaction(contribution_id)


def _remind_in_transaction(contribution_id: UUID) -> None:
    try:
        draft_reminders.remind(contribution_id)
        db.session.commit()
    except Exception:  # one failure must not block the others
        log.exception("The reminder of draft %s waits for the next sweep", contribution_id)
        db.session.rollback()


@jobs.run_at_each_sweep
def delete_unconfirmed_addresses() -> None:
    updates.delete_unconfirmed_addresses()
    db.session.commit()
