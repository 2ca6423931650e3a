"""Whether the workers are running: each updates a row regularly, and staff pages warn when one is late."""

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
SILENT_AFTER = timedelta(minutes=3)  # six heartbeats: a busy machine may miss a few
OVERDUE_AFTER = timedelta(minutes=5)
WORKER_NAMES = {
    Queue.QUICK: "The worker for email and reminders",
    Queue.FILES: "The worker for uploads",
    Queue.LONG: "The worker for transcription",
}
OUTAGE_CONSEQUENCES = {
    Queue.QUICK: "No emails, reminders or calendar changes are sent until it runs.",
    Queue.FILES: "Uploads are stored but not checked until it runs.",
    Queue.LONG: "No recordings are transcribed until it runs.",
}
DELAY_CONSEQUENCES = {
    Queue.QUICK: "Emails and reminders may be late.",
    Queue.FILES: "Uploads may be checked late.",
    Queue.LONG: "Recordings may be transcribed late.",
}


@dataclass(frozen=True, slots=True)
class WorkerAlarm:
    problem: str
    consequence: str
    queue: Queue


def record_heartbeat(queue: Queue) -> None:
    row = db.session.get(WorkerHeartbeat, queue)
    if row is not None:
        row.last_seen_at = clock.now()
    else:
        db.session.add(WorkerHeartbeat(queue=queue, last_seen_at=clock.now()))
    try:
        db.session.commit()
    except IntegrityError:  # another worker of this queue started at the same moment
        db.session.rollback()


@contextmanager
def send_heartbeats(app: Flask, queue: Queue) -> Iterator[None]:
    done = threading.Event()

    def send_until_done() -> None:
        _try_to_record_heartbeat(app, queue)
        while not done.wait(WORKER_HEARTBEAT_SECONDS):
            _try_to_record_heartbeat(app, queue)

    thread = threading.Thread(target=send_until_done, name=f"worker heartbeat {queue}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def list_alarms() -> list[WorkerAlarm]:
    now = clock.now()
    last_seen = {queue: _select_last_seen_at(queue).label(f"{queue}_last_seen") for queue in Queue}
    late = {queue: _has_overdue_job(queue, now).label(f"{queue}_late") for queue in Queue}
    late[Queue.QUICK] = or_(_has_overdue_mail(now), _has_overdue_job(Queue.QUICK, now)).label("quick_late")
    row = db.session.execute(select(*last_seen.values(), *late.values())).one()._mapping
    outages = [_build_outage_alarm(queue, row[f"{queue}_last_seen"], now) for queue in Queue]
    delays = [_build_delay_alarm(queue) for queue in Queue if row[f"{queue}_late"]]
    return [alarm for alarm in outages if alarm] or delays


def _try_to_record_heartbeat(app: Flask, queue: Queue) -> None:
    with app.app_context():
        try:
            record_heartbeat(queue)
        except (SQLAlchemyError, DatabaseNotPreparedError):  # a busy database: the next heartbeat tries again
            db.session.rollback()


def _build_outage_alarm(queue: Queue, last_seen_at: datetime | None, now: datetime) -> WorkerAlarm | None:
    if last_seen_at is None:
        return WorkerAlarm(f"{WORKER_NAMES[queue]} has not been started.", OUTAGE_CONSEQUENCES[queue], queue)
    if now - last_seen_at > SILENT_AFTER:
        minutes = int((now - last_seen_at) / timedelta(minutes=1))
        return WorkerAlarm(
            f"{WORKER_NAMES[queue]} has not responded for {_format_minutes(minutes)}.",
            OUTAGE_CONSEQUENCES[queue],
            queue,
        )
    return None


def _build_delay_alarm(queue: Queue) -> WorkerAlarm:
    if queue is Queue.QUICK:
        problem = "is running late. Something has been waiting for over 5 minutes."
    else:
        problem = "is running, but does not start jobs that are waiting."
    return WorkerAlarm(f"{WORKER_NAMES[queue]} {problem}", DELAY_CONSEQUENCES[queue], queue)


def _select_last_seen_at(queue: Queue) -> ScalarSelect[datetime]:
    return select(WorkerHeartbeat.last_seen_at).where(WorkerHeartbeat.queue == queue).scalar_subquery()


def _has_overdue_mail(now: datetime) -> ColumnElement[bool]:
    """Unless an earlier mail to the same person is waiting for its next attempt."""
    earlier = aliased(OutboxMessage)
    has_to_wait = exists().where(
        earlier.recipient_id == OutboxMessage.recipient_id,
        earlier.state == MailState.QUEUED,
        earlier.number < OutboxMessage.number,
        earlier.next_attempt_at > now - OVERDUE_AFTER,
    )
    return exists().where(
        OutboxMessage.state == MailState.QUEUED,
        OutboxMessage.next_attempt_at < now - OVERDUE_AFTER,
        ~has_to_wait,
    )


def _has_overdue_job(queue: Queue, now: datetime) -> ColumnElement[bool]:
    """A job of the files or long queue may have to wait for the one that is running."""
    is_overdue = exists().where(Job.queue == queue, Job.state == JobState.PENDING, Job.run_after < now - OVERDUE_AFTER)
    if queue is Queue.QUICK:
        return is_overdue
    is_busy = exists().where(Job.queue == queue, Job.state == JobState.RUNNING, Job.lease_expires_at > now)
    return and_(is_overdue, ~is_busy)


def _format_minutes(number: int) -> str:
    if number < 120:
        return f"{number} minutes"
    return f"{number // 60} hours" if number < 2880 else f"{number // 1440} days"
