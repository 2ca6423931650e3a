"""Jobs: asked for once, held by one, written only by the holder, taken up again after a kill."""

import threading
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from core import clock, jobs
from core.database import db
from core.errors import NotYetError, RuleError
from core.leases import LEASE_SECONDS, Work
from core.models import ACTIVE_JOB_STATES, Job, JobState, MailState, OutboxMessage, Queue
from tests import make

NAME = "a job of these tests"
runs: list[Work] = []
deeds: list[Callable[[Work], None]] = []


@jobs.job(NAME, Queue.QUICK)
def do_as_the_test_says(work: Work) -> None:
    runs.append(work)
    if deeds:
        deeds.pop(0)(work)


@pytest.fixture(autouse=True)
def fresh() -> None:
    runs.clear()
    deeds.clear()


@pytest.fixture
def subject(app: Flask) -> UUID:
    return uuid4()


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


def test_a_job_runs_and_is_done(app: Flask, subject: UUID) -> None:
    job_id = ask(subject, write_something)

    make.run_jobs()

    assert (row(job_id).state, row(job_id).progress, written()) == (JobState.DONE, 1.0, 1)


def test_a_job_that_is_done_does_not_run_again(app: Flask, subject: UUID) -> None:
    job_id = ask(subject)
    make.run_jobs()

    jobs.run(job_id)

    assert len(runs) == 1


def test_a_job_asked_for_twice_runs_once(app: Flask, subject: UUID) -> None:
    first = ask(subject)

    second = ask(subject)
    make.run_jobs()

    assert first == second
    assert len(runs) == 1


def test_a_job_asked_for_while_it_runs_runs_once_more(app: Flask, subject: UUID) -> None:
    def asked_for_twice(_work: Work) -> None:
        for number in (1, 2):
            jobs.request(NAME, subject, {"number": number})
            db.session.commit()

    ask(subject, asked_for_twice)

    make.run_jobs()

    assert [work.arguments for work in runs] == [{}, {"number": 2}]


def test_a_job_that_fails_while_it_is_wanted_again_runs_again(app: Flask, subject: UUID) -> None:
    def asked_for_then_fails(_work: Work) -> None:
        jobs.request(NAME, subject)
        db.session.commit()
        raise RuleError("This recording is not sound.")

    job_id = ask(subject, asked_for_then_fails)

    make.run_jobs()

    assert len(runs) == 2
    assert row(job_id).state is JobState.DONE


def test_nothing_is_written_by_a_worker_that_lost_its_lease(app: Flask, subject: UUID) -> None:
    somebody_else = uuid4()

    def taken_over(work: Work) -> None:
        elsewhere(app, lease_token=somebody_else)
        write_something(work)

    job_id = ask(subject, taken_over)

    make.run_jobs()

    assert written() == 0
    assert (row(job_id).state, row(job_id).lease_token) == (JobState.RUNNING, somebody_else)


def test_a_job_that_breaks_in_the_middle_leaves_nothing_half_written(app: Flask, subject: UUID) -> None:
    def breaks(work: Work) -> None:
        with work.writing():
            db.session.add(a_row_of_work())
            db.session.flush()
            raise ZeroDivisionError

    job_id = ask(subject, breaks)

    make.run_jobs()

    assert written() == 0
    assert row(job_id).state is JobState.FAILED
    assert "worker's log" in row(job_id).message


def test_a_broken_rule_is_told_in_its_own_words(app: Flask, subject: UUID) -> None:
    def refuses(_work: Work) -> None:
        raise RuleError("This recording is not sound.")

    job_id = ask(subject, refuses)

    make.run_jobs()

    assert (row(job_id).state, row(job_id).message) == (JobState.FAILED, "This recording is not sound.")


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


def test_a_job_that_waits_says_for_what_and_looks_again(app: Flask, subject: UUID) -> None:
    def missing(_work: Work) -> None:
        raise NotYetError("The weights are not here yet.")

    job_id = ask(subject, missing, missing)
    make.run_jobs()
    assert (row(job_id).state, row(job_id).message) == (JobState.WAITING, "The weights are not here yet.")

    for minutes in (2, 4):
        with clock.stopped_at(clock.now() + timedelta(minutes=minutes)):
            jobs.sweep()
            jobs.run(job_id)

    assert len(runs) == 3
    assert (row(job_id).state, row(job_id).message) == (JobState.DONE, "")


def test_a_waiting_job_runs_at_once_when_it_is_asked_for(app: Flask, subject: UUID) -> None:
    def missing(_work: Work) -> None:
        raise NotYetError("The weights are not here yet.")

    job_id = ask(subject, missing)
    make.run_jobs()

    ask(subject)
    jobs.run(job_id)

    assert row(job_id).state is JobState.DONE


