"""Uploads to a real web server over connections that are really cut, and a server that is really killed."""

import hashlib
import random
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from accounts.roles import Role
from core import clock, jobs
from core.cleanup import remove_abandoned_uploads
from core.database import db, read_only_transactions
from core.models import Queue
from core.settings import Settings
from tests.support import make, make_transcripts
from tests.support.storage_checks import find_plain_text
from tests.support.tus_sender import TusSender, kill_server, run_web_server, sign_in_sender
from tests.support.workers import run_worker, wait_until
from transcripts.models import Recording, Upload, UploadPart
from transcripts.recordings import recordings
from transcripts.uploads import cleanup
from transcripts.uploads.tasks import clean_up_uploads

pytestmark = pytest.mark.one_database

MEBIBYTE = 1024 * 1024


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    """Where the server would leave what it spools."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    (folder / "something").write_bytes(b"so that the folder is searched")
    return folder


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def ben(app: Flask, settings: Settings, temporary: Path, port: int) -> Iterator[TusSender]:
    with run_web_server(settings, port, TMPDIR=str(temporary)):
        yield signed_in(app, port)


def signed_in(app: Flask, port: int) -> TusSender:
    member = make.staff("ben", Role.INTERVIEWER)
    booking = make_transcripts.booking(by=member)
    staff_id, booking_id = member.id, booking.id
    db.session.commit()
    return sign_in_sender(app, port, staff_id, booking_id)


def noise(size: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)


def wait_for_arrival(ben: TusSender, upload: str, more_than: int) -> int:
    """The server notices a cut a moment later."""
    wait_until(lambda: ben.get_offset(upload) > more_than, 20)
    return ben.get_offset(upload)


def the_recording() -> Recording:
    make.run_jobs()
    db.session.rollback()
    return db.session.scalars(select(Recording)).one()


def sha256_of_stored(recording: Recording) -> str:
    digest = hashlib.sha256()
    for piece in recordings.get_storage().iter_range(recording.storage_path, 0, recording.size_bytes):
        digest.update(piece)
    return digest.hexdigest()


def test_fifty_megabytes_cut_twenty_times_arrive_as_they_were_sent(
    ben: TusSender, settings: Settings, temporary: Path
) -> None:
    chance, sound = random.Random(7), noise(50 * MEBIBYTE)
    upload = ben.create_upload(len(sound))
    for cut in range(20):
        offset = ben.get_offset(upload)
        some = chance.randrange(MEBIBYTE, 3 * MEBIBYTE)
        ben.send_and_disconnect(upload, offset, sound[offset:], after=some, reset=cut % 3 == 0)
        wait_for_arrival(ben, upload, offset)
    offset = ben.get_offset(upload)
    assert find_plain_text(sound[: 2 * MEBIBYTE], settings.data_folder, temporary) == []

    answer = ben.send_chunk(upload, offset, sound[offset:])

    recording = the_recording()
    assert answer.status == 204
    assert recording.sha256 == sha256_of_stored(recording) == hashlib.sha256(sound).hexdigest()
    assert recordings.get_storage().list_paths() == [recording.storage_path]
    assert find_plain_text(sound, settings.data_folder, temporary) == []


def test_what_came_before_the_connection_broke_counts(ben: TusSender) -> None:
    sound = noise(3 * MEBIBYTE)
    upload = ben.create_upload(len(sound))

    ben.send_and_disconnect(upload, 0, sound, after=2_000_000)

    assert wait_for_arrival(ben, upload, 0) == 2_000_000


def test_of_two_who_send_at_once_one_wins(ben: TusSender) -> None:
    sound = noise(5 * MEBIBYTE)
    upload, half = ben.create_upload(len(sound)), len(sound) // 2
    with ExitStack() as stack:
        connections = [stack.enter_context(ben.open_patch(upload, 0, len(sound))) for _ in range(2)]
        for connection in connections:
            connection.sendall(sound[:half])
        senders = [threading.Thread(target=one.sendall, args=(sound[half:],)) for one in connections]
        for one in senders:
            one.start()
        first_lines = [connection.makefile("rb").readline() for connection in connections]
        for one in senders:
            one.join()

    statuses = sorted(int(line.split()[1]) for line in first_lines)
    assert statuses == [204, 409]
    assert sha256_of_stored(the_recording()) == hashlib.sha256(sound).hexdigest()
    assert db.session.scalars(select(UploadPart)).all() == []


def test_a_sender_who_fell_silent_stops_nobody(ben: TusSender) -> None:
    sound = noise(4 * MEBIBYTE)
    upload = ben.create_upload(len(sound))
    with ben.open_patch(upload, 0, len(sound)) as silent:
        silent.sendall(sound[:MEBIBYTE])  # and then the laptop is closed
        time.sleep(0.3)

        answer = ben.send_chunk(upload, 0, sound)

    assert answer.status == 204
    assert sha256_of_stored(the_recording()) == hashlib.sha256(sound).hexdigest()


def test_a_server_that_is_killed_has_kept_what_came_and_another_goes_on(
    app: Flask, settings: Settings, temporary: Path, port: int
) -> None:
    sound = noise(40 * MEBIBYTE)
    with run_web_server(settings, port, TMPDIR=str(temporary)) as server:
        ben = signed_in(app, port)
        upload = ben.create_upload(len(sound))
        with ben.open_patch(upload, 0, len(sound)) as connection:
            connection.sendall(sound[: 20 * MEBIBYTE])
            wait_for_arrival(ben, upload, 0)
            kill_server(server)
    assert find_plain_text(sound[: 8 * MEBIBYTE], settings.data_folder, temporary) == []

    with run_web_server(settings, port, TMPDIR=str(temporary)):
        offset = ben.get_offset(upload)
        answer = ben.send_chunk(upload, offset, sound[offset:])

    assert offset == 16 * MEBIBYTE  # a whole part; what came after it was in the process that died
    assert answer.status == 204
    assert sha256_of_stored(the_recording()) == hashlib.sha256(sound).hexdigest()


def test_what_a_killed_server_left_is_removed_after_a_day(
    app: Flask, settings: Settings, temporary: Path, port: int
) -> None:
    sound = noise(3 * MEBIBYTE)
    with run_web_server(settings, port, TMPDIR=str(temporary)) as server:
        ben = signed_in(app, port)
        upload = ben.create_upload(len(sound))
        with ben.open_patch(upload, 0, len(sound)) as connection:
            connection.sendall(sound[:MEBIBYTE])
            wait_until(lambda: bool(list(settings.data_folder.glob("storage/incoming/*"))), 20)
            kill_server(server)
    assert [part.size_bytes for part in db.session.scalars(select(UploadPart))] == [None]
    db.session.rollback()

    with clock.freeze_at(clock.now() + cleanup.ABANDONED_AFTER * 2):
        clean_up_uploads()
        remove_abandoned_uploads()

    assert db.session.scalars(select(UploadPart)).all() == []
    assert [path for path in settings.data_folder.glob("storage/**/*") if path.is_file()] == []


def test_a_worker_killed_while_it_assembles_parts_begins_again(ben: TusSender, settings: Settings) -> None:
    sound = noise(100 * MEBIBYTE)
    upload = ben.create_upload(len(sound))
    assert ben.send_chunk(upload, 0, sound).status == 204

    def has_begun() -> bool:
        with read_only_transactions():
            path = db.session.scalars(select(Upload.joined_path)).one()
            db.session.rollback()
        return path is not None

    with run_worker(settings, Queue.FILES) as killed:
        wait_until(has_begun)
        killed.kill()
        killed.wait()
    assert db.session.scalars(select(Recording)).all() == []
    db.session.rollback()
    with clock.freeze_at(clock.now() + timedelta(minutes=1)):
        jobs.sweep()

        recording = the_recording()

    assert sha256_of_stored(recording) == hashlib.sha256(sound).hexdigest()
    assert recordings.get_storage().list_paths() == [recording.storage_path]
    assert db.session.scalars(select(UploadPart)).all() == []
