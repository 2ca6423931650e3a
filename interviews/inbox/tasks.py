"""The worker reads the reply mailbox every minute, and deletes old records of received emails."""

import logging
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.exc import InterfaceError, OperationalError

from core import clock, jobs
from core.database import db
from core.errors import NotReadyError
from core.leases import CancelledError, LeaseLostError, Work
from core.models import Job, Queue
from core.settings import current_settings
from interviews.inbox import received_mail
from interviews.inbox.mailbox import MailboxNotReadableError, ReplyMailbox, open_mailbox
from interviews.inbox.mailbox_status import MAILBOX_ID, READ_MAILBOX_JOB
from interviews.inbox.received_mail import MAX_MAIL_BYTES, OUTCOMES_LEFT_TO_STAFF
from interviews.inbox.record_reply import ReceivedMailOutcome

JOB_RETENTION = timedelta(days=1)

log = logging.getLogger(__name__)


@jobs.run_at_each_sweep
def request_mailbox_read() -> None:
    """Queues a job, so that a slow mail server does not delay other sweeps."""
    if current_settings().imap is None:
        return
    old = delete(Job).where(Job.name == READ_MAILBOX_JOB, Job.finished_at < clock.now() - JOB_RETENTION)
    db.session.execute(old)
    jobs.enqueue(READ_MAILBOX_JOB, MAILBOX_ID)
    db.session.commit()


@jobs.run_at_each_sweep
def delete_old_mail_records() -> None:
    received_mail.delete_old_records()
    db.session.commit()


@jobs.job(READ_MAILBOX_JOB, Queue.QUICK)
def read_mailbox(work: Work) -> None:
    server = current_settings().imap
    if server is None:
        return
    try:
        with open_mailbox(server) as mailbox:
            for uid in mailbox.list_new_uids():
                _process_mail(work, mailbox, uid)
    except MailboxNotReadableError as error:
        raise NotReadyError(str(error)) from error


def _process_mail(work: Work, mailbox: ReplyMailbox, uid: str) -> None:
    content = mailbox.fetch_content(uid, max_bytes=MAX_MAIL_BYTES)
    outcome = ReceivedMailOutcome.NOT_A_REPLY if content is None else _record_mail(work, content, uid)
    if outcome in OUTCOMES_LEFT_TO_STAFF:
        mailbox.mark_skipped(uid)
    else:
        mailbox.mark_done(uid)


def _record_mail(work: Work, content: bytes, uid: str) -> ReceivedMailOutcome:
    """Leaves an email that cannot be parsed or stored to staff, so that it does not block later ones.

    If the database is busy or unreachable, the job tries again in a minute.
    """
    try:
        analysed = received_mail.analyse_mail(content)  # outside the transaction: a hostile email may take a second
        with work.write_transaction():
            return received_mail.record_mail(analysed)
    except (OperationalError, InterfaceError, LeaseLostError, CancelledError):
        raise
    except Exception:
        log.exception("Email %s in the reply mailbox could not be processed", uid)
        return ReceivedMailOutcome.NOT_A_REPLY
