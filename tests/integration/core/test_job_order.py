"""Of what is due in a queue the job whose turn it is runs, whatever was handed over; none is lost or run twice."""

import threading
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask

from core import clock, job_order, jobs
from core.database import db
from core.errors import NotReadyError
from core.huey_queues import current_queues
from core.leases import Work
from core.models import Job, JobState, Queue
from transcripts.recordings import processing_jobs

NAME = "a job that waits for its turn"
OF_FILES = "a job of files"
THREADS = 4
ran: list[UUID] = []
waiting: set[UUID] = set()


@jobs.job(NAME, Queue.LONG)
def record_run(work: Work) -> None:
    if work.subject_id in waiting:
        raise NotReadyError("Not yet.")
    ran.append(work.subject_id)


has_begun, may_finish = threading.Event(), threading.Event()


@jobs.job(OF_FILES, Queue.FILES)
def wait_for_release(work: Work) -> None:
    ran.append(work.subject_id)
    if work.arguments.get("lasts"):
        has_begun.set()
        assert may_finish.wait(30)


@pytest.fixture(autouse=True)
def fresh(app: Flask) -> None:
    ran.clear()
    waiting.clear()


def ask(rank: float, *, minutes_ago: float = 0.0) -> UUID:
    subject = uuid4()
    with clock.freeze_at(clock.now() - timedelta(minutes=minutes_ago)):
        jobs.enqueue(NAME, subject, priority=rank)
    db.session.commit()
    return subject


def run_all() -> None:
    while jobs.run_next(Queue.LONG):
        pass


def test_the_smallest_runs_first_and_age_counts_against_length() -> None:
    long, short, chosen, at_once = ask(7200.0), ask(60.0), ask(job_order.HIGHEST), ask(job_order.IMMEDIATE)
    old = ask(7200.0, minutes_ago=180)

    run_all()

    assert ran == [chosen, at_once, old, short, long]


def test_a_wake_up_for_one_job_runs_the_first_in_the_queue(app: Flask) -> None:
    ask(7200.0)
    short = ask(60.0)
    huey, wake_up = current_queues()._open_queue(Queue.LONG)
    del wake_up

    task = huey.dequeue()  # what was handed over for the long one
    huey.execute(task)

    assert ran == [short]


def test_one_that_has_to_wait_lets_the_next_go_first_and_comes_again() -> None:
    first, second = ask(60.0), ask(120.0)
    waiting.add(first)

    run_all()
    waiting.clear()
    with clock.freeze_at(clock.now() + timedelta(minutes=2)):
        run_all()

    assert ran == [second, first]


def test_several_workers_at_once_run_each_job_once(app: Flask) -> None:
    asked = {ask(float(number + 1)) for number in range(12)}

    def work() -> None:
        with app.app_context():
            run_all()

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run_all()

    assert len(ran) == len(asked)
    assert set(ran) == asked


def test_asking_again_with_a_rank_moves_a_job_and_without_one_leaves_it(app: Flask) -> None:
    later, sooner = ask(7200.0), ask(60.0)
    jobs.enqueue(NAME, sooner)
    jobs.enqueue(NAME, later, priority=job_order.HIGHEST)
    db.session.commit()

    run_all()

    assert ran == [later, sooner]


def test_positions_count_only_waiting_jobs() -> None:
    long, short, blocked = ask(7200.0), ask(60.0), ask(30.0)
    waiting.add(blocked)
    jobs.run_next(Queue.LONG)

    positions = job_order.find_queue_positions(Queue.LONG)

    subjects = {job.subject_id: positions.get(job.id) for job in db.session.scalars(db.select(Job))}
    assert subjects == {short: 1, long: 2, blocked: None}


def test_a_check_that_was_stored_before_checks_had_a_queue_of_their_own_moves_there(app: Flask) -> None:
    job_id = jobs.enqueue(processing_jobs.CHECK_JOB, uuid4()).id
    db.session.get_one(Job, job_id).queue = Queue.LONG
    db.session.commit()

    jobs.sweep()

    assert db.session.get_one(Job, job_id).queue is Queue.FILES


def test_a_job_of_another_queue_is_left_to_its_worker(app: Flask) -> None:
    job_id = jobs.enqueue(processing_jobs.CHECK_JOB, uuid4()).id
    db.session.commit()

    assert jobs.run_next(Queue.LONG) is False
    assert db.session.get_one(Job, job_id).state is JobState.PENDING


def test_a_file_is_checked_while_a_long_copy_is_made_and_only_one_such_copy_at_a_time(app: Flask) -> None:
    has_begun.clear()
    may_finish.clear()
    work_on = current_queues()._build_task(Queue.FILES)
    first, second, check = uuid4(), uuid4(), uuid4()
    jobs.enqueue(OF_FILES, first, {"lasts": True}, priority=10_000.0)
    db.session.commit()
    copying = threading.Thread(target=work_on, args=("",))
    copying.start()
    assert has_begun.wait(30)
    for subject, rank in ((second, 20_000.0), (check, job_order.IMMEDIATE)):
        jobs.enqueue(OF_FILES, subject, priority=rank)
    db.session.commit()

    for _ in range(2):
        work_on("")
    while_copying = list(ran)
    may_finish.set()
    copying.join()

    assert while_copying == [first, check]
    assert ran == [first, check, second]
