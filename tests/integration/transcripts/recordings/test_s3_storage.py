"""Recordings in S3-compatible storage, over HTTP against a server process: whole or not at all, never in the clear."""

import hashlib
import io
import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import requests
from flask import Flask

from accounts.roles import Role
from core import jobs, s3_backend
from core.database import db
from core.encryption import DamagedFileError, MasterKeys
from core.file_storage import (
    PIECE_BYTES,
    FileTooLargeError,
    IncompleteUploadError,
    Storage,
    StorageFullError,
    StorageRefusedError,
    StorageUnreachableError,
)
from core.models import Job, JobState
from core.settings import PROJECT_ROOT, Settings
from tests.support import five_people, make, make_transcripts, s3_server, upload_steps
from tests.support.installations import make_settings
from transcripts.models import RecordingState
from transcripts.recordings import processing_jobs, recordings
from transcripts.uploads import uploads

pytestmark = pytest.mark.one_database

KEYS = MasterKeys(b"k" * 32)
PLENTY = 1024**3
OVER_ONE_PART = 9 * PIECE_BYTES
STORE_FOR_EVER = """
import sys
from core.file_storage import Storage
from core.encryption import MasterKeys
from tests.support.s3_server import make_account

Storage(sys.argv[1], MasterKeys(b"k" * 32), make_account(sys.argv[2])).store(
    sys.stdin.buffer, "a", announced_bytes=None, max_bytes=1 << 40
)
"""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with s3_server.run_s3_server() as address:
        yield address


@pytest.fixture
def url(server: str) -> str:
    name = f"recordings-{uuid4()}"
    s3_server.make_bucket(server, name)
    return f"s3://{name}/ours"


@pytest.fixture
def storage(server: str, url: str) -> Storage:
    return Storage(url, KEYS, s3_server.make_account(server))


def test_a_file_of_several_parts_comes_back_as_it_was_stored(storage: Storage) -> None:
    content = os.urandom(2 * OVER_ONE_PART)

    stored = storage.store(io.BytesIO(content), "recordings/a", announced_bytes=len(content), max_bytes=PLENTY)

    assert (stored.size_bytes, stored.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert storage.get_size("recordings/a") == len(content)
    assert storage.read_range("recordings/a", 7_000_001, 9_500_000) == content[7_000_001:9_500_000]
    assert b"".join(storage.iter_range("recordings/a", 0, len(content))) == content
    assert storage.list_paths() == ["recordings/a"]


@pytest.mark.parametrize(
    ("size", "announced", "error"),
    [
        (2 * OVER_ONE_PART, None, FileTooLargeError),
        (OVER_ONE_PART, OVER_ONE_PART + 1, IncompleteUploadError),
        (9, 10, IncompleteUploadError),
    ],
)
def test_a_file_that_does_not_come_whole_leaves_nothing(
    storage: Storage, size: int, announced: int | None, error: type[Exception]
) -> None:
    with pytest.raises(error):
        storage.store(io.BytesIO(bytes(size)), "a", announced_bytes=announced, max_bytes=OVER_ONE_PART)

    assert not storage.exists("a")
    assert not storage.exists("a.key")
    assert storage.remove_abandoned_writes(older_than_seconds=-60, now=time.time()) == 0


@pytest.mark.slow
def test_a_writer_that_is_killed_leaves_nothing_under_the_name_and_its_parts_are_forgotten(
    server: str, url: str, storage: Storage
) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", STORE_FOR_EVER, url, server], cwd=PROJECT_ROOT, stdin=subprocess.PIPE
    )
    assert writer.stdin is not None
    writer.stdin.write(bytes(2 * OVER_ONE_PART))  # back from here, most of it was read, so that a part was sent
    writer.stdin.flush()
    time.sleep(0.5)

    writer.kill()
    writer.communicate()

    assert storage.list_paths() == []
    assert storage.remove_abandoned_writes(older_than_seconds=3600, now=time.time() + 7200) == 1
    assert storage.remove_abandoned_writes(older_than_seconds=3600, now=time.time() + 7200) == 0


def test_files_are_deleted_sealed_and_rewrapped_as_in_a_folder(server: str, url: str, storage: Storage) -> None:
    requests.put(f"{server}/{url.removeprefix('s3://')}/plain", data=b"what was said", timeout=30).raise_for_status()
    before = [storage.exists("plain"), storage.is_encrypted("plain")]

    storage.encrypt_in_place("plain")
    both = Storage(url, MasterKeys(b"n" * 32, b"k" * 32), s3_server.make_account(server))
    changed = [both.rewrap_key("plain"), both.rewrap_key("plain")]

    newest = Storage(url, MasterKeys(b"n" * 32), s3_server.make_account(server))
    assert (before, changed) == ([True, False], [True, False])
    assert newest.read_range("plain", 0, 100) == b"what was said"
    newest.delete("plain")
    newest.delete("plain")
    assert (newest.exists("plain"), newest.list_paths()) == (False, [])


