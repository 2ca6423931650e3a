"""Where this package's own tables can have something of a participant's: emails, requests for links, jobs."""

from pathlib import Path

from sqlalchemy import ColumnElement, Table, false, func, or_, select

from core.database import db
from core.models import (
    CountedMail,
    Installation,
    Job,
    MailState,
    OutboxMessage,
    RequestedMail,
    SweepLease,
    WorkerHeartbeat,
)
from core.outbox import derive_recipient_id
from core.personal_data import DataSubject, declare_impersonal, hold
from core.settings import current_settings

NOT_SENT_YET = OutboxMessage.state == MailState.QUEUED


def match_mails(_table: Table, subject: DataSubject) -> ColumnElement[bool]:
    """Those to the person, and those to others that name them or their address."""
    if not subject.is_whole:
        return false()
    names = [word.lower() for word in (*subject.addresses, *subject.names)]
    columns = OutboxMessage.subject, OutboxMessage.text, OutboxMessage.calendar
    return or_(
        OutboxMessage.recipient_id.in_([derive_recipient_id(address) for address in subject.addresses]),
        *(func.lower(column).contains(name, autoescape=True) for column in columns for name in names),
    )


def remove_mail_files(subject: DataSubject) -> None:
    """Where no mail server is set up, emails are files, which are not encrypted."""
    numbers = db.session.scalars(select(OutboxMessage.number).where(match_mails(OutboxMessage.__table__, subject)))  # type: ignore[arg-type]
    for number in numbers:
        Path(current_settings().data_folder / "mail" / f"{number:06}.eml").unlink(missing_ok=True)


def match_requests(_table: Table, subject: DataSubject) -> ColumnElement[bool]:
    return RequestedMail.address.in_(subject.addresses) if subject.is_whole else false()


def match_jobs(_table: Table, subject: DataSubject) -> ColumnElement[bool]:
    """Those that send to the person, and those whose message names their reference."""
    if not subject.is_whole:
        return false()
    recipients = [derive_recipient_id(address) for address in subject.addresses]
    named = (Job.message.contains(name, autoescape=True) for name in subject.names)
    return or_(Job.subject_id.in_(recipients), *named)


hold(
    "emails",
    "Emails to you, and emails about you to staff",
    OutboxMessage,
    matches=match_mails,
    hides=(
        "id",
        "number",
        "recipient",
        "recipient_id",
        "html",
        "unsubscribe_url",
        "batch_id",
        "attempts",
        "next_attempt_at",
    ),
    waits=NOT_SENT_YET,
    before_erasing=remove_mail_files,
)
hold("requests for links", "Your requests for a link", RequestedMail, matches=match_requests)
hold("jobs", "Notes about work on your recordings", Job, matches=match_jobs, hides=("subject_id", "arguments"))
declare_impersonal("hashes of addresses, deleted after a day", CountedMail)
declare_impersonal("of those who run the installation", Installation)
declare_impersonal("of the workers", WorkerHeartbeat, SweepLease)
