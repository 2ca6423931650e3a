"""Outgoing mails as rows, sent by the worker in order for each recipient. MIME and SMTP: mail.py."""

import hmac
from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime, timedelta
from email.errors import HeaderParseError
from email.policy import SMTP
from pathlib import Path
from threading import Lock
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, event, select
from sqlalchemy.orm import Session

from core import clock, exits, jobs
from core.database import db
from core.exits import ExitAudience, ExitUse
from core.leases import Work
from core.mail import Mail, MailNotSentError, build_mime_message, send_by_smtp
from core.models import MailState, OutboxMessage, Queue
from core.settings import Settings, current_settings

MAX_ATTEMPTS = 8
DELETE_BATCH_SIZE = 500  # values in one statement
FIRST_BACKOFF_SECONDS = 30  # doubled at each attempt: the eighth comes about an hour after the first
SEND_MAIL = "send mail"
WIPED_TEXT = "This email contained a personal link, so its text was deleted after it was sent."
WIPED_UNSENT_TEXT = "This email contained a personal link, so its text was deleted when it was too late to send it."
TOO_LATE_REASON = "It was too late to send this email."
SUPERSEDED_REASON = "It could not be sent, and there is now a newer email about the same event."
RECIPIENTS_TO_ENQUEUE = "recipients_to_enqueue"
UNSENT_STATES = frozenset({MailState.QUEUED, MailState.FAILED})

_sending_lock = Lock()  # if a worker is killed, it is uncertain of at most one mail whether it was sent


def queue_mail(
    mail: Mail, *, is_secret: bool = False, has_own_words: bool = False, send_before: datetime | None = None
) -> OutboxMessage:
    """Queue a mail to be sent after the caller's commit. `is_secret`: its text is deleted once sent.

    `send_before`: it expires at this time, because it would then mislead.
    """
    row = _insert_message(mail, is_secret=is_secret, has_own_words=has_own_words, send_before=send_before)
    _enqueue_at_commit(row)
    return row


def draft_mail(mail: Mail, batch_id: UUID, *, is_secret: bool = False) -> OutboxMessage:
    return _insert_message(mail, is_secret=is_secret, batch_id=batch_id, state=MailState.DRAFT)


def release_drafts(batch_id: UUID) -> int:
    """They are sent from the next sweep on."""
    rows = db.session.scalars(_select_drafts(batch_id).with_for_update()).all()
    for row in rows:
        row.state, row.next_attempt_at = MailState.QUEUED, clock.now()
    return len(rows)


def discard_drafts(batch_id: UUID, recipient_ids: Collection[UUID] | None = None) -> int:
    rows = db.session.execute(
        _select_drafts(batch_id).with_only_columns(OutboxMessage.number, OutboxMessage.recipient_id)
    )
    numbers = [number for number, recipient in rows if recipient_ids is None or recipient in recipient_ids]
    for start in range(0, len(numbers), DELETE_BATCH_SIZE):
        some = numbers[start : start + DELETE_BATCH_SIZE]
        db.session.execute(delete(OutboxMessage).where(OutboxMessage.number.in_(some)))
    return len(numbers)


def cancel(ids: Collection[UUID], reason: str) -> None:
    query = select(OutboxMessage).where(OutboxMessage.id.in_(ids), OutboxMessage.state.in_(UNSENT_STATES))
    for row in db.session.scalars(query.with_for_update()):
        _expire(row, reason)


def supersede(message_id: UUID) -> None:
    """Do not resend a failed mail once there is a newer one about the same event."""
    failed = select(OutboxMessage).where(OutboxMessage.id == message_id, OutboxMessage.state == MailState.FAILED)
    for row in db.session.scalars(failed.with_for_update()):
        _expire(row, SUPERSEDED_REASON)


def derive_recipient_id(address: str) -> UUID:
    """The same for one address. It stays when the address is deleted, and identifies nobody without the key."""
    key = current_settings().secret_key.encode()
    return UUID(bytes=hmac.new(key, b"recipient:" + address.strip().lower().encode(), "sha256").digest()[:16])


def resend(row: OutboxMessage) -> None:
    row.state, row.attempts, row.failure, row.next_attempt_at = MailState.QUEUED, 0, "", clock.now()
    _enqueue_at_commit(row)


@jobs.job(SEND_MAIL, Queue.QUICK)
@exits.returns("the copy of written answers, by email", ExitUse.OWN_COPY, to=ExitAudience.PERSON)
def send_queued_mails(work: Work) -> None:
    """To one recipient, oldest first; a mail that must be tried again delays those after it."""
    settings = current_settings()
    while number := _find_next_due(work):
        if not _send_one(work, number, settings):
            return


@jobs.run_at_each_sweep
def expire_late_mails() -> None:
    late = select(OutboxMessage).where(
        OutboxMessage.state == MailState.QUEUED, OutboxMessage.send_before <= clock.now()
    )
    for row in db.session.scalars(late.with_for_update(skip_locked=True)):
        _expire(row, TOO_LATE_REASON)
    db.session.commit()


@jobs.run_at_each_sweep
def enqueue_due_mails() -> None:
    waiting = select(OutboxMessage.recipient_id).where(
        OutboxMessage.state == MailState.QUEUED, OutboxMessage.next_attempt_at <= clock.now()
    )
    for recipient_id in db.session.scalars(waiting.distinct()).all():
        jobs.enqueue(SEND_MAIL, recipient_id)
        db.session.commit()  # one at a time, to prevent deadlocks


