"""Real worker processes: killed in the middle, and two side by side."""

from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import update

from core import clock, jobs
from core.database import db
from core.mail import Mail
from core.models import Job, JobState, Queue
from core.outbox import queue_mail
from core.settings import Settings
from tests.support import make_transcripts
from tests.support.mail_server import SmtpMailbox, find_free_port, run_mail_server
from tests.support.slow_job_app import SLOW_JOB
from tests.support.workers import run_worker, wait_until
from transcripts.models import Recording, RecordingState
from transcripts.recordings import processing_jobs

MOST_SECONDS_FOR_A_MAIL = 10.0
MOST_SECONDS_FOR_A_CHECK = 60.0


@pytest.fixture
def slow(app: Flask, tmp_path: Path) -> Job:
    """A job that runs until the file `end` is in the test's folder."""
    row = jobs.enqueue(SLOW_JOB, uuid4(), {"folder": str(tmp_path)})
    db.session.commit()
    return row


def beginnings(folder: Path) -> int:
    path = folder / "begun"
    return len(path.read_text().splitlines()) if path.exists() else 0


def state_of(row: Job) -> JobState:
    db.session.rollback()
    db.session.refresh(row)
    state = row.state
    db.session.rollback()
    return state


def test_a_job_whose_worker_was_killed_is_taken_up_by_the_next(slow: Job, settings: Settings, tmp_path: Path) -> None:
    with run_worker(settings, Queue.LONG) as killed:
        wait_until(lambda: beginnings(tmp_path) == 1)
        killed.kill()
        killed.wait()
    assert state_of(slow) is JobState.RUNNING
    db.session.execute(update(Job).values(lease_expires_at=clock.now() - timedelta(seconds=1)))
    db.session.commit()
    (tmp_path / "end").touch()

    with run_worker(settings, Queue.LONG):
        jobs.sweep()
        wait_until(lambda: state_of(slow) is JobState.DONE)

    assert slow.attempts == 2
    assert beginnings(tmp_path) == 2


def test_the_worker_that_lives_keeps_its_job(slow: Job, settings: Settings, tmp_path: Path) -> None:
    with run_worker(settings, Queue.LONG):
        wait_until(lambda: beginnings(tmp_path) == 1)
        db.session.rollback()
        before = db.session.get_one(Job, slow.id, populate_existing=True).lease_expires_at
        db.session.rollback()

        def is_renewed() -> bool:
            db.session.rollback()
            after = db.session.get_one(Job, slow.id, populate_existing=True).lease_expires_at
            db.session.rollback()
            return before is not None and after is not None and after > before

        wait_until(is_renewed)
        (tmp_path / "end").touch()
        wait_until(lambda: state_of(slow) is JobState.DONE)

    assert slow.attempts == 1


@pytest.mark.one_database
def test_a_mail_leaves_within_ten_seconds_while_a_long_job_runs(slow: Job, settings: Settings, tmp_path: Path) -> None:
    mailbox = SmtpMailbox(port=find_free_port())
    smtp = {"SMTP_URL": mailbox.url}
    with run_mail_server(mailbox), run_worker(settings, Queue.LONG), run_worker(settings, Queue.QUICK, **smtp):
        wait_until(lambda: beginnings(tmp_path) == 1)
        queue_mail(Mail("first@home.example", "First", "Hello\n", "<p>Hello</p>"))
        db.session.commit()
        wait_until(lambda: mailbox.subjects == ["First"])  # both workers are up from here on

        queue_mail(Mail("dev@home.example", "Your interview", "Hello\n", "<p>Hello</p>"))
        db.session.commit()
        seconds = wait_until(lambda: len(mailbox.messages) == 2)

        assert state_of(slow) is JobState.RUNNING
    assert seconds < MOST_SECONDS_FOR_A_MAIL


@pytest.mark.one_database
def test_a_recording_is_checked_within_a_minute_while_a_long_job_runs(
    slow: Job, settings: Settings, tmp_path: Path
) -> None:
    recording = make_transcripts.recording(state=RecordingState.RECEIVED)
    db.session.commit()

    def is_checked() -> bool:
        db.session.rollback()
        return db.session.get_one(Recording, recording.id, populate_existing=True).state is RecordingState.PLAYABLE

    with run_worker(settings, Queue.LONG), run_worker(settings, Queue.FILES) as files:
        wait_until(lambda: beginnings(tmp_path) == 1)

        processing_jobs.enqueue_next_step(recording)
        db.session.commit()
        seconds = wait_until(is_checked)

        assert state_of(slow) is JobState.RUNNING
        assert "torch" not in Path(f"/proc/{files.pid}/maps").read_text()
    assert seconds < MOST_SECONDS_FOR_A_CHECK
