"""What was said stands nowhere in the clear: not in the storage, not in a temporary folder, whatever was killed."""

import os
import subprocess
import sys
import time
from array import array
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from accounts.roles import Role
from core import clock, jobs
from core.database import db
from core.models import Job, JobState
from core.settings import PROJECT_ROOT, Settings
from tests.support import five_people, make, make_transcripts, upload_steps
from tests.support.storage_checks import SLICE_BYTES, find_plain_text
from transcripts.audio import listening_copies
from transcripts.audio.listening_encoder import ListeningCopy
from transcripts.models import Recording, RecordingState
from transcripts.recordings import processing_jobs
from transcripts.recordings.recordings import get_storage
from transcripts.recordings.stored_sound import open_stored_recording
from transcripts.uploads import uploads

pytestmark = pytest.mark.one_database

DECODE = """
import sys
from pathlib import Path
from core.file_storage import Storage
from core.encryption import MasterKeys
from transcripts.audio.decoder import decode_chunks
from transcripts.recordings.stored_sound import open_stored_recording

storage = Storage(sys.argv[1], MasterKeys(bytes.fromhex(sys.argv[2])))
for piece in decode_chunks(open_stored_recording(storage, sys.argv[3])):
    print(len(piece), flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def sound() -> bytes:
    return make_transcripts.speech_wav(120)


@pytest.fixture
def recording(app: Flask, sound: bytes) -> Recording:
    return make_transcripts.recording(sound=sound)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this process and its children would put temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def test_a_recording_is_nowhere_in_the_clear(recording: Recording, sound: bytes, settings: Settings) -> None:
    assert find_plain_text(sound, settings.data_folder) == []


def test_the_search_would_find_it(sound: bytes, tmp_path: Path) -> None:
    (tmp_path / "left-behind").write_bytes(b"head" + sound)

    assert find_plain_text(sound, tmp_path) == [tmp_path / "left-behind"]


def test_no_step_from_the_upload_to_the_listening_copy_leaves_it_in_the_clear(
    app: Flask, sound: bytes, settings: Settings, temporary: Path
) -> None:
    ben = make.staff("ben", Role.INTERVIEWER)
    booking = make_transcripts.booking(by=ben)
    client = five_people.sign_in_staff(app, ben.id)
    upload = upload_steps.create_upload(client, booking, len(sound))
    found = []
    for start in range(0, len(sound), 1_300_000):
        upload_steps.send_chunk(client, upload, start, sound[start : start + 1_300_000])
        found += find_plain_text(sound, settings.data_folder, temporary)

    for name in (uploads.ASSEMBLE_JOB, processing_jobs.CHECK_JOB, listening_copies.MAKE_COPY_JOB):
        if name == listening_copies.MAKE_COPY_JOB:
            listening_copies.enqueue_missing()
        run_jobs(name)
        found += find_plain_text(sound, settings.data_folder, temporary)

    recording = upload_steps.get_only_recording()
    size = recording.listening_size_bytes or 0
    copy = get_storage().read_range(recording.listening_path or "", 0, size)
    found += find_plain_text(copy, settings.data_folder, temporary)
    assert size > 100_000
    assert found == []


def test_while_a_listening_copy_is_made_nothing_of_it_is_in_the_clear(
    recording: Recording, sound: bytes, settings: Settings, temporary: Path
) -> None:
    looked: list[list[Path]] = []
    samples = array("h", sound[-(len(sound) // 4) * 2 :][:SLICE_BYTES])
    as_floats = array("f", (value / 32768 for value in samples)).tobytes()

    def look(share: float) -> None:
        if share > 0.2 * (len(looked) + 1):
            looked.append(find_plain_text(sound, settings.data_folder, temporary))
            looked.append(find_plain_text(as_floats, settings.data_folder, temporary))

    with open_stored_recording(get_storage(), recording.storage_path) as source:
        copy = ListeningCopy(source, seconds=120.0, channels=1, on_progress=look)
        get_storage().store(copy, "listening/a", announced_bytes=None, max_bytes=10**9)  # type: ignore[arg-type]  # is read

    assert len(looked) > 2
    assert not any(looked)


def test_a_decoder_that_is_killed_leaves_nothing(
    recording: Recording, sound: bytes, settings: Settings, temporary: Path
) -> None:
    (temporary / "something").write_bytes(b"so that the folder is searched")
    address = [settings.storage_url, settings.storage_keys[0].hex(), recording.storage_path]
    decoding = subprocess.Popen(
        [sys.executable, "-c", DECODE, *address],
        cwd=PROJECT_ROOT,
        env={**os.environ, "TMPDIR": str(temporary)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert decoding.stdout is not None
    assert int(decoding.stdout.readline())  # in the middle of it

    decoding.kill()
    decoding.communicate()
    time.sleep(0.2)

    assert find_plain_text(sound, settings.data_folder, temporary) == []


def test_a_recording_that_was_cut_on_the_disk_is_refused_with_a_reason(
    app: Flask, recording: Recording, settings: Settings
) -> None:
    client = five_people.sign_in_staff(app, make.staff("cara", Role.REVIEWER).id)
    stored = settings.data_folder / "storage" / recording.storage_path
    os.truncate(stored, stored.stat().st_size // 2)

    answer = client.get(f"/staff/recordings/{recording.id}/sound", headers={"Range": "bytes=100-200"})

    assert answer.status_code == 500
    assert "Part of the stored file is missing" in answer.text


def test_playing_from_the_middle_gives_the_bytes_that_came(recording: Recording, sound: bytes) -> None:
    assert (
        b"".join(get_storage().iter_range(recording.storage_path, 1_000_001, 3_000_000)) == sound[1_000_001:3_000_000]
    )


def run_jobs(name: str) -> None:
    db.session.commit()
    for job_id in db.session.scalars(select(Job.id).where(Job.name == name, Job.state == JobState.PENDING)).all():
        db.session.rollback()
        jobs.run(job_id)


@pytest.fixture
def plain_recording(app: Flask, settings: Settings) -> Recording:
    """From a version without encryption."""
    sound = make_transcripts.tone_wav()
    recording = make_transcripts.recording(sound=sound)
    stored = settings.data_folder / "storage" / recording.storage_path
    stored.write_bytes(sound)
    stored.with_name(f"{stored.name}.key").unlink()
    return recording


def test_a_recording_from_before_encryption_waits_and_says_so(app: Flask, plain_recording: Recording) -> None:
    client = five_people.sign_in_staff(app, make.staff("cara", Role.REVIEWER).id)

    answer = client.get(f"/staff/recordings/{plain_recording.id}/sound")

    assert answer.status_code == 503
    assert "core encrypt-storage" in answer.text


def test_its_check_waits_until_it_is_encrypted(app: Flask, plain_recording: Recording) -> None:
    plain_recording.state = RecordingState.RECEIVED
    job_id = jobs.enqueue(processing_jobs.CHECK_JOB, plain_recording.id).id
    db.session.commit()
    jobs.run(job_id)
    waiting = db.session.get_one(Job, job_id)
    assert (waiting.state, "encrypt-storage" in waiting.message) == (JobState.WAITING, True)

    waiting.run_after = clock.now()
    db.session.commit()
    app.test_cli_runner().invoke(args=["core", "encrypt-storage"])
    jobs.run(job_id)

    assert db.session.get_one(Job, job_id).state is JobState.DONE
