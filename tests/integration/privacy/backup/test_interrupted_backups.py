"""A backup that is killed or has no space leaves nothing that looks like one, and writers are not disturbed."""

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.database import db
from core.file_storage import current_storage
from core.models import OutboxMessage
from core.settings import PROJECT_ROOT, Settings
from privacy.backup.backup_folders import UNFINISHED_SUFFIX, list_backups
from tests.support.make_backup import (
    BACKUP_KEY,
    BackupFolders,
    make_empty_installation,
    make_recorded_interviews,
    run_backup,
    run_restore,
    write_all_the_time,
)
from tests.support.small_disk import mount_small_disk
from tests.support.workers import wait_until
from transcripts.models import Recording

MIB = 1024 * 1024
INTERVIEWS = 100


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, backup_key=BACKUP_KEY)


@pytest.fixture
def folders(tmp_path: Path) -> BackupFolders:
    return BackupFolders(tmp_path / "backups", tmp_path / "keys")


@contextmanager
def start_backup(settings: Settings, folders: BackupFolders) -> Iterator["subprocess.Popen[bytes]"]:
    values = {
        "DATA_FOLDER": str(settings.data_folder),
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_key,
        "BACKUP_KEY": BACKUP_KEY,
    }
    command = ["flask", "--app", "wsgi", "privacy", "backup", str(folders.folder), "--keys", str(folders.keys)]
    with subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=PROJECT_ROOT,
        env={**os.environ, **{f"LISTENING_POST_{name}": value for name, value in values.items()}},
    ) as child:
        try:
            yield child
        finally:
            child.kill()


def store_large_file(size_bytes: int) -> None:
    content = io.BytesIO(os.urandom(size_bytes))
    current_storage().store(content, "recordings/large", announced_bytes=None, max_bytes=size_bytes)


@pytest.mark.one_database
def test_a_killed_backup_does_not_look_like_one(app: Flask, settings: Settings, folders: BackupFolders) -> None:
    store_large_file(60 * MIB)
    with start_backup(settings, folders) as killed:
        wait_until(lambda: any(folders.folder.glob(f"*{UNFINISHED_SUFFIX}/files")))
        killed.kill()
    assert any(folders.folder.glob(f"*{UNFINISHED_SUFFIX}"))
    assert list_backups(folders.folder) == []

    made = run_backup(app, folders)

    assert made.exit_code == 0, made.output
    assert len(folders.list_names()) == len(list_backups(folders.folder)) == 1
    assert list(settings.data_folder.glob("backup-work-*")) == []


@pytest.mark.one_database
def test_a_full_disk_is_named_and_nothing_half_remains(app: Flask, tmp_path: Path) -> None:
    store_large_file(4 * MIB)
    with mount_small_disk(tmp_path / "small", 3 * MIB) as disk:
        full = run_backup(app, BackupFolders(disk / "backups", tmp_path / "keys"))

        assert full.exit_code == 1
        assert "There is no space left for the backup" in full.output
        assert [path.name for path in (disk / "backups").iterdir()] == [".lock"]
    assert list((tmp_path / "keys").iterdir()) == []


@pytest.mark.one_database
def test_two_backups_to_one_folder_do_not_disturb_each_other(
    app: Flask, settings: Settings, folders: BackupFolders
) -> None:
    store_large_file(60 * MIB)
    with start_backup(settings, folders) as first:
        wait_until(lambda: any(folders.folder.glob(f"*{UNFINISHED_SUFFIX}/files")))
        second = run_backup(app, folders)
        assert first.wait(120) == 0

    assert second.exit_code == 1
    assert "is running" in second.output


@pytest.mark.slow
def test_a_hundred_interviews_are_backed_up_while_others_write(
    app: Flask, settings: Settings, folders: BackupFolders, tmp_path: Path
) -> None:
    hashes = {row.storage_path: row.sha256 for row in make_recorded_interviews(INTERVIEWS, 50_000)}
    db.session.commit()

    with write_all_the_time(app) as numbers:
        wait_until(lambda: len(numbers) > 0)
        before = len(numbers)
        made = run_backup(app, folders)
        written = len(numbers) - before
    empty = make_empty_installation(settings, tmp_path / "new")
    restored = run_restore(empty, folders)

    assert (made.exit_code, restored.exit_code) == (0, 0), made.output + restored.output
    assert written > 0
    with empty.app_context():
        found = {row.storage_path: row.sha256 for row in db.session.scalars(select(Recording))}
        written_mails = select(OutboxMessage.number).where(OutboxMessage.number >= numbers[0])
        mails = list(db.session.scalars(written_mails.order_by(OutboxMessage.number)))
        assert found == hashes
        assert mails == numbers[: len(mails)]  # all that were committed by some moment, and none after it
        assert before <= len(mails) < len(numbers)
        assert db.session.scalars(select(func.count()).select_from(Recording)).one() == INTERVIEWS
        db.session.remove()
        db.engine.dispose()
