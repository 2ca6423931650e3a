"""The small copy that is played: made once, of any recording, and never half of it; the original stays."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import av
import pytest
from flask import Flask
from sqlalchemy import select

from accounts.roles import Role
from core import jobs
from core.database import db
from core.models import Job, JobState
from core.settings import PROJECT_ROOT, Settings
from tests.support import five_people, make, make_sound, make_transcripts
from transcripts.audio import listening_copies
from transcripts.audio.audio_facts import UnusableRecordingError
from transcripts.audio.listening_encoder import ListeningCopy
from transcripts.models import Recording, RecordingState
from transcripts.recordings.recordings import get_storage

pytestmark = pytest.mark.one_database

RUN = """
import sys
from uuid import UUID

from core import jobs
from wsgi import create_app

with create_app().app_context():
    jobs.run(UUID(sys.argv[1]))
"""


def make_copy(recording: Recording) -> Recording:
    """After the job has run."""
    job_id = jobs.enqueue(listening_copies.MAKE_COPY_JOB, recording.id).id
    db.session.commit()
    jobs.run(job_id)
    db.session.rollback()
    return db.session.get_one(Recording, recording.id)


def encode_copy(sound: bytes, channels: int = 1) -> tuple[bytes, list[int]]:
    copy = ListeningCopy(io.BytesIO(sound), seconds=4.0, channels=channels, on_progress=lambda _share: None)
    encoded = b"".join(iter(copy.read, b""))
    return encoded, copy.peaks


@pytest.mark.parametrize(
    ("ending", "loudness", "channels"), [("m4a", (0.3, 0.0), 2), ("wav", (0.3,), 1), ("webm", (0.2, 0.4), 2)]
)
def test_the_copy_is_opus_with_the_channels_and_the_length_of_the_recording(
    tmp_path: Path, ending: str, loudness: tuple[float, ...], channels: int
) -> None:
    sound = make_sound.write_sound_file(tmp_path / f"a.{ending}", seconds=4.0, loudness=loudness).read_bytes()

    encoded, peaks = encode_copy(sound, channels)

    with av.open(io.BytesIO(encoded), "r") as container:
        stream = container.streams.audio[0]
        assert (stream.codec_context.name, stream.codec_context.channels) == ("opus", channels)
        assert container.duration is not None
        assert abs(container.duration / av.time_base - 4.0) < 0.1
    assert len(encoded) < 4.0 * channels * 4000 + 5000
    assert (len(peaks) > 1900, max(peaks), min(peaks) >= 0) == (True, 100, True)


def test_sound_that_starts_late_starts_as_late_in_the_copy(tmp_path: Path) -> None:
    sound = make_sound.write_sound_file(tmp_path / "a.mp4", seconds=2.0, starts_at=2.0, video=True).read_bytes()

    peaks = encode_copy(sound)[1]

    assert max(peaks[: len(peaks) * 2 // 5]) == 0
    assert max(peaks[len(peaks) * 3 // 5 :]) == 100


def test_what_is_not_sound_makes_no_copy() -> None:
    with pytest.raises(UnusableRecordingError):
        encode_copy(b"#EXTM3U\n/etc/passwd\n" * 100)


def test_a_copy_is_made_once_and_kept_encrypted_beside_the_original(app: Flask, settings: Settings) -> None:
    recording = make_transcripts.recording(sound=make_transcripts.tone_wav())

    first = make_copy(recording)
    path, size = first.listening_path, first.listening_size_bytes
    again = make_copy(recording)

    assert path is not None
    assert (again.listening_path, again.listening_size_bytes, again.listening_media_type) == (path, size, "audio/ogg")
    assert get_storage().read_range(path, 0, 4) == b"OggS"
    assert sorted(get_storage().list_paths()) == sorted([path, recording.storage_path])
    assert b"OggS" not in (settings.data_folder / "storage" / path).read_bytes()


def test_a_sweep_asks_for_what_nobody_asked_for_and_leaves_what_failed(app: Flask) -> None:
    older = make_transcripts.recording(sound=make_transcripts.tone_wav())
    make_transcripts.recording(older.contribution, sound=b"not looked at yet", state=RecordingState.RECEIVED)
    broken = make_transcripts.recording(older.contribution, sound=b"no longer sound")
    db.session.commit()

    listening_copies.enqueue_missing()
    db.session.commit()
    ours = select(Job).where(Job.name == listening_copies.MAKE_COPY_JOB)
    asked = {row.subject_id for row in db.session.scalars(ours)}
    for job_id in [row.id for row in db.session.scalars(ours)]:
        jobs.run(job_id)
    listening_copies.enqueue_missing()

    job = jobs.find_latest(listening_copies.MAKE_COPY_JOB, broken.id)
    assert asked == {older.id, broken.id}
    assert len(db.session.scalars(ours).all()) == 2
    assert job is not None
    assert (job.state, "so we play the original" in job.message) == (JobState.FAILED, True)


@pytest.mark.slow
def test_a_maker_that_is_killed_leaves_no_file_behind(app: Flask, settings: Settings) -> None:
    recording = make_transcripts.recording(sound=make_transcripts.speech_wav(120))
    job_id, recording_id = jobs.enqueue(listening_copies.MAKE_COPY_JOB, recording.id).id, recording.id
    db.session.commit()
    maker = subprocess.Popen([sys.executable, "-c", RUN, str(job_id)], cwd=PROJECT_ROOT, env=make_environ(settings))
    wait_until_it_writes(settings)

    maker.send_signal(signal.SIGKILL)
    maker.wait()
    db.session.execute(db.update(Job).values(state=JobState.PENDING, lease_token=None))
    db.session.commit()
    jobs.run(job_id)
    get_storage().remove_abandoned_writes(older_than_seconds=-60, now=time.time())

    db.session.rollback()
    row = db.session.get_one(Recording, recording_id)
    assert row.listening_size_bytes
    assert sorted(get_storage().list_paths()) == sorted([row.storage_path, row.listening_path or ""])


def test_five_people_at_copy_original_and_wave(app: Flask) -> None:
    ben = make.staff("ben", Role.INTERVIEWER)
    booking = make_transcripts.booking(by=ben)
    sound = make_transcripts.tone_wav()
    recording = make_copy(make_transcripts.recording(booking.volunteer.contribution, sound=sound))
    roles = {"amira": [Role.COORDINATOR], "gil": [Role.INTERVIEWER], "cara": [Role.REVIEWER], "eve": []}
    clients = {name: five_people.sign_in_staff(app, make.staff(name, *granted).id) for name, granted in roles.items()}
    clients["ben"] = five_people.sign_in_staff(app, ben.id)
    clients["dev"] = five_people.sign_in_participant(app, booking.volunteer.participant_id)
    expected = {"amira": 200, "ben": 200, "gil": 403, "cara": 200, "eve": 403, "dev": 302}
    original_for = expected | {"ben": 403, "cara": 403}  # it may have more in it than what is heard

    for page, allowed in (("sound", expected), ("original", original_for), ("wave", expected)):
        address = f"/staff/recordings/{recording.id}/{page}"
        assert {name: client.get(address).status_code for name, client in clients.items()} == allowed

    played, kept, drawn = (
        clients["amira"].get(f"/staff/recordings/{recording.id}/{page}") for page in ("sound", "original", "wave")
    )
    assert (played.mimetype, played.data[:4], played.content_length) == (
        "audio/ogg",
        b"OggS",
        recording.listening_size_bytes,
    )
    assert (kept.data, kept.headers["Content-Disposition"].split(";")[0]) == (sound, "attachment")
    assert (played.headers["ETag"] != kept.headers["ETag"], json.loads(drawn.data)["peaks"]) == (True, recording.peaks)


def make_environ(settings: Settings) -> dict[str, str]:
    ours = {"DATA_FOLDER": str(settings.data_folder), "DATABASE_URL": settings.database_url, "SECRET_KEY": "tests"}
    return {**os.environ, **{f"LISTENING_POST_{name}": value for name, value in ours.items()}}


def wait_until_it_writes(settings: Settings) -> None:
    incoming = settings.data_folder / "storage" / "incoming"
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if incoming.is_dir() and any(path.stat().st_size for path in incoming.iterdir()):
            return
        time.sleep(0.02)
    raise AssertionError("The copy was never begun.")
