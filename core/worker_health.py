"""Whether the workers live: each writes a row now and then, and staff pages say when one is late. Mends nothing."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, or_, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import aliased

from core import clock
from core.database import DatabaseNotPreparedError, db
from core.models import Job, JobState, MailState, OutboxMessage, Queue, WorkerHeartbeat

WORKER_HEARTBEAT_SECONDS = 30.0
SILENT_AFTER = timedelta(minutes=3)  # six beats: a busy machine may miss a few
OVERDUE_AFTER = timedelta(minutes=5)
WORKER_NAMES = {
    Queue.QUICK: "The worker for mail and reminders",
    Queue.FILES: "The worker for uploads",
    Queue.LONG: "The worker for transcription",
}
OUTAGE_CONSEQUENCES = {
    Queue.QUICK: "No mail, reminder or calendar change leaves until it runs.",
    Queue.FILES: "No upload is put together or checked until it runs. What arrives is kept.",
    Queue.LONG: "No recording is transcribed until it runs.",
}
DELAY_CONSEQUENCES = {
    Queue.QUICK: "Mails and reminders may leave late.",
    Queue.FILES: "Uploads may be checked late.",
    Queue.LONG: "Recordings may be transcribed late.",
}


@dataclass(frozen=True, slots=True)
class WorkerAlarm:
    """What is wrong with a worker, and what that means for people."""

    problem: str
    consequence: str
    queue: Queue


def record_heartbeat(queue: Queue) -> None:
    """Note that the worker of a queue lives. Commits."""
    row = db.session.get(WorkerHeartbeat, queue)
    if row is not None:
        row.last_seen_at = clock.now()
    else:
        db.session.add(WorkerHeartbeat(queue=queue, last_seen_at=clock.now()))
    try:
        db.session.commit()
    except IntegrityError:  # another worker of this queue began at the same moment
        db.session.rollback()


@contextmanager
def send_heartbeats(app: Flask, queue: Queue) -> Iterator[None]:
    """Beat from a thread of its own, also while a long job runs."""
    done = threading.Event()

    def go_on() -> None:
        _try_to_record_heartbeat(app, queue)
        while not done.wait(WORKER_HEARTBEAT_SECONDS):
            _try_to_record_heartbeat(app, queue)

    thread = threading.Thread(target=go_on, name=f"pulse of {queue}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def list_alarms() -> list[WorkerAlarm]:
    """What staff should know of the workers now; nothing when all is well. One query."""
    now = clock.now()
    beats = {queue: _select_last_seen_at(queue).label(f"{queue}_beat") for queue in Queue}
    late = {queue: _has_overdue_job(queue, now).label(f"{queue}_late") for queue in Queue}
    late[Queue.QUICK] = or_(_has_overdue_mail(now), _has_overdue_job(Queue.QUICK, now)).label("quick_late")
    row = db.session.execute(select(*beats.values(), *late.values())).one()._mapping
    found = [_build_outage_alarm(queue, row[f"{queue}_beat"], now) for queue in Queue]
    return [alarm for alarm in found if alarm] or [_build_delay_alarm(queue) for queue in Queue if row[f"{queue}_late"]]


def _try_to_record_heartbeat(app: Flask, queue: Queue) -> None:
    with app.app_context():
        try:
            record_heartbeat(queue)
        except (SQLAlchemyError, DatabaseNotPreparedError):  # a busy database: the next beat tries again
            db.session.rollback()


def _build_outage_alarm(queue: Queue, last_seen_at: datetime | None, now: datetime) -> WorkerAlarm | None:
    if last_seen_at is None:
        return WorkerAlarm(f"{WORKER_NAMES[queue]} has not been started.", OUTAGE_CONSEQUENCES[queue], queue)
    if now - last_seen_at > SILENT_AFTER:
        minutes = int((now - last_seen_at) / timedelta(minutes=1))
        return WorkerAlarm(
            f"{WORKER_NAMES[queue]} has shown no sign of life for {_format_minutes(minutes)}.",
            OUTAGE_CONSEQUENCES[queue],
            queue,
        )
    return None


def _build_delay_alarm(queue: Queue) -> WorkerAlarm:
    """The worker lives, and yet something waits that should not."""
    if queue is Queue.QUICK:
        words = "runs, but is late: something that was due has waited for over 5 minutes."
    else:
        words = "runs, but does not take up what waits."
    return WorkerAlarm(f"{WORKER_NAMES[queue]} {words}", DELAY_CONSEQUENCES[queue], queue)


def _select_last_seen_at(queue: Queue) -> ScalarSelect[datetime]:
    return select(WorkerHeartbeat.last_seen_at).where(WorkerHeartbeat.queue == queue).scalar_subquery()


def _has_overdue_mail(now: datetime) -> ColumnElement[bool]:
    """A mail that was due a while ago, unless one to the same person before it waits for its next attempt."""
    before = aliased(OutboxMessage)
    is_held_back = exists().where(
        before.recipient_id == OutboxMessage.recipient_id,
        before.state == MailState.QUEUED,
        before.number < OutboxMessage.number,
        before.next_attempt_at > now - OVERDUE_AFTER,
    )
    return exists().where(
        OutboxMessage.state == MailState.QUEUED, OutboxMessage.next_attempt_at < now - OVERDUE_AFTER, ~is_held_back
    )


def _has_overdue_job(queue: Queue, now: datetime) -> ColumnElement[bool]:
    """A job that was due a while ago. One of files or sound may have to wait for the one that runs."""
    waits = exists().where(Job.queue == queue, Job.state == JobState.PENDING, Job.run_after < now - OVERDUE_AFTER)
    if queue is Queue.QUICK:
        return waits
    runs = exists().where(Job.queue == queue, Job.state == JobState.RUNNING, Job.lease_expires_at > now)
    return and_(waits, ~runs)


def _format_minutes(number: int) -> str:
    if number < 120:
        return f"{number} minutes"
    return f"{number // 60} hours" if number < 2880 else f"{number // 1440} days"
