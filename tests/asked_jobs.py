"""Jobs that do, run after run, what a test says, and a look at their rows. Tests stand elsewhere."""

from collections.abc import Callable
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import func, select, update

from core import clock, jobs
from core.database import db
from core.leases import Work
from core.models import Job, MailState, OutboxMessage, Queue

NAME = "a job of these tests"
runs: list[Work] = []
deeds: list[Callable[[Work], None]] = []


@jobs.job(NAME, Queue.QUICK)
def do_as_the_test_says(work: Work) -> None:
    runs.append(work)
    if deeds:
        deeds.pop(0)(work)


def ask(subject: UUID, *done: Callable[[Work], None]) -> UUID:
    """A committed job; `done` is what it does, run after run."""
    deeds.extend(done)
    job_id = jobs.request(NAME, subject).id
    db.session.commit()
    return job_id


def row(job_id: UUID) -> Job:
    db.session.rollback()
    return db.session.get_one(Job, job_id)


def elsewhere(app: Flask, **changes: object) -> None:
    """Change the job's row as another process would."""
    with db.engine.begin() as connection:
        connection.execute(update(Job).values(**changes))


def write_something(work: Work) -> None:
    with work.writing():
        db.session.add(a_row_of_work())


def a_row_of_work() -> OutboxMessage:
    now = clock.now()
    return OutboxMessage(
        recipient="x@y.example",
        recipient_id=uuid4(),
        subject="written",
        text="",
        html="",
        state=MailState.DRAFT,
        next_attempt_at=now,
        created_at=now,
    )


def written() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count(OutboxMessage.number))) or 0
