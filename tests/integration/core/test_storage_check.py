"""Damaged, missing and unencrypted files are found by the check, and a missing key stops the start with its reason."""

import io
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from flask import Flask

from core.database import db
from core.encryption import MasterKeys
from core.errors import SettingsError
from core.file_storage import Storage, current_storage
from core.settings import PROJECT_ROOT, Settings, current_settings
from core.storage_check import NO_LIMIT, RateLimit, check_storage, require_known_keys
from core.storage_report import load_report
from tests.support import make_transcripts
from tests.support.installations import make_settings
from tests.support.mail_server import find_free_port

KEYS, OTHER_KEYS = MasterKeys(b"k" * 32), MasterKeys(b"o" * 32)
START_SECONDS = 60
pytestmark = pytest.mark.one_database


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"file://{tmp_path / 'storage'}"


@pytest.fixture
def storage(url: str) -> Storage:
    storage = Storage(url, KEYS)
    for number in range(3):
        store(storage, f"recordings/{number}", os.urandom(200_000))
    return storage


def store(storage: Storage, path: str, content: bytes) -> None:
    storage.store(io.BytesIO(content), path, announced_bytes=None, max_bytes=len(content))


def flip_byte(path: Path, offset: int) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        byte = file.read(1)
        file.seek(offset)
        file.write(bytes([byte[0] ^ 1]))


def run_start(settings: Settings, *command: str) -> "subprocess.CompletedProcess[str]":
    environ = {
        "LISTENING_POST_DATA_FOLDER": str(settings.data_folder),
        "LISTENING_POST_DATABASE_URL": settings.database_url,
        "LISTENING_POST_SECRET_KEY": settings.secret_key,
    }
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=PROJECT_ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=START_SECONDS,
    )


def test_sound_files_pass_the_check(storage: Storage) -> None:
    check = check_storage(storage, RateLimit(NO_LIMIT))

    assert (check.file_count, check.size_bytes, check.damaged) == (3, 600_000, [])


@pytest.mark.parametrize("offset", [5, 100, 150_000, 199_999])
def test_one_flipped_byte_is_found(storage: Storage, tmp_path: Path, offset: int) -> None:
    flip_byte(tmp_path / "storage/recordings/1", offset)

    check = check_storage(Storage(f"file://{tmp_path / 'storage'}", KEYS), RateLimit(NO_LIMIT))

    assert check.file_count == 2
    assert [file.path for file in check.damaged] == ["recordings/1"]


def test_a_damaged_header_is_not_taken_for_a_plain_file(storage: Storage, tmp_path: Path, url: str) -> None:
    flip_byte(tmp_path / "storage/recordings/1", 5)
    wrapped_key = storage.read_wrapped_key("recordings/1")

    Storage(url, KEYS).encrypt_in_place("recordings/1")

    assert storage.read_wrapped_key("recordings/1") == wrapped_key


def test_a_flipped_byte_of_a_key_and_a_missing_key_are_found(storage: Storage, tmp_path: Path, url: str) -> None:
    flip_byte(tmp_path / "storage/recordings/0.key", 40)
    (tmp_path / "storage/recordings/2.key").unlink()

    check = check_storage(Storage(url, KEYS), RateLimit(NO_LIMIT))

    assert [file.path for file in check.damaged] == ["recordings/0", "recordings/2"]


def test_a_file_from_before_encryption_waits_and_is_not_damaged(storage: Storage, tmp_path: Path) -> None:
    (tmp_path / "storage/recordings/old").write_bytes(b"what was said")

    check = check_storage(storage, RateLimit(NO_LIMIT))

    assert (check.not_encrypted, check.damaged) == (["recordings/old"], [])


def test_the_check_reads_no_faster_than_allowed(storage: Storage) -> None:
    started_at = time.monotonic()

    check_storage(storage, RateLimit(2_000_000))

    assert time.monotonic() - started_at >= 0.3


def test_the_command_reports_and_ends_with_status_1(app: Flask) -> None:
    store(current_storage(), "recordings/a", b"x" * 1000)
    flip_byte(current_settings().data_folder / "storage/recordings/a", 500)

    result = app.test_cli_runner().invoke(args=["core", "check-storage"])

    report = load_report(current_settings().data_folder)
    assert report is not None
    assert (report.file_count, report.damaged_count, report.is_overdue) == (0, 1, False)
    assert result.exit_code == 1
    assert "DAMAGED: recordings/a: The stored file was changed" in result.output
    assert "1 stored files are damaged" in result.output


def test_a_file_that_a_recording_names_and_nobody_has_is_found(app: Flask) -> None:
    recording = make_transcripts.recording()
    db.session.commit()
    path = recording.storage_path
    db.session.commit()
    current_storage().delete(path)

    result = app.test_cli_runner().invoke(args=["core", "check-storage"])

    assert result.exit_code == 1
    assert f"DAMAGED: {path}: The file is missing." in result.output


def test_files_of_another_key_are_refused_at_start(storage: Storage, url: str) -> None:
    require_known_keys(storage)

    with pytest.raises(SettingsError, match="No key was created"):
        require_known_keys(Storage(url, OTHER_KEYS))


def test_no_new_key_is_created_beside_encrypted_files(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    store(Storage(settings.storage_url, MasterKeys(*settings.storage_keys)), "recordings/a", b"x")
    (tmp_path / "storage-key").unlink()

    assert make_settings(tmp_path).storage_keys == ()
    assert not (tmp_path / "storage-key").exists()


@pytest.mark.parametrize("kind", ["worker", "web server"])
def test_web_server_and_worker_do_not_start_without_the_key(app: Flask, settings: Settings, kind: str) -> None:
    store(current_storage(), "recordings/a", b"x")
    key_path = settings.data_folder / "storage-key"
    key = key_path.read_text()
    key_path.unlink()
    commands = {
        "worker": ["flask", "--app", "wsgi", "core", "work", "quick"],
        "web server": ["gunicorn", "--workers", "1", "--bind", f"127.0.0.1:{find_free_port()}", "wsgi:create_app()"],
    }

    try:
        started = run_start(settings, *commands[kind])
        assert not key_path.exists()
    finally:
        key_path.write_text(key)

    assert started.returncode != 0
    assert "cannot be opened: they were encrypted with a storage key that is not in" in started.stderr
    assert "Traceback" not in started.stderr
