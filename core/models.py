"""Rows that every package may need: jobs and outgoing mail. Rules: jobs.py and outbox.py."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Model, UuidModel, enum_column


class Queue(StrEnum):
    """Each has its own consumer, so that a long transcription delays neither an email nor the check of a file."""

    QUICK = "quick"
    FILES = "files"  # minutes at most, without models: assembly, checks, listening copies, imports
    LONG = "long"  # with models: transcription, mapping


class JobState(StrEnum):
    PENDING = "pending"
    RUNNING = "running"
    WAITING = "waiting"  # for something external, named in `message`
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ACTIVE_JOB_STATES = frozenset({JobState.PENDING, JobState.RUNNING, JobState.WAITING})
ACTIVE_JOB_CONDITION = text("state IN ('pending', 'running', 'waiting')")


class Job(UuidModel):
    """The truth about a job; Huey only runs it. At most one job of a name is active for a subject."""

    __tablename__ = "job"
    __table_args__ = (
        Index(
            "uq_job_active",
            "name",
            "subject_id",
            unique=True,
            sqlite_where=ACTIVE_JOB_CONDITION,
            postgresql_where=ACTIVE_JOB_CONDITION,
        ),
        Index("ix_job_state", "state", "run_after"),
    )

    name: Mapped[str] = mapped_column(Text)
    queue: Mapped[Queue] = mapped_column(enum_column(Queue))
    subject_id: Mapped[UUID]
    arguments: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[JobState] = mapped_column(enum_column(JobState), default=JobState.PENDING)
    message: Mapped[str] = mapped_column(Text, default="")
    progress: Mapped[float] = mapped_column(default=0.0)  # 0..1
    seconds_left: Mapped[float | None]
    attempts: Mapped[int] = mapped_column(default=0)
    priority: Mapped[float] = mapped_column(default=0.0)  # smaller runs sooner, see job_order.py
    rerun_requested: Mapped[bool] = mapped_column(default=False)
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    lease_token: Mapped[UUID | None]
    lease_expires_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]
    run_after: Mapped[datetime]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE_JOB_STATES


class MailState(StrEnum):
    DRAFT = "draft"
    QUEUED = "queued"
    SENT = "sent"
    SAVED_AS_FILE = "kept"  # no mail server is set up: readable here and as an .eml file
    FAILED = "failed"
    EXPIRED = "too late"  # could not be sent in time


class OutboxMessage(Model):
    """A mail to one person, written in the transaction that caused it."""

    __tablename__ = "outbox_message"
    __table_args__ = (
        Index("ix_outbox_message_recipient_id", "recipient_id", "state", "number"),
        Index("ix_outbox_message_state", "state", "next_attempt_at"),
    )

    number: Mapped[int] = mapped_column(primary_key=True)  # mails to one person are sent in this order
    id: Mapped[UUID] = mapped_column(unique=True, default=uuid4)  # the Message-ID is made from it
    recipient: Mapped[str] = mapped_column(Text)
    recipient_id: Mapped[UUID]  # derived from the address; stays when the address is deleted
    subject: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    calendar: Mapped[str | None] = mapped_column(Text)  # an iCalendar object
    calendar_method: Mapped[str | None] = mapped_column(Text)
    is_secret: Mapped[bool] = mapped_column(default=False)  # deleted once sent; staff never see its links
    has_own_words: Mapped[bool] = mapped_column(default=False)  # what the recipient wrote: staff never see its text
    state: Mapped[MailState] = mapped_column(enum_column(MailState), default=MailState.QUEUED)
    failure: Mapped[str] = mapped_column(Text, default="")
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    send_before: Mapped[datetime | None]  # after that it would mislead, for example a reminder after the interview
    batch_id: Mapped[UUID | None] = mapped_column(index=True)  # mails that are released together
    unsubscribe_url: Mapped[str | None] = mapped_column(Text)  # for List-Unsubscribe (RFC 8058)
    sender_name: Mapped[str | None] = mapped_column(Text)  # beside our address in From; None: the usual name


class CountedMail(Model):
    """A mail that somebody who is not signed in caused. `subject`: see public_mail.py; it contains only hashes."""

    __tablename__ = "counted_mail"

    subject: Mapped[str] = mapped_column(String(80), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    counted_at: Mapped[datetime] = mapped_column(index=True)


class RequestedMail(UuidModel):
    """An address that somebody entered to get a link. Deleted once the worker has looked it up."""

    __tablename__ = "requested_mail"

    address: Mapped[str] = mapped_column(Text)
    next_path: Mapped[str] = mapped_column(Text, default="")  # where a sign-in link leads
    created_at: Mapped[datetime]


class WorkerHeartbeat(Model):
    __tablename__ = "worker_heartbeat"

    queue: Mapped[Queue] = mapped_column(enum_column(Queue), primary_key=True)
    last_seen_at: Mapped[datetime]


class SweepLease(Model):
    """One row: which quick worker may run the periodic tasks, and until when."""

    __tablename__ = "sweep_lease"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    token: Mapped[UUID | None]
    expires_at: Mapped[datetime]


class Installation(Model):
    """One row: who runs this installation. Texts are Markdown."""

    __tablename__ = "installation"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(Text)
    accent: Mapped[str] = mapped_column(Text)  # like #17564f; empty: the usual colour
    phone: Mapped[str] = mapped_column(Text)
    email: Mapped[str] = mapped_column(Text)
    postal_address: Mapped[str] = mapped_column(Text)  # lines as on an envelope
    footer_links: Mapped[list[Any]]  # each {"title", "url"}
    privacy_notice: Mapped[str] = mapped_column(Text)
    accessibility_statement: Mapped[str] = mapped_column(Text)
    terms: Mapped[str] = mapped_column(Text)