def render_eml(row: OutboxMessage, settings: Settings) -> bytes:
    return build_mime_message(_build_mail(row), message_id=row.id, sender=settings.mail_from).as_bytes(policy=SMTP)


def _insert_message(mail: Mail, **columns: Any) -> OutboxMessage:
    now = clock.now()
    row = OutboxMessage(
        **asdict(mail), recipient_id=derive_recipient_id(mail.recipient), next_attempt_at=now, created_at=now, **columns
    )
    db.session.add(row)
    db.session.flush()
    return row


def _enqueue_at_commit(row: OutboxMessage) -> None:
    db.session.info.setdefault(RECIPIENTS_TO_ENQUEUE, set()).add(row.recipient_id)


@event.listens_for(Session, "before_commit")
def _enqueue_recipients(session: Session) -> None:
    """In a fixed order, to prevent deadlocks between two writers to the same people."""
    if not session.in_nested_transaction():
        for recipient_id in sorted(session.info.pop(RECIPIENTS_TO_ENQUEUE, ())):
            jobs.enqueue(SEND_MAIL, recipient_id)


@event.listens_for(Session, "after_rollback")
def _discard_recipients_to_enqueue(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop(RECIPIENTS_TO_ENQUEUE, None)


def _select_drafts(batch_id: UUID) -> Select[OutboxMessage]:
    return select(OutboxMessage).where(OutboxMessage.batch_id == batch_id, OutboxMessage.state == MailState.DRAFT)


def _find_next_due(work: Work) -> int | None:
    with work.read_transaction():
        waiting = select(OutboxMessage).where(
            OutboxMessage.recipient_id == work.subject_id, OutboxMessage.state == MailState.QUEUED
        )
        first = db.session.scalars(waiting.order_by(OutboxMessage.number).limit(1)).first()
        return first.number if first and first.next_attempt_at <= clock.now() else None


def _send_one(work: Work, number: int, settings: Settings) -> bool:
    with _sending_lock:
        outcome = _attempt_delivery(work, number, settings)
        return outcome is None or _record_outcome(work, number, *outcome)


def _attempt_delivery(work: Work, number: int, settings: Settings) -> tuple[MailState, str] | None:
    with work.read_transaction():
        row = db.session.get_one(OutboxMessage, number)
        mail, message_id, is_waiting, is_late = _build_mail(row), row.id, row.state is MailState.QUEUED, _is_late(row)
    if not is_waiting:
        return None
    if is_late:
        return MailState.EXPIRED, TOO_LATE_REASON
    try:
        message = build_mime_message(mail, message_id=message_id, sender=settings.mail_from)
    except (HeaderParseError, ValueError, IndexError) as error:
        return MailState.FAILED, f"This address cannot be used: {error}"
    if settings.smtp is None:
        _save_as_file(settings.data_folder / "mail", number, message.as_bytes(policy=SMTP))
        return MailState.SAVED_AS_FILE, "No mail server is set up, so this email was saved as a file."
    try:
        send_by_smtp(message, settings.smtp)
    except MailNotSentError as error:
        return MailState.FAILED if error.is_final else MailState.QUEUED, str(error)
    return MailState.SENT, ""


def _is_late(row: OutboxMessage) -> bool:
    return row.send_before is not None and row.send_before <= clock.now()


def _record_outcome(work: Work, number: int, state: MailState, failure: str) -> bool:
    """False if the mails after it have to wait."""
    this = select(OutboxMessage).where(OutboxMessage.number == number)
    with work.write_transaction(lock_first=lambda: db.session.execute(this.with_for_update())):
        row = db.session.get_one(OutboxMessage, number)
        if state is MailState.EXPIRED:
            _expire(row, failure)
        elif state is MailState.SENT or row.state is MailState.QUEUED:  # one that was cancelled meanwhile stays so
            return _record_attempt(row, state, failure)
    return True


def _record_attempt(row: OutboxMessage, state: MailState, failure: str) -> bool:
    row.attempts += 1
    row.failure = failure
    row.state = MailState.FAILED if state is MailState.QUEUED and row.attempts >= MAX_ATTEMPTS else state
    if row.state is MailState.QUEUED:
        row.next_attempt_at = clock.now() + timedelta(seconds=FIRST_BACKOFF_SECONDS * 2 ** (row.attempts - 1))
        return False
    if row.state is MailState.SENT:
        row.sent_at = clock.now()
        if row.is_secret:
            row.recipient, row.text, row.html, row.calendar = "", WIPED_TEXT, WIPED_TEXT, None
    return True


def _expire(row: OutboxMessage, reason: str) -> None:
    row.state, row.failure = MailState.EXPIRED, reason
    if row.is_secret:
        row.text, row.html, row.calendar = WIPED_UNSENT_TEXT, WIPED_UNSENT_TEXT, None


def _build_mail(row: OutboxMessage) -> Mail:
    return Mail(
        row.recipient,
        row.subject,
        row.text,
        row.html,
        row.calendar,
        row.calendar_method,
        row.unsubscribe_url,
        row.sender_name,
    )


def _save_as_file(folder: Path, number: int, content: bytes) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / f"{number:06}.eml").write_bytes(content)
