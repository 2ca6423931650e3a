"""Staff pages say when a worker is late, and nothing when all is well."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from accounts.roles import Role
from core import clock, worker_health
from core.database import db
from core.mail import Mail
from core.models import Job, JobState, Queue, WorkerHeartbeat
from core.outbox import queue_mail
from core.settings import Settings
from tests.support import five_people, make, scripted_jobs
from tests.support.workers import run_worker, wait_until

PAGE = "/staff"
OF_MAIL, OF_RECORDINGS = "The worker for email and reminders", "The worker for transcription"


@pytest.fixture
def ben(app: Flask, client: FlaskClient) -> FlaskClient:
    member = make.staff("ben", Role.INTERVIEWER)
    five_people.switch_to_staff(client, member.id)
    return client


def both_live() -> None:
    for queue in Queue:
        worker_health.record_heartbeat(queue)


def some_minutes_later(page: Callable[[], str], minutes: float) -> str:
    with clock.freeze_at(clock.now() + timedelta(minutes=minutes)):
        return page()


def test_a_fresh_installation_says_that_no_worker_was_started(ben: FlaskClient) -> None:
    page = ben.get(PAGE).text

    assert f"{OF_MAIL} has not been started." in page
    assert f"{OF_RECORDINGS} has not been started." in page


def test_no_alarm_while_both_workers_live(ben: FlaskClient) -> None:
    both_live()

    page = some_minutes_later(lambda: ben.get(PAGE).text, 2)

    assert "The worker" not in page


def test_a_worker_that_is_silent_for_three_minutes_is_named_with_what_it_means(ben: FlaskClient) -> None:
    both_live()

    page = some_minutes_later(lambda: ben.get(PAGE).text, 10)

    assert f"{OF_MAIL} has not responded for 10 minutes." in page
    assert "No emails, reminders or calendar changes are sent until it runs." in page


def test_only_the_worker_that_is_late_is_named(ben: FlaskClient) -> None:
    both_live()
    late = clock.now() + timedelta(minutes=4)
    with clock.freeze_at(late):
        worker_health.record_heartbeat(Queue.QUICK)

    with clock.freeze_at(late):
        page = ben.get(PAGE).text

    assert OF_RECORDINGS in page
    assert OF_MAIL not in page


def a_mail() -> Mail:
    return Mail(recipient="dev@home.example", subject="Your interview", text="Hello\n", html="<p>Hello</p>")


def test_mail_that_waits_although_the_worker_lives_is_an_alarm(ben: FlaskClient) -> None:
    queue_mail(a_mail())
    later = clock.now() + timedelta(minutes=6)
    with clock.freeze_at(later):
        both_live()

    with clock.freeze_at(later):
        page = ben.get(PAGE).text

    assert f"{OF_MAIL} is running late" in page


def test_mail_that_waits_for_its_next_attempt_and_what_is_behind_it_is_no_alarm(ben: FlaskClient) -> None:
    first = queue_mail(a_mail())
    queue_mail(a_mail())
    later = clock.now() + timedelta(minutes=30)
    first.next_attempt_at = later + timedelta(minutes=20)
    for job in db.session.scalars(db.select(Job)):
        job.state = JobState.DONE
    with clock.freeze_at(later):
        both_live()

    with clock.freeze_at(later):
        page = ben.get(PAGE).text

    assert "The worker" not in page


def test_a_recording_may_wait_for_the_one_before_it(ben: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    later = clock.now() + timedelta(hours=1)
    for state, lease in ((JobState.PENDING, None), (JobState.RUNNING, later + timedelta(seconds=20))):
        job = db.session.get_one(Job, scripted_jobs.enqueue(scripted_jobs.make_message().recipient_id))
        job.queue, job.state, job.lease_expires_at = Queue.LONG, state, lease
    with clock.freeze_at(later):
        both_live()

    with clock.freeze_at(later):
        page = ben.get(PAGE).text

    assert "The worker" not in page


def test_the_alarm_costs_one_query(app: Flask) -> None:
    both_live()
    statements: list[str] = []

    def note(*arguments: Any) -> None:
        statements.append(arguments[2])

    event.listen(db.engine, "before_cursor_execute", note)
    worker_health.list_alarms()
    event.remove(db.engine, "before_cursor_execute", note)

    assert len([words for words in statements if words.startswith("SELECT")]) == 1


def test_somebody_who_is_not_signed_in_sees_no_alarm(client: FlaskClient) -> None:
    page = client.get("/sign-in").text

    assert "The worker" not in page


@pytest.mark.one_database
@pytest.mark.parametrize("queue", list(Queue))
def test_a_worker_shows_that_it_lives_as_soon_as_it_starts(app: Flask, settings: Settings, queue: Queue) -> None:
    def lives() -> bool:
        db.session.rollback()
        return db.session.get(WorkerHeartbeat, queue) is not None

    with run_worker(settings, queue):
        wait_until(lives)

    assert lives()
