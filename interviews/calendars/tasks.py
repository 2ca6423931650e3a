"""Look into the reply mailbox each minute, and forget which mails were read long ago."""

import logging
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.exc import InterfaceError, OperationalError

from core import clock, jobs
from core.database import db
from core.errors import NotYetError
from core.leases import CancelledError, LeaseLostError, Work
from core.models import Job, JobState, Queue
from core.settings import current_settings
from interviews.calendars import received_mail
from interviews.calendars.mailbox import Mailbox, MailboxNotReadableError, opened
from interviews.calendars.received_mail import FOR_PEOPLE, MOST_BYTES
from interviews.calendars.taking_replies import Outcome

READ_MAILBOX = "read the reply mailbox"
THE_MAILBOX = UUID("6a1c8a52-6f0e-4f0b-9b1e-0c2d7d6f9a11")  # there is one
KEPT_JOBS = timedelta(days=1)

log = logging.getLogger(__name__)


@jobs.at_each_sweep
def ask_for_replies() -> None:
    """A slow mail server must not hold up what else is swept, so a job looks."""
    if current_settings().imap is None:
        return
    old = delete(Job).where(Job.name == READ_MAILBOX, Job.finished_at < clock.now() - KEPT_JOBS)
    db.session.execute(old)
    jobs.request(READ_MAILBOX, THE_MAILBOX)
    db.session.commit()


@jobs.at_each_sweep
def forget_old_mails() -> None:
    received_mail.forget_old_mails()
    db.session.commit()


@jobs.job(READ_MAILBOX, Queue.QUICK)
def read_mailbox(work: Work) -> None:
    """Take what is new. Killed in between, it takes the same mails again, which changes nothing more."""
    server = current_settings().imap
    if server is None:
        return
    try:
        with opened(server) as mailbox:
            for uid in mailbox.new_mails():
                _take(work, mailbox, uid)
    except MailboxNotReadableError as error:
        raise NotYetError(str(error)) from error


def mailbox_trouble() -> str:
    """Why the mailbox cannot be read at the moment, in words; empty when it can, or when none is set."""
    latest = jobs.latest(READ_MAILBOX, THE_MAILBOX) if current_settings().imap else None
    return latest.message if latest is not None and latest.state in {JobState.WAITING, JobState.FAILED} else ""


def _take(work: Work, mailbox: Mailbox, uid: str) -> None:
    content = mailbox.content(uid, most_bytes=MOST_BYTES)
    outcome = Outcome.OTHER_MAIL if content is None else _outcome(work, content, uid)
    if outcome in FOR_PEOPLE:
        mailbox.leave_to_people(uid)
    else:
        mailbox.put_aside(uid)


def _outcome(work: Work, content: bytes, uid: str) -> Outcome:
    """A mail that breaks its reader, or that the database refuses, is left to people, or it would hold up those behind
    it; a database that is busy or away is asked again in a minute."""
    try:
        read = received_mail.read_mail(content)  # takes a second when a mail was made for that: nobody waits behind it
        with work.writing():
            return received_mail.note(read)
    except (OperationalError, InterfaceError, LeaseLostError, CancelledError):
        raise
    except Exception:
        log.exception("Mail %s of the reply mailbox could not be taken", uid)
        return Outcome.OTHER_MAIL
