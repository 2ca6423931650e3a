"""Jobs that somebody stops: before, while and after they run, and asked for again meanwhile."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask

from core import clock, jobs
from core.database import db
from core.errors import NotReadyError
from core.leases import Work
from core.models import Job, JobState
from tests.support import make
from tests.support.scripted_jobs import (
    JOB_NAME,
    count_messages,
    enqueue,
    get_job,
    pending_steps,
    runs,
    update_in_another_process,
    write_message,
)


@pytest.fixture(autouse=True)
def fresh() -> None:
    runs.clear()
    pending_steps.clear()


@pytest.fixture
def subject(app: Flask) -> UUID:
    return uuid4()


def test_a_running_job_stops_when_it_is_cancelled(app: Flask, subject: UUID) -> None:
    def cancelled_meanwhile(work: Work) -> None:
        update_in_another_process(app, cancel_requested=True)
        work.estimate_progress(0.5)
        write_message(work)

    job_id = enqueue(subject, cancelled_meanwhile)

    make.run_jobs()

    assert count_messages() == 0
    assert get_job(job_id).state is JobState.CANCELLED


def test_a_job_that_has_not_begun_is_cancelled_at_once(app: Flask, subject: UUID) -> None:
    job_id = enqueue(subject)

    jobs.cancel(get_job(job_id))
    make.run_jobs()

    assert get_job(job_id).state is JobState.CANCELLED
    assert runs == []


def test_cancelling_a_job_that_a_worker_took_a_moment_ago_asks_it_to_stop(app: Flask, subject: UUID) -> None:
    job_id = enqueue(subject)
    seen_by_staff = get_job(job_id)
    assert seen_by_staff.state is JobState.PENDING
    if db.engine.dialect.name == "sqlite":
        db.session.rollback()  # SQLite allows only one writer
    update_in_another_process(app, state=JobState.RUNNING, lease_token=uuid4())

    jobs.cancel(seen_by_staff)
    db.session.commit()

    assert (get_job(job_id).state, get_job(job_id).cancel_requested) == (JobState.RUNNING, True)


def test_after_a_cancelled_job_a_new_one_can_be_asked_for(app: Flask, subject: UUID) -> None:
    first = enqueue(subject)
    jobs.cancel(get_job(first))

    second = enqueue(subject)
    make.run_jobs()

    assert first != second
    assert get_job(second).state is JobState.DONE


def test_a_job_asked_for_while_it_is_being_stopped_runs_again(app: Flask, subject: UUID) -> None:
    def cancelled_and_asked_for(work: Work) -> None:
        jobs.cancel(db.session.get_one(Job, work.job_id))
        db.session.commit()
        jobs.enqueue(JOB_NAME, subject)
        db.session.commit()
        write_message(work)

    job_id = enqueue(subject, cancelled_and_asked_for, write_message)

    make.run_jobs()

    assert (get_job(job_id).state, len(runs), count_messages()) == (JobState.DONE, 2, 1)


def test_a_job_asked_for_and_then_stopped_stays_stopped(app: Flask, subject: UUID) -> None:
    def asked_for_and_cancelled(work: Work) -> None:
        jobs.enqueue(JOB_NAME, subject)
        db.session.commit()
        jobs.cancel(db.session.get_one(Job, work.job_id))
        db.session.commit()
        write_message(work)

    job_id = enqueue(subject, asked_for_and_cancelled)

    make.run_jobs()

    assert (get_job(job_id).state, len(runs)) == (JobState.CANCELLED, 1)


def test_a_job_that_finds_something_missing_while_it_is_being_stopped_does_not_wait(app: Flask, subject: UUID) -> None:
    def missing(work: Work) -> None:
        jobs.cancel(db.session.get_one(Job, work.job_id))
        db.session.commit()
        raise NotReadyError("The weights are not here yet.")

    job_id = enqueue(subject, missing)

    make.run_jobs()

    assert get_job(job_id).state is JobState.CANCELLED


def test_a_job_cancelled_while_its_worker_was_dead_ends(app: Flask, subject: UUID) -> None:
    job_id = enqueue(subject)
    long_ago = clock.now() - timedelta(hours=1)
    update_in_another_process(
        app, state=JobState.RUNNING, lease_token=uuid4(), lease_expires_at=long_ago, cancel_requested=True
    )

    jobs.sweep()

    assert get_job(job_id).state is JobState.CANCELLED