def test_a_job_whose_worker_died_is_taken_up_again(app: Flask, subject: UUID) -> None:
    job_id = ask(subject)
    elsewhere(app, state=JobState.RUNNING, lease_token=uuid4(), lease_expires_at=clock.now(), attempts=1, progress=0.7)

    with clock.stopped_at(clock.now() + timedelta(seconds=1)):
        jobs.sweep()
        make.run_jobs()

    assert (row(job_id).state, row(job_id).attempts) == (JobState.DONE, 2)


def test_a_job_whose_lease_still_runs_is_left_alone(app: Flask, subject: UUID) -> None:
    job_id = ask(subject)
    expiry = clock.now() + timedelta(seconds=LEASE_SECONDS)
    elsewhere(app, state=JobState.RUNNING, lease_token=uuid4(), lease_expires_at=expiry)

    jobs.sweep()
    jobs.run(job_id)

    assert row(job_id).state is JobState.RUNNING
    assert runs == []


def test_a_job_that_kills_its_worker_each_time_is_given_up(app: Flask, subject: UUID) -> None:
    job_id = ask(subject)
    long_ago = clock.now() - timedelta(hours=1)
    elsewhere(app, state=JobState.RUNNING, lease_token=uuid4(), lease_expires_at=long_ago, attempts=jobs.MAX_ATTEMPTS)

    jobs.sweep()
    make.run_jobs()

    assert row(job_id).state is JobState.FAILED
    assert "Given up" in row(job_id).message
    assert runs == []


def test_a_job_cancelled_while_its_worker_was_dead_ends(app: Flask, subject: UUID) -> None:
    job_id = ask(subject)
    long_ago = clock.now() - timedelta(hours=1)
    elsewhere(app, state=JobState.RUNNING, lease_token=uuid4(), lease_expires_at=long_ago, cancel_requested=True)

    jobs.sweep()

    assert row(job_id).state is JobState.CANCELLED


def test_a_job_is_never_due_before_its_time(app: Flask, subject: UUID) -> None:
    job_id = ask(subject)
    elsewhere(app, run_after=clock.now() + timedelta(minutes=5))

    jobs.run(job_id)

    assert runs == []


def test_progress_is_seen_from_outside_while_it_runs(app: Flask, subject: UUID) -> None:
    seen: list[float] = []

    def reports(work: Work) -> None:
        work.report(0.25)
        with db.engine.connect() as connection:
            seen.append(connection.execute(select(Job.progress)).scalar_one())

    ask(subject, reports)

    make.run_jobs()

    assert seen == [0.25]


def in_threads(app: Flask, number: int, deed: Callable[[], object]) -> list[object]:
    """What each got, or the error that it met."""
    together, results = threading.Barrier(number), list[object]()

    def act() -> None:
        with app.app_context():
            together.wait()
            try:
                results.append(deed())
            except Exception as error:
                results.append(error)

    threads = [threading.Thread(target=act) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_twenty_who_ask_at_once_get_one_job(app: Flask, subject: UUID) -> None:
    def asked() -> UUID:
        job_id = jobs.request(NAME, subject).id
        db.session.commit()
        return job_id

    ids = in_threads(app, 20, asked)

    assert len(set(ids)) == 1
    active = select(func.count(Job.id)).where(Job.state.in_(ACTIVE_JOB_STATES))
    assert db.session.scalar(active) == 1


def test_twenty_who_ask_while_jobs_end_all_get_an_active_one(app: Flask, subject: UUID) -> None:
    def asked_and_run() -> UUID:
        job_id = jobs.request(NAME, subject).id
        db.session.commit()
        jobs.run(job_id)
        return job_id

    ids = in_threads(app, 20, asked_and_run)
    make.run_jobs()

    assert all(isinstance(job_id, UUID) for job_id in ids), ids
    assert set(db.session.scalars(select(Job.state))) == {JobState.DONE}


def test_two_workers_cannot_take_one_job(app: Flask, subject: UUID) -> None:
    job_id = ask(subject)

    in_threads(app, 8, lambda: jobs.run(job_id))

    assert len(runs) == 1


def test_a_periodic_task_that_breaks_stops_no_other(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    swept: list[int] = []

    def breaks() -> None:
        raise ZeroDivisionError

    added = [jobs.at_each_sweep(breaks), jobs.at_each_sweep(lambda: swept.append(1))]

    jobs.sweep()

    for function in added:
        jobs._at_each_sweep.remove(function)
    assert swept == [1]
    assert "breaks" in caplog.text
