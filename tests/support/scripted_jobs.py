"""Jobs that do, run after run, what a test says, and a look at their rows. Tests stand elsewhere."""

from collections.abc import Callable
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import func, select, update

from core import clock, jobs
from core.database import db
from core.leases import Work
from core.models import Job, MailState, OutboxMessage, Queue

JOB_NAME = "a job of these tests"
runs: list[Work] = []
pending_steps: list[Callable[[Work], None]] = []


@jobs.job(JOB_NAME, Queue.QUICK)
def run_next_step(work: Work) -> None:
    runs.append(work)
    if pending_steps:
        pending_steps.pop(0)(work)


def enqueue(subject: UUID, *steps: Callable[[Work], None]) -> UUID:
    """A committed job; `done` is what it does, run after run."""
    pending_steps.extend(steps)
    job_id = jobs.enqueue(JOB_NAME, subject).id
    db.session.commit()
    return job_id


def get_job(job_id: UUID) -> Job:
    db.session.rollback()
    return db.session.get_one(Job, job_id)


def update_in_another_process(app: Flask, **changes: object) -> None:
    """Change the job's row as another process would."""
    with db.engine.begin() as connection:
        connection.execute(update(Job).values(**changes))


def write_message(work: Work) -> None:
    with work.write_transaction():
        db.session.add(make_message())


def make_message() -> OutboxMessage:
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


def count_messages() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count(OutboxMessage.number))) or 0
