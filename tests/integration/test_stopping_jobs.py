"""Jobs that somebody stops: before, while and after they run, and asked for again meanwhile."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask

from core import clock, jobs
from core.database import db
from core.errors import NotYetError
from core.leases import Work
from core.models import Job, JobState
from tests import make
from tests.asked_jobs import NAME, ask, deeds, elsewhere, row, runs, write_something, written


@pytest.fixture(autouse=True)
def fresh() -> None:
    runs.clear()
    deeds.clear()


@pytest.fixture
def subject(app: Flask) -> UUID:
    return uuid4()


def test_a_running_job_stops_when_it_is_cancelled(app: Flask, subject: UUID) -> None:
    def cancelled_meanwhile(work: Work) -> None:
        elsewhere(app, cancel_requested=True)
        work.report(0.5)
        write_something(work)

    job_id = ask(subject, cancelled_meanwhile)

    make.run_jobs()

    assert written() == 0
    assert row(job_id).state is JobState.CANCELLED


def test_a_job_that_has_not_begun_is_cancelled_at_once(app: Flask, subject: UUID) -> None:
    job_id = ask(subject)

    jobs.cancel(row(job_id))
    make.run_jobs()

    assert row(job_id).state is JobState.CANCELLED
    assert runs == []


def test_cancelling_a_job_that_a_worker_took_a_moment_ago_asks_it_to_stop(app: Flask, subject: UUID) -> None:
    job_id = ask(subject)
    seen_by_staff = row(job_id)
    assert seen_by_staff.state is JobState.PENDING
    if db.engine.dialect.name == "sqlite":
        db.session.rollback()  # there, whoever may write is alone
    elsewhere(app, state=JobState.RUNNING, lease_token=uuid4())

    jobs.cancel(seen_by_staff)
    db.session.commit()

    assert (row(job_id).state, row(job_id).cancel_requested) == (JobState.RUNNING, True)


def test_after_a_cancelled_job_a_new_one_can_be_asked_for(app: Flask, subject: UUID) -> None:
    first = ask(subject)
    jobs.cancel(row(first))

    second = ask(subject)
    make.run_jobs()

    assert first != second
    assert row(second).state is JobState.DONE


def test_a_job_asked_for_while_it_is_being_stopped_runs_again(app: Flask, subject: UUID) -> None:
    def cancelled_and_asked_for(work: Work) -> None:
        jobs.cancel(db.session.get_one(Job, work.job_id))
        db.session.commit()
        jobs.request(NAME, subject)
        db.session.commit()
        write_something(work)

    job_id = ask(subject, cancelled_and_asked_for, write_something)

    make.run_jobs()

    assert (row(job_id).state, len(runs), written()) == (JobState.DONE, 2, 1)


def test_a_job_asked_for_and_then_stopped_stays_stopped(app: Flask, subject: UUID) -> None:
    def asked_for_and_cancelled(work: Work) -> None:
        jobs.request(NAME, subject)
        db.session.commit()
        jobs.cancel(db.session.get_one(Job, work.job_id))
        db.session.commit()
        write_something(work)

    job_id = ask(subject, asked_for_and_cancelled)

    make.run_jobs()

    assert (row(job_id).state, len(runs)) == (JobState.CANCELLED, 1)


def test_a_job_that_finds_something_missing_while_it_is_being_stopped_does_not_wait(app: Flask, subject: UUID) -> None:
    def missing(work: Work) -> None:
        jobs.cancel(db.session.get_one(Job, work.job_id))
        db.session.commit()
        raise NotYetError("The weights are not here yet.")

    job_id = ask(subject, missing)

    make.run_jobs()

    assert row(job_id).state is JobState.CANCELLED


def test_a_job_cancelled_while_its_worker_was_dead_ends(app: Flask, subject: UUID) -> None:
    job_id = ask(subject)
    long_ago = clock.now() - timedelta(hours=1)
    elsewhere(app, state=JobState.RUNNING, lease_token=uuid4(), lease_expires_at=long_ago, cancel_requested=True)

    jobs.sweep()

    assert row(job_id).state is JobState.CANCELLED
