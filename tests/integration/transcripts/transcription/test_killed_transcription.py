"""A real worker process that is killed or stopped during a transcription."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from accounts.roles import Role
from core import clock, jobs
from core.database import db, read_only_transactions
from core.models import Job, JobState
from core.settings import PROJECT_ROOT, Settings
from tests.support import five_people, make, make_interviews, make_transcripts
from transcripts.models import RecognitionCheckpoint, Transcript
from transcripts.recordings import processing_jobs

pytestmark = pytest.mark.one_database

STOP_SECONDS = 20.0
PATIENCE_SECONDS = 900.0  # a busy machine needs minutes to load torch and to find speech
LONG_SECONDS = 400.0  # three batches of windows
TEN_MINUTES = 600.0
KILLS = 20
LATEST, EARLY = 1.3, 0.6  # of the time to the first stored batch: later than it only while enough is left


@pytest.fixture
def temporary_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


def recording_to_transcribe(seconds: float, of: str = "Dev", by: str = "ben") -> UUID:
    contribution = make_transcripts.booking(None, make_interviews.interviewer(by), of).volunteer.contribution
    made = make_transcripts.recording(contribution, make_transcripts.speech_wav(seconds), model="samples/demo.pt")
    made.duration_seconds = seconds
    processing_jobs.enqueue_next_step(made)
    made_id = made.id
    db.session.commit()
    return made_id


@contextmanager
def long_worker(settings: Settings, temporary_folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    environment = {
        **os.environ,
        "LISTENING_POST_DATA_FOLDER": str(settings.data_folder),
        "LISTENING_POST_DATABASE_URL": settings.database_url,
        "LISTENING_POST_SECRET_KEY": settings.secret_key,
        "TMPDIR": str(temporary_folder),
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "core", "work", "long"]
    with (settings.data_folder / "worker.log").open("ab") as log:
        worker = subprocess.Popen(command, cwd=PROJECT_ROOT, env=environment, stdout=log, stderr=log)
        try:
            yield worker
        finally:
            worker.kill()
            worker.wait()


def wait_until(is_so: Callable[[Job], bool], recording_id: UUID) -> Job:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        with read_only_transactions():  # the worker must be able to write meanwhile
            job = jobs.find_latest(processing_jobs.TRANSCRIBE_JOB, recording_id)
            came = job is not None and is_so(job)
            db.session.rollback()
        if job is not None and came:
            return job
        time.sleep(0.2)
    raise AssertionError("It did not come to that in time.")


def is_in_the_middle(job: Job) -> bool:
    return job.state is JobState.RUNNING and job.progress > 0.1


def kept_windows() -> dict[UUID, int]:
    with read_only_transactions():
        kept = {row.id: row.number for row in db.session.scalars(select(RecognitionCheckpoint))}
        db.session.rollback()
    return kept


def take_up_again() -> None:
    """The sweep that comes when the dead worker's lease has run out."""
    with clock.freeze_at(clock.now() + timedelta(seconds=60)):
        jobs.sweep()
    db.session.rollback()


def transcript_of(recording_id: UUID) -> list[tuple[float, float, str, float | None]]:
    (made,) = db.session.scalars(select(Transcript).where(Transcript.recording_id == recording_id)).all()
    return [(row.start_seconds, row.end_seconds, row.text, row.temperature) for row in made.segments]


