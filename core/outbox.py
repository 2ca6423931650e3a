"""Mails as rows: written with their reason, sent by the worker in order for each person. MIME and SMTP: mail.py."""

import hmac
from dataclasses import asdict
from datetime import timedelta
from email.errors import HeaderParseError
from email.policy import SMTP
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from core import clock, jobs
from core.database import db
from core.leases import Work
from core.mail import Mail, MailNotSentError, as_message, hand_over
from core.models import MailState, OutboxMessage, Queue
from core.settings import Settings, current_settings

MAX_ATTEMPTS = 8
FIRST_PAUSE_SECONDS = 30  # doubled at each attempt: the eighth comes about an hour after the first
SEND_MAIL = "send mail"
WIPED = "This mail held a personal link and was wiped after it was sent."


def queue_mail(mail: Mail, *, is_secret: bool = False) -> OutboxMessage:
    """Write a mail into the outbox, to leave after the caller's commit. `is_secret`: wiped once sent."""
    now = clock.now()
    recipient_id = _recipient_id(mail.recipient)
    row = OutboxMessage(
        **asdict(mail), recipient_id=recipient_id, is_secret=is_secret, next_attempt_at=now, created_at=now
    )
    db.session.add(row)
    db.session.flush()
    jobs.request(SEND_MAIL, recipient_id)
    return row


def _recipient_id(address: str) -> UUID:
    """The same for one address. It stays when the address is wiped, and without the key it leads to nobody."""
    key = current_settings().secret_key.encode()
    return UUID(bytes=hmac.new(key, b"recipient:" + address.strip().lower().encode(), "sha256").digest()[:16])


def send_again(row: OutboxMessage) -> None:
    """Put a mail back into the queue that failed or was kept."""
    row.state, row.attempts, row.failure, row.next_attempt_at = MailState.QUEUED, 0, "", clock.now()
    jobs.request(SEND_MAIL, row.recipient_id)


@jobs.job(SEND_MAIL, Queue.QUICK)
def send_waiting_mails(work: Work) -> None:
    """Send what waits for one person, oldest first; a mail that must be tried again holds back those behind it."""
    settings = current_settings()
    while number := _next_due(work):
        if not _send(work, number, settings):
            return


@jobs.at_each_sweep
def ask_for_due_mails() -> None:
    """Mails whose next attempt is due, and any whose job was lost."""
    waiting = select(OutboxMessage.recipient_id).where(
        OutboxMessage.state == MailState.QUEUED, OutboxMessage.next_attempt_at <= clock.now()
    )
    for recipient_id in db.session.scalars(waiting.distinct()).all():
        jobs.request(SEND_MAIL, recipient_id)
        db.session.commit()  # one at a time: two who ask for several in different order would wait for each other


def as_eml(row: OutboxMessage, settings: Settings) -> bytes:
    """The mail as a file that any mail program opens."""
    return as_message(_mail(row), message_id=row.id, sender=settings.mail_from).as_bytes(policy=SMTP)


def _next_due(work: Work) -> int | None:
    with work.reading():
        waiting = select(OutboxMessage).where(
            OutboxMessage.recipient_id == work.subject_id, OutboxMessage.state == MailState.QUEUED
        )
        first = db.session.scalars(waiting.order_by(OutboxMessage.number).limit(1)).first()
        return first.number if first and first.next_attempt_at <= clock.now() else None


def _send(work: Work, number: int, settings: Settings) -> bool:
    with work.reading():
        row = db.session.get_one(OutboxMessage, number)
        mail, message_id = _mail(row), row.id
    try:
        message = as_message(mail, message_id=message_id, sender=settings.mail_from)
    except (HeaderParseError, ValueError, IndexError) as error:
        return _mark(work, number, MailState.FAILED, f"No mail can be written to this address: {error}")
    if settings.smtp is None:
        _keep_as_file(settings.data_folder / "mail", number, message.as_bytes(policy=SMTP))
        return _mark(work, number, MailState.KEPT, "No mail server is set, so this mail was kept here.")
    try:
        hand_over(message, settings.smtp)
    except MailNotSentError as error:
        return _mark(work, number, MailState.FAILED if error.is_final else MailState.QUEUED, str(error))
    return _mark(work, number, MailState.SENT, "")


def _mark(work: Work, number: int, state: MailState, failure: str) -> bool:
    """Note what became of a mail; False when those behind it have to wait."""
    with work.writing():
        row = db.session.get_one(OutboxMessage, number)
        row.attempts += 1
        row.failure = failure
        row.state = MailState.FAILED if state is MailState.QUEUED and row.attempts >= MAX_ATTEMPTS else state
        if row.state is MailState.QUEUED:
            row.next_attempt_at = clock.now() + timedelta(seconds=FIRST_PAUSE_SECONDS * 2 ** (row.attempts - 1))
            return False
        if row.state is MailState.SENT:
            row.sent_at = clock.now()
            if row.is_secret:
                row.recipient, row.text, row.html, row.calendar = "", WIPED, WIPED, None
    return True


def _mail(row: OutboxMessage) -> Mail:
    return Mail(row.recipient, row.subject, row.text, row.html, row.calendar, row.calendar_method)


def _keep_as_file(folder: Path, number: int, content: bytes) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / f"{number:06}.eml").write_bytes(content)
