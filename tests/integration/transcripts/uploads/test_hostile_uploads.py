"""Hostile files from start to end: uploaded, assembled, checked, and refused with the reason."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.models import StaffMember
from accounts.roles import Role
from core.database import db
from core.models import Job, JobState
from tests.support import five_people, make, make_transcripts
from tests.support.hostile_files import HOSTILE_FILES
from tests.support.make_sound import write_sound_file
from tests.support.upload_steps import upload_file
from transcripts.models import Recording, RecordingState
from transcripts.recordings import recordings

SENT = ("a letter.mp3", "a playlist that names the password file.mp3", "cut before its index.mp4", "silent.flac")


@pytest.fixture
def ben() -> StaffMember:
    return make.staff("ben", Role.INTERVIEWER)


@pytest.fixture
def client(app: Flask, ben: StaffMember) -> FlaskClient:
    return five_people.sign_in_staff(app, ben.id)


def run_files_jobs() -> None:
    """Run the jobs for files; nothing is transcribed."""
    while due := db.session.scalars(
        select(Job.id).where(Job.state == JobState.PENDING, Job.name.in_(["join upload", "check recording"]))
    ).all():
        db.session.commit()
        make.run_listed_jobs(due)
    db.session.commit()


def test_each_is_set_aside_with_its_reason_and_the_worker_goes_on(
    client: FlaskClient, ben: StaffMember, tmp_path: Path
) -> None:
    booking = make_transcripts.booking(by=ben)
    hostile = [file for file in HOSTILE_FILES if file.name in SENT]
    for file in hostile:
        file.write(tmp_path / file.name)
        upload_file(client, booking, (tmp_path / file.name).read_bytes())
    upload_file(client, booking, write_sound_file(tmp_path / "good.mp3").read_bytes())

    run_files_jobs()

    *refused, good = db.session.scalars(select(Recording).order_by(Recording.position))
    assert [row.state for row in refused] == [RecordingState.REFUSED] * len(SENT)
    assert all(file.is_expected_refusal(row.refusal) for file, row in zip(hostile, refused, strict=True))
    assert all(recordings.get_storage().exists(row.storage_path) for row in refused)
    assert good.state is RecordingState.PLAYABLE


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("a.mp3", "audio/mpeg"),
        ("a.m4a", "audio/mp4"),
        ("a.wav", "audio/wav"),
        ("a.flac", "audio/flac"),
        ("a.ogg", "audio/ogg"),
        ("a.opus", "audio/ogg"),
        ("a.webm", "audio/webm"),
        ("zoom.mp4", "video/mp4"),
        ("teams.mp4", "video/mp4"),
        ("a.mov", "video/mp4"),
    ],
)
def test_each_kind_of_file_is_sent_and_found_sound(
    client: FlaskClient, ben: StaffMember, tmp_path: Path, name: str, media_type: str
) -> None:
    booking = make_transcripts.booking(by=ben)
    path = write_sound_file(
        tmp_path / name, video=media_type.startswith("video"), starts_at=0.5 if "teams" in name else 0.0
    )

    upload_file(client, booking, path.read_bytes())
    run_files_jobs()

    recording = db.session.scalars(select(Recording)).one()
    assert (recording.state, recording.refusal) == (RecordingState.PLAYABLE, "")
    assert recording.media_type == media_type
