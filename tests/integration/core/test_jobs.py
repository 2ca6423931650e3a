"""Jobs: enqueued once, leased to one worker, written only by that worker, requeued after a kill."""

import threading
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from core import clock, jobs
from core.database import db
from core.errors import NotReadyError, RuleError
from core.leases import LEASE_SECONDS, Work
from core.models import ACTIVE_JOB_STATES, Job, JobState
from tests.support import make
from tests.support.scripted_jobs import (
    JOB_NAME,
    count_messages,
    enqueue,
    get_job,
    make_message,
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


def test_a_job_runs_and_is_done(app: Flask, subject: UUID) -> None:
    job_id = enqueue(subject, write_message)

    make.run_jobs()

    assert (get_job(job_id).state, get_job(job_id).progress, count_messages()) == (JobState.DONE, 1.0, 1)


def test_a_job_that_is_done_does_not_run_again(app: Flask, subject: UUID) -> None:
    job_id = enqueue(subject)
    make.run_jobs()

    jobs.run(job_id)

    assert len(runs) == 1


def test_a_job_asked_for_twice_runs_once(app: Flask, subject: UUID) -> None:
    first = enqueue(subject)

    second = enqueue(subject)
    make.run_jobs()

    assert first == second
    assert len(runs) == 1


def test_a_job_asked_for_while_it_runs_runs_once_more(app: Flask, subject: UUID) -> None:
    def asked_for_twice(_work: Work) -> None:
        for number in (1, 2):
            jobs.enqueue(JOB_NAME, subject, {"number": number})
            db.session.commit()

    enqueue(subject, asked_for_twice)

    make.run_jobs()

    assert [work.arguments for work in runs] == [{}, {"number": 2}]


def test_a_job_that_fails_while_a_rerun_is_requested_runs_again(app: Flask, subject: UUID) -> None:
    def asked_for_then_fails(_work: Work) -> None:
        jobs.enqueue(JOB_NAME, subject)
        db.session.commit()
        raise RuleError("This recording is not sound.")

    job_id = enqueue(subject, asked_for_then_fails)

    make.run_jobs()

    assert len(runs) == 2
    assert get_job(job_id).state is JobState.DONE


def test_nothing_is_written_by_a_worker_that_lost_its_lease(app: Flask, subject: UUID) -> None:
    somebody_else = uuid4()

    def taken_over(work: Work) -> None:
        update_in_another_process(app, lease_token=somebody_else)
        write_message(work)

    job_id = enqueue(subject, taken_over)

    make.run_jobs()

    assert count_messages() == 0
    assert (get_job(job_id).state, get_job(job_id).lease_token) == (JobState.RUNNING, somebody_else)


def test_a_job_that_breaks_in_the_middle_leaves_nothing_half_written(app: Flask, subject: UUID) -> None:
    def breaks(work: Work) -> None:
        with work.write_transaction():
            db.session.add(make_message())
            db.session.flush()
            raise ZeroDivisionError

    job_id = enqueue(subject, breaks)

    make.run_jobs()

    assert count_messages() == 0
    assert get_job(job_id).state is JobState.FAILED
    assert "worker's log" in get_job(job_id).message


def test_a_broken_rule_is_reported_with_its_own_message(app: Flask, subject: UUID) -> None:
    def refuses(_work: Work) -> None:
        raise RuleError("This recording is not sound.")

    job_id = enqueue(subject, refuses)

    make.run_jobs()

    assert (get_job(job_id).state, get_job(job_id).message) == (JobState.FAILED, "This recording is not sound.")


def test_a_job_that_waits_says_for_what_and_looks_again(app: Flask, subject: UUID) -> None:
    def missing(_work: Work) -> None:
        raise NotReadyError("The weights are not here yet.")

    job_id = enqueue(subject, missing, missing)
    make.run_jobs()
    assert (get_job(job_id).state, get_job(job_id).message) == (JobState.WAITING, "The weights are not here yet.")

    for minutes in (2, 4):
        with clock.freeze_at(clock.now() + timedelta(minutes=minutes)):
            jobs.sweep()
            jobs.run(job_id)

    assert len(runs) == 3
    assert (get_job(job_id).state, get_job(job_id).message) == (JobState.DONE, "")


def test_a_waiting_job_runs_at_once_when_it_is_asked_for(app: Flask, subject: UUID) -> None:
    def missing(_work: Work) -> None:
        raise NotReadyError("The weights are not here yet.")

    job_id = enqueue(subject, missing)
    make.run_jobs()

    enqueue(subject)
    jobs.run(job_id)

    assert get_job(job_id).state is JobState.DONE


def test_a_job_whose_worker_died_is_taken_up_again(app: Flask, subject: UUID) -> None:
    job_id = enqueue(subject)
    update_in_another_process(
        app, state=JobState.RUNNING, lease_token=uuid4(), lease_expires_at=clock.now(), attempts=1, progress=0.7
    )

    with clock.freeze_at(clock.now() + timedelta(seconds=1)):
        jobs.sweep()
        make.run_jobs()

    assert (get_job(job_id).state, get_job(job_id).attempts) == (JobState.DONE, 2)


def test_a_job_whose_lease_still_runs_is_not_touched(app: Flask, subject: UUID) -> None:
    job_id = enqueue(subject)
    expiry = clock.now() + timedelta(seconds=LEASE_SECONDS)
    update_in_another_process(app, state=JobState.RUNNING, lease_token=uuid4(), lease_expires_at=expiry)

    jobs.sweep()
    jobs.run(job_id)

    assert get_job(job_id).state is JobState.RUNNING
    assert runs == []


def test_a_job_that_kills_its_worker_each_time_is_given_up(app: Flask, subject: UUID) -> None:
    job_id = enqueue(subject)
    long_ago = clock.now() - timedelta(hours=1)
    update_in_another_process(
        app, state=JobState.RUNNING, lease_token=uuid4(), lease_expires_at=long_ago, attempts=jobs.MAX_ATTEMPTS
    )

    jobs.sweep()
    make.run_jobs()

    assert get_job(job_id).state is JobState.FAILED
    assert "Failed after" in get_job(job_id).message
    assert runs == []


def test_a_job_is_never_due_before_its_time(app: Flask, subject: UUID) -> None:
    job_id = enqueue(subject)
    update_in_another_process(app, run_after=clock.now() + timedelta(minutes=5))

    jobs.run(job_id)

    assert runs == []


def test_progress_is_seen_from_outside_while_it_runs(app: Flask, subject: UUID) -> None:
    seen: list[float] = []

    def reports(work: Work) -> None:
        work.estimate_progress(0.25)
        with db.engine.connect() as connection:
            seen.append(connection.execute(select(Job.progress)).scalar_one())

    enqueue(subject, reports)

    make.run_jobs()

    assert seen == [0.25]


def in_threads(app: Flask, number: int, action: Callable[[], object]) -> list[object]:
    """What each got, or the error that it met."""
    barrier, results = threading.Barrier(number), list[object]()

    def act() -> None:
        with app.app_context():
            barrier.wait()
            try:
                results.append(action())
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
        job_id = jobs.enqueue(JOB_NAME, subject).id
        db.session.commit()
        return job_id

    ids = in_threads(app, 20, asked)

    assert len(set(ids)) == 1
    active = select(func.count(Job.id)).where(Job.state.in_(ACTIVE_JOB_STATES))
    assert db.session.scalar(active) == 1


def test_twenty_who_ask_while_jobs_end_all_get_an_active_one(app: Flask, subject: UUID) -> None:
    def asked_and_run() -> UUID:
        job_id = jobs.enqueue(JOB_NAME, subject).id
        db.session.commit()
        jobs.run(job_id)
        return job_id

    ids = in_threads(app, 20, asked_and_run)
    make.run_jobs()

    assert all(isinstance(job_id, UUID) for job_id in ids), ids
    assert set(db.session.scalars(select(Job.state))) == {JobState.DONE}


def test_two_workers_cannot_take_one_job(app: Flask, subject: UUID) -> None:
    job_id = enqueue(subject)

    in_threads(app, 8, lambda: jobs.run(job_id))

    assert len(runs) == 1


def test_a_periodic_task_that_breaks_stops_no_other(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    swept: list[int] = []

    def breaks() -> None:
        raise ZeroDivisionError

    added = [jobs.run_at_each_sweep(breaks), jobs.run_at_each_sweep(lambda: swept.append(1))]

    jobs.sweep()

    for function in added:
        jobs._sweep_functions.remove(function)
    assert swept == [1]
    assert "breaks" in caplog.text


def test_a_job_for_later_waits_and_the_earliest_of_several_times_counts(app: Flask, subject: UUID) -> None:
    now = clock.now()
    job = jobs.enqueue(JOB_NAME, subject, not_before=now + timedelta(minutes=3))
    jobs.enqueue(JOB_NAME, subject, not_before=now + timedelta(minutes=9))
    make.run_jobs()
    early = len(runs)

    with clock.freeze_at(now + timedelta(minutes=4)):
        make.run_jobs()

    assert (early, len(runs), get_job(job.id).state) == (0, 1, JobState.DONE)


def test_a_job_asked_for_later_while_it_runs_waits_until_then(app: Flask, subject: UUID) -> None:
    def asked_for_later(_work: Work) -> None:
        for minutes in (9, 3):
            jobs.enqueue(JOB_NAME, subject, not_before=clock.now() + timedelta(minutes=minutes))
            db.session.commit()

    job_id = enqueue(subject, asked_for_later)
    make.run_jobs()
    early = len(runs)

    with clock.freeze_at(clock.now() + timedelta(minutes=4)):
        make.run_jobs()

    assert (early, len(runs), get_job(job_id).state) == (1, 2, JobState.DONE)