def test_an_object_that_was_changed_in_the_storage_is_refused(server: str, url: str, storage: Storage) -> None:
    storage.store(io.BytesIO(bytes(200_000)), "a", announced_bytes=None, max_bytes=PLENTY)
    address = dict(zip(("Bucket", "Key"), f"{url}/a".removeprefix("s3://").split("/", 1), strict=True))

    with s3_server.open_client(server) as s3:
        stored = bytearray(s3.get_object(**address)["Body"].read())
        stored[100_000] ^= 1
        s3.put_object(**address, Body=bytes(stored))

    with pytest.raises(DamagedFileError):
        storage.read_range("a", 50_000, 150_000)


def test_a_silent_storage_blocks_nobody_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3_backend, "CALL_TIMEOUT_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        storage = Storage("s3://ours", KEYS, s3_server.make_account(f"http://127.0.0.1:{silent.getsockname()[1]}"))

        with pytest.raises(StorageUnreachableError):
            storage.store(io.BytesIO(b"x"), "a", announced_bytes=1, max_bytes=1)
        with pytest.raises(StorageUnreachableError):
            storage.get_size("a")


def test_what_goes_wrong_is_said_without_the_account(
    server: str, url: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.INFO)
    said = []
    with socket.socket() as closed, s3_server.run_refusing_server(403, "AccessDenied") as denying:
        closed.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{closed.getsockname()[1]}"
        with s3_server.run_refusing_server(507, "InsufficientStorage") as full:
            for address, at, error in (
                (nowhere, url, StorageUnreachableError),
                (denying, url, StorageRefusedError),
                (full, url, StorageFullError),
                (server, "s3://no-such-bucket", StorageRefusedError),
            ):
                with pytest.raises(error) as raised:
                    Storage(at, KEYS, s3_server.make_account(address)).store(
                        io.BytesIO(b"x"), "a", announced_bytes=1, max_bytes=1
                    )
                said.append(str(raised.value))

    everything = "".join([*said, caplog.text, *capfd.readouterr(), repr(s3_server.make_account(server))])
    assert [words.split(".")[0].split()[-1] for words in said] == ["moment", "access", "file", "access"]
    assert s3_server.SECRET not in everything
    assert s3_server.KEY not in everything


class TestAnInstallation:
    """All of it: tus parts in the bucket, joined, checked, played; nothing in the clear anywhere."""

    @pytest.fixture
    def settings(self, settings: Settings, server: str, url: str, tmp_path: Path) -> Settings:
        return make_settings(
            tmp_path,
            DATABASE_URL=settings.database_url,
            STORAGE_URL=url,
            STORAGE_KEY="k" * 43,
            S3_ENDPOINT=server,
            S3_KEY=s3_server.KEY,
            S3_SECRET=s3_server.SECRET,
            S3_REGION="us-east-1",
        )

    def test_a_recording_is_uploaded_in_parts_joined_checked_and_played(
        self, app: Flask, server: str, settings: Settings
    ) -> None:
        sound = make_transcripts.speech_wav(60)
        ben = make.staff("ben", Role.INTERVIEWER)
        booking = make_transcripts.booking(by=ben)
        client = five_people.sign_in_staff(app, ben.id)
        upload = upload_steps.create_upload(client, booking, len(sound))
        for start in range(0, len(sound), 700_000):
            assert upload_steps.send_chunk(client, upload, start, sound[start : start + 700_000]).status_code == 204

        run_job(uploads.ASSEMBLE_JOB)
        run_job(processing_jobs.CHECK_JOB)

        recording = upload_steps.get_only_recording()
        address = f"/staff/recordings/{recording.id}/sound"
        answer = client.get(address, headers={"Range": "bytes=1000000-1000999"})
        assert (recording.state, recording.sha256) == (RecordingState.PLAYABLE, hashlib.sha256(sound).hexdigest())
        assert (answer.status_code, answer.data) == (206, sound[1_000_000:1_001_000])
        assert recordings.get_storage().list_paths() == [recording.storage_path]
        assert sound[900_000:904_096] not in s3_server.read_all_contents(server)
        assert not [path for path in (settings.data_folder / "storage").rglob("*") if path.is_file()]

    def test_a_storage_that_is_away_is_said_to_the_sender_and_the_job_waits(self, app: Flask) -> None:
        ben = make.staff("ben", Role.INTERVIEWER)
        booking = make_transcripts.booking(by=ben)
        client = five_people.sign_in_staff(app, ben.id)
        upload = upload_steps.upload_file(client, booking, make_transcripts.tone_wav())
        second = upload_steps.create_upload(client, booking, 100)
        app.extensions["storage"] = Storage("s3://gone", KEYS, s3_server.make_account("http://127.0.0.1:9"))

        answer = upload_steps.send_chunk(client, second, 0, b"x" * 100)
        run_job(uploads.ASSEMBLE_JOB)

        job = jobs.find_latest(uploads.ASSEMBLE_JOB, upload_steps.get_upload(upload).id)
        assert (answer.status_code, "Try again" in answer.text) == (503, True)
        assert job is not None
        assert (job.state, "cannot reach" in job.message) == (JobState.WAITING, True)


def run_job(name: str) -> None:
    db.session.rollback()
    waiting = db.session.scalars(db.select(Job).where(Job.name == name, Job.state == JobState.PENDING)).one()
    job_id = waiting.id
    db.session.rollback()
    jobs.run(job_id)
