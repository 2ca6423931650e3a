"""Whether the workers live: each writes a row now and then, and staff pages say when one is late. Mends nothing."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import ColumnElement, Row, ScalarSelect, and_, exists, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import aliased

from core import clock
from core.database import DatabaseNotPreparedError, db
from core.models import Job, JobState, MailState, OutboxMessage, Queue, WorkerPulse

BEAT_SECONDS = 30.0
LATE = timedelta(minutes=3)  # six beats: a busy machine may miss a few
WAITS_LONG = timedelta(minutes=5)
WORKER = {Queue.QUICK: "The worker for mail and reminders", Queue.LONG: "The worker for recordings"}
MEANS = {
    Queue.QUICK: "No mail, reminder or calendar change leaves until it runs.",
    Queue.LONG: "No recording is transcribed until it runs.",
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
    row = db.session.execute(
        select(
            _beat_of(Queue.QUICK).label("quick_beat"),
            _beat_of(Queue.LONG).label("long_beat"),
            _mail_waiting(now).label("mail"),
            _job_waiting(Queue.QUICK, now).label("quick_job"),
            _job_waiting(Queue.LONG, now).label("long_job"),
        )
    ).one()
    found = [_alarm(queue, beat_at, now) for queue, beat_at in zip(Queue, (row.quick_beat, row.long_beat), strict=True)]
    return [alarm for alarm in found if alarm] or _behind(row)


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


def _behind(row: Row[*tuple[object, ...]]) -> list[Alarm]:
    """The workers live, and yet something waits that should not."""
    found = []
    if row.mail or row.quick_job:
        words = f"{WORKER[Queue.QUICK]} runs, but is late: something that was due has waited for over 5 minutes."
        found.append(Alarm(words, "Mails and reminders may leave late.", Queue.QUICK))
    if row.long_job:
        words = f"{WORKER[Queue.LONG]} runs, but does not take up what waits."
        found.append(Alarm(words, "Recordings may be transcribed late.", Queue.LONG))
    return found


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
    """A job that was due a while ago. A long one may have to wait for the one that runs."""
    waits = exists().where(Job.queue == queue, Job.state == JobState.PENDING, Job.run_after < now - WAITS_LONG)
    if queue is Queue.QUICK:
        return waits
    runs = exists().where(Job.queue == queue, Job.state == JobState.RUNNING, Job.lease_expires_at > now)
    return and_(waits, ~runs)


def _minutes(number: int) -> str:
    if number < 120:
        return f"{number} minutes"
    return f"{number // 60} hours" if number < 2880 else f"{number // 1440} days"