def test_a_killed_transcription_goes_on_with_the_next_windows(
    app: Flask, settings: Settings, temporary_folder: Path
) -> None:
    recording_id = recording_to_transcribe(LONG_SECONDS)
    with long_worker(settings, temporary_folder) as worker:
        wait_until(lambda _: len(kept_windows()) > 0, recording_id)
        worker.kill()
        worker.wait()
    left_by_the_dead = list(db.session.scalars(select(Transcript)))
    before = kept_windows()
    take_up_again()

    with long_worker(settings, temporary_folder):
        wait_until(lambda _: len(kept_windows()) > len(before), recording_id)
        between = kept_windows()
        job = wait_until(lambda job: job.state is JobState.DONE, recording_id)

    assert sorted(before.values()) == list(range(len(before)))
    assert before.items() <= between.items()
    assert job.attempts == 2
    assert kept_windows() == {}
    (transcript,) = db.session.scalars(select(Transcript)).all()
    positions = [segment.position for segment in transcript.segments]
    assert left_by_the_dead == []
    assert transcript.number == 1
    assert positions == list(range(len(positions)))
    assert len(positions) > 5
    assert transcript_of(recording_id)[0][0] < 20 < LONG_SECONDS - 40 < transcript_of(recording_id)[-1][1]
    assert list(temporary_folder.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite"])
def test_a_worker_that_is_killed_twenty_times_writes_the_same_transcript(
    app: Flask, settings: Settings, temporary_folder: Path
) -> None:
    undisturbed = recording_to_transcribe(TEN_MINUTES, of="Ann", by="fay")
    with long_worker(settings, temporary_folder):
        began = time.monotonic()
        wait_until(lambda _: len(kept_windows()) > 0, undisturbed)
        to_first_batch, batch = time.monotonic() - began, len(kept_windows())
        wait_until(lambda job: job.state is JobState.DONE, undisturbed)
    disturbed, moments = recording_to_transcribe(TEN_MINUTES), random.Random(KILLS)
    seen: dict[UUID, int] = {}
    for _ in range(KILLS):
        with long_worker(settings, temporary_folder) as worker:
            time.sleep(moments.uniform(0, to_first_batch * (LATEST if more_are_left_than(batch) else EARLY)))
            worker.kill()
            worker.wait()
        assert seen.items() <= kept_windows().items()  # nothing that was stored is stored again
        seen = kept_windows()
        assert is_unfinished(disturbed)
        if get_attempts(disturbed) >= jobs.MAX_ATTEMPTS - 1:
            reset_counts(disturbed)  # a job that kills its worker five times is given up; this one does not
        take_up_again()
    with long_worker(settings, temporary_folder):
        wait_until(lambda job: job.state is JobState.DONE, disturbed)

    assert seen
    assert transcript_of(disturbed) == transcript_of(undisturbed)
    assert [path for path in temporary_folder.rglob("*") if path.is_file()] == []  # torch makes a folder for itself


def more_are_left_than(windows: int) -> bool:
    with read_only_transactions():
        count = db.session.scalar(select(RecognitionCheckpoint.count).limit(1))
        db.session.rollback()
    return count is None or count - len(kept_windows()) > windows


def is_unfinished(recording_id: UUID) -> bool:
    job = jobs.find_latest(processing_jobs.TRANSCRIBE_JOB, recording_id)
    db.session.rollback()
    return job is not None and job.state is not JobState.DONE


def get_attempts(recording_id: UUID) -> int:
    job = jobs.find_latest(processing_jobs.TRANSCRIBE_JOB, recording_id)
    return job.attempts if job else 0


def reset_counts(recording_id: UUID) -> None:
    job = jobs.find_latest(processing_jobs.TRANSCRIBE_JOB, recording_id)
    assert job is not None
    job.attempts = 0
    db.session.commit()


@pytest.mark.slow
def test_a_running_transcription_stops_within_seconds_and_can_be_tried_again(
    app: Flask, settings: Settings, temporary_folder: Path
) -> None:
    amira = five_people.sign_in_staff(app, make.staff("amira", Role.COORDINATOR).id)
    recording_id = recording_to_transcribe(200)  # long enough not to be over before it is stopped
    with long_worker(settings, temporary_folder):
        wait_until(is_in_the_middle, recording_id)
        amira.post(f"/staff/recordings/{recording_id}/cancel")
        db.session.rollback()
        asked = time.monotonic()
        wait_until(lambda job: job.state is JobState.CANCELLED, recording_id)
        took = time.monotonic() - asked

    amira.post(f"/staff/recordings/{recording_id}/retry")

    job = jobs.find_latest(processing_jobs.TRANSCRIBE_JOB, recording_id)
    assert job is not None
    assert job.state is JobState.PENDING
    assert took < STOP_SECONDS
    assert db.session.scalars(select(Transcript)).all() == []
