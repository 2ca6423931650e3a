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
from core.models import Job, JobState, MailState, OutboxMessage, Queue, WorkerPulse

BEAT_SECONDS = 30.0
LATE = timedelta(minutes=3)  # six beats: a busy machine may miss a few
WAITS_LONG = timedelta(minutes=5)
WORKER = {
    Queue.QUICK: "The worker for mail and reminders",
    Queue.FILES: "The worker for uploads",
    Queue.LONG: "The worker for transcription",
}
MEANS = {
    Queue.QUICK: "No mail, reminder or calendar change leaves until it runs.",
    Queue.FILES: "No upload is put together or checked until it runs. What arrives is kept.",
    Queue.LONG: "No recording is transcribed until it runs.",
}
MAY_BE_LATE = {
    Queue.QUICK: "Mails and reminders may leave late.",
    Queue.FILES: "Uploads may be checked late.",
    Queue.LONG: "Recordings may be transcribed late.",
}


@dataclass(frozen=True, slots=True)
class Alarm:
    """What is wrong with a worker, and what that means for people."""

    words: str
    meaning: str
    queue: Queue


def beat(queue: Queue) -> None:
    """Note that the worker of a queue lives. Commits."""
    row = db.session.get(WorkerPulse, queue)
    if row is not None:
        row.beat_at = clock.now()
    else:
        db.session.add(WorkerPulse(queue=queue, beat_at=clock.now()))
    try:
        db.session.commit()
    except IntegrityError:  # another worker of this queue began at the same moment
        db.session.rollback()


@contextmanager
def beating(app: Flask, queue: Queue) -> Iterator[None]:
    """Beat from a thread of its own, also while a long job runs."""
    done = threading.Event()

    def go_on() -> None:
        _try_to_beat(app, queue)
        while not done.wait(BEAT_SECONDS):
            _try_to_beat(app, queue)

    thread = threading.Thread(target=go_on, name=f"pulse of {queue}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def alarms() -> list[Alarm]:
    """What staff should know of the workers now; nothing when all is well. One query."""
    now = clock.now()
    beats = {queue: _beat_of(queue).label(f"{queue}_beat") for queue in Queue}
    late = {queue: _job_waiting(queue, now).label(f"{queue}_late") for queue in Queue}
    late[Queue.QUICK] = or_(_mail_waiting(now), _job_waiting(Queue.QUICK, now)).label("quick_late")
    row = db.session.execute(select(*beats.values(), *late.values())).one()._mapping
    found = [_alarm(queue, row[f"{queue}_beat"], now) for queue in Queue]
    return [alarm for alarm in found if alarm] or [_behind(queue) for queue in Queue if row[f"{queue}_late"]]


def _try_to_beat(app: Flask, queue: Queue) -> None:
    with app.app_context():
        try:
            beat(queue)
        except (SQLAlchemyError, DatabaseNotPreparedError):  # a busy database: the next beat tries again
            db.session.rollback()


def _alarm(queue: Queue, beat_at: datetime | None, now: datetime) -> Alarm | None:
    if beat_at is None:
        return Alarm(f"{WORKER[queue]} has not been started.", MEANS[queue], queue)
    if now - beat_at > LATE:
        minutes = int((now - beat_at) / timedelta(minutes=1))
        return Alarm(f"{WORKER[queue]} has shown no sign of life for {_minutes(minutes)}.", MEANS[queue], queue)
    return None


def _behind(queue: Queue) -> Alarm:
    """The worker lives, and yet something waits that should not."""
    if queue is Queue.QUICK:
        words = "runs, but is late: something that was due has waited for over 5 minutes."
    else:
        words = "runs, but does not take up what waits."
    return Alarm(f"{WORKER[queue]} {words}", MAY_BE_LATE[queue], queue)


def _beat_of(queue: Queue) -> ScalarSelect[datetime]:
    return select(WorkerPulse.beat_at).where(WorkerPulse.queue == queue).scalar_subquery()


def _mail_waiting(now: datetime) -> ColumnElement[bool]:
    """A mail that was due a while ago, unless one to the same person before it waits for its next attempt."""
    before = aliased(OutboxMessage)
    is_held_back = exists().where(
        before.recipient_id == OutboxMessage.recipient_id,
        before.state == MailState.QUEUED,
        before.number < OutboxMessage.number,
        before.next_attempt_at > now - WAITS_LONG,
    )
    return exists().where(
        OutboxMessage.state == MailState.QUEUED, OutboxMessage.next_attempt_at < now - WAITS_LONG, ~is_held_back
    )


def _job_waiting(queue: Queue, now: datetime) -> ColumnElement[bool]:
    """A job that was due a while ago. One of files or sound may have to wait for the one that runs."""
    waits = exists().where(Job.queue == queue, Job.state == JobState.PENDING, Job.run_after < now - WAITS_LONG)
    if queue is Queue.QUICK:
        return waits
    runs = exists().where(Job.queue == queue, Job.state == JobState.RUNNING, Job.lease_expires_at > now)
    return and_(waits, ~runs)


def _minutes(number: int) -> str:
    if number < 120:
        return f"{number} minutes"
    return f"{number // 60} hours" if number < 2880 else f"{number // 1440} days"
