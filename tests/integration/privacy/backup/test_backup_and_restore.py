"""What is backed up comes back: into an empty installation, with other keys, on both databases."""

import io
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from core.database import db
from core.file_storage import Storage, current_storage
from core.mail import Mail
from core.outbox import queue_mail
from core.settings import Settings, current_settings
from core.storage_check import NO_LIMIT, RESTORE_MARKER, RateLimit, check_storage
from evidence.models import Participant
from privacy.backup import restoration
from privacy.backup.restoration import RestoredBackup
from tests.support import make_transcripts
from tests.support.make_backup import (
    BACKUP_KEY,
    BackupFolders,
    make_empty_installation,
    run_backup,
    run_command,
    run_restore,
)
from transcripts.models import Recording

SOUND = make_transcripts.tone_wav()
EARLIER_REVISION = "0007"
MAIL = Mail("dev@home.example", "Your interview", "Hello\n", "<p>Hello</p>")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, backup_key=BACKUP_KEY)


@pytest.fixture
def folders(tmp_path: Path) -> BackupFolders:
    return BackupFolders(tmp_path / "backups", tmp_path / "keys")


@pytest.fixture
def recording(app: Flask) -> Recording:
    row = make_transcripts.recording(sound=SOUND)
    db.session.commit()
    return row


@pytest.fixture
def empty(app: Flask, settings: Settings, tmp_path: Path) -> Iterator[Flask]:
    made = make_empty_installation(settings, tmp_path / "new")
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()


def count_participants() -> int:
    return db.session.scalars(select(func.count()).select_from(Participant)).one()


def read_whole(storage: Storage, path: str) -> bytes:
    return storage.read_range(path, 0, storage.get_size(path))


def flip_last_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def test_everything_is_restored_into_an_empty_installation(
    app: Flask, recording: Recording, folders: BackupFolders, empty: Flask
) -> None:
    path, reference = recording.storage_path, recording.contribution.participant.reference
    first = queue_mail(MAIL).number
    db.session.commit()

    made = run_backup(app, folders)
    run_command(empty, "db", "upgrade")  # as after every set-up
    restored = run_restore(empty, folders)

    assert (made.exit_code, restored.exit_code) == (0, 0), made.output + restored.output
    assert "all counts and hashes are right" in made.output
    with empty.app_context():
        assert db.session.scalars(select(Participant.reference)).all() == [reference]
        assert db.session.scalars(select(Recording.storage_path)).all() == [path]
        assert read_whole(current_storage(), path) == SOUND
        assert queue_mail(MAIL).number == first + 1  # the numbers continue
        assert not (current_settings().data_folder / RESTORE_MARKER).exists()


@pytest.mark.one_database
def test_the_restored_files_need_no_old_key(
    app: Flask, recording: Recording, folders: BackupFolders, empty: Flask
) -> None:
    run_backup(app, folders)
    run_restore(empty, folders)

    with empty.app_context():
        check = check_storage(current_storage(), RateLimit(NO_LIMIT))

    assert (check.file_count, check.damaged) == (1, [])


@pytest.mark.one_database
def test_an_installation_with_content_is_not_overwritten(
    app: Flask, recording: Recording, folders: BackupFolders
) -> None:
    run_backup(app, folders)

    refused = run_restore(app, folders)

    assert refused.exit_code == 1
    assert "This installation is not empty" in refused.output
    assert count_participants() == 1


@pytest.mark.one_database
def test_nothing_readable_is_in_the_backup_or_beside_it(
    app: Flask, recording: Recording, folders: BackupFolders, settings: Settings
) -> None:
    reference = recording.contribution.participant.reference.encode()
    db.session.commit()

    run_backup(app, folders)

    paths = [path for folder in (folders.folder, folders.keys) for path in folder.rglob("*") if path.is_file()]
    assert len(paths) > 5
    for secret in (reference, settings.storage_keys[0], settings.secret_key.encode(), SOUND[100:200]):
        assert not any(secret in path.read_bytes() for path in paths)
    assert list(settings.data_folder.glob("backup-work-*")) == []


@pytest.mark.one_database
def test_an_unchanged_file_is_not_stored_twice(app: Flask, recording: Recording, folders: BackupFolders) -> None:
    path = recording.storage_path
    db.session.commit()
    run_backup(app, folders)

    second = run_backup(app, folders)

    assert "1 of them already in the previous backup" in second.output
    first_name, second_name = folders.list_names()
    files = [folders.folder / name / "files" / path for name in (first_name, second_name)]
    assert files[0].samefile(files[1])


@pytest.mark.one_database
def test_only_as_many_as_wanted_are_kept(app: Flask, recording: Recording, folders: BackupFolders) -> None:
    run_backup(app, folders)
    run_backup(app, folders)

    run_backup(app, folders, "--keep", "2")

    assert len(folders.list_names()) == 2
    assert sorted(path.name for path in folders.keys.iterdir() if path.is_dir()) == folders.list_names()


@pytest.mark.one_database
def test_a_file_from_before_encryption_is_encrypted_in_the_backup(
    app: Flask, folders: BackupFolders, empty: Flask, settings: Settings
) -> None:
    plain = settings.data_folder / "storage/recordings/old"
    plain.parent.mkdir(parents=True, exist_ok=True)
    plain.write_bytes(b"what was said")

    run_backup(app, folders)
    run_restore(empty, folders)

    with empty.app_context():
        assert read_whole(current_storage(), "recordings/old") == b"what was said"
    assert not any(b"what was said" in path.read_bytes() for path in folders.folder.rglob("*") if path.is_file())


@pytest.mark.one_database
def test_a_damaged_recording_stops_neither_backup_nor_restore(
    app: Flask, recording: Recording, folders: BackupFolders, empty: Flask, settings: Settings
) -> None:
    current_storage().store(io.BytesIO(b"x"), "recordings/other", announced_bytes=None, max_bytes=1)
    flip_last_byte(settings.data_folder / "storage" / recording.storage_path)
    path = recording.storage_path
    db.session.commit()

    made = run_backup(app, folders)
    restored = run_restore(empty, folders)

    assert made.exit_code == 1
    assert f"damaged in the storage itself: {path}" in made.output
    assert restored.exit_code == 0, restored.output
    with empty.app_context():
        assert read_whole(current_storage(), "recordings/other") == b"x"


@pytest.mark.one_database
def test_a_file_that_was_damaged_in_the_backup_is_named_and_the_rest_restored(
    app: Flask, recording: Recording, folders: BackupFolders, empty: Flask
) -> None:
    path = recording.storage_path
    db.session.commit()
    run_backup(app, folders)
    flip_last_byte(Path(folders.newest[0]) / "files" / path)

    restored = run_restore(empty, folders)

    assert restored.exit_code == 1
    assert f"except these files, which the backup has damaged: {path}" in restored.output
    with empty.app_context():
        assert count_participants() == 1
        assert not current_storage().exists(path)


def test_a_backup_that_was_changed_is_refused_by_the_check(
    app: Flask, recording: Recording, folders: BackupFolders
) -> None:
    run_backup(app, folders)
    backup, keys = folders.newest
    before = run_command(app, "privacy", "check-backup", backup, "--keys", keys)
    flip_last_byte(max(Path(backup, "database").iterdir(), key=lambda path: path.stat().st_size))

    after = run_command(app, "privacy", "check-backup", backup, "--keys", keys)

    assert (before.exit_code, after.exit_code) == (0, 1), before.output
    assert "The backup is damaged" in after.output


@pytest.mark.one_database
def test_without_a_backup_key_nothing_is_written(app: Flask, folders: BackupFolders) -> None:
    app.extensions["settings"] = replace(current_settings(), backup_key=None)

    refused = run_backup(app, folders)

    assert refused.exit_code == 1
    assert "LISTENING_POST_BACKUP_KEY is not set" in refused.output
    assert not folders.folder.exists()


@pytest.mark.one_database
def test_another_backup_key_opens_nothing(
    app: Flask, recording: Recording, folders: BackupFolders, empty: Flask
) -> None:
    run_backup(app, folders)
    empty.extensions["settings"] = replace(empty.extensions["settings"], backup_key="a different key, long enough")

    refused = run_restore(empty, folders)

    assert refused.exit_code == 1
    assert "encrypted with another LISTENING_POST_BACKUP_KEY" in refused.output


@pytest.mark.one_database
def test_the_keys_cannot_go_into_the_backup(app: Flask, folders: BackupFolders) -> None:
    refused = run_backup(app, BackupFolders(folders.folder, folders.folder / "keys"))

    assert "The keys need a folder of their own" in refused.output


@pytest.mark.one_database
def test_the_keys_are_shown_as_settings_take_them(app: Flask, folders: BackupFolders, settings: Settings) -> None:
    run_backup(app, folders)

    shown = run_command(app, "privacy", "show-keys", folders.newest[1])

    key = (settings.data_folder / "storage-key").read_text().strip()
    assert f"LISTENING_POST_STORAGE_KEY={key}\n" in shown.output


@pytest.mark.one_database
def test_another_secret_key_is_refused_before_anything_is_restored(
    app: Flask, recording: Recording, folders: BackupFolders, empty: Flask
) -> None:
    run_backup(app, folders)
    empty.extensions["settings"] = replace(empty.extensions["settings"], secret_key="another")

    refused = run_restore(empty, folders)

    assert "LISTENING_POST_SECRET_KEY is not the one" in refused.output
    with empty.app_context():
        assert list(current_settings().data_folder.iterdir()) == []


@pytest.mark.one_database
def test_a_restore_is_finished_only_after_its_last_step(
    app: Flask,
    recording: Recording,
    folders: BackupFolders,
    empty: Flask,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls: list[int] = []

    def fail_once(restored: RestoredBackup) -> None:
        calls.append(len(restored.manifest.files))
        if len(calls) == 1:
            raise RuntimeError("killed")

    monkeypatch.setattr(restoration, "_steps_after_restoring", [fail_once])
    run_backup(app, folders)

    interrupted = run_restore(empty, folders)
    with empty.app_context():
        assert (current_settings().data_folder / RESTORE_MARKER).exists()
        refused = run_command(empty, "core", "work", "quick")
    again = run_restore(empty, folders)

    assert interrupted.exit_code == 1
    assert "Restoring a backup was not finished" in refused.output
    assert (again.exit_code, calls) == (0, [1, 1])


@pytest.mark.one_database
def test_a_folder_that_is_no_backup_is_refused(app: Flask, folders: BackupFolders, tmp_path: Path) -> None:
    run_backup(app, folders)
    shutil.rmtree(folders.newest[1])
    Path(folders.newest[1]).mkdir()

    refused = run_restore(app, folders)

    assert "is not a backup" in refused.output


@pytest.mark.parametrize("database", ["sqlite"])
def test_a_backup_of_an_earlier_version_is_restored_and_migrated(
    app: Flask, settings: Settings, folders: BackupFolders, empty: Flask, tmp_path: Path
) -> None:
    earlier = make_empty_installation(settings, tmp_path / "earlier")
    run_command(earlier, "db", "upgrade", EARLIER_REVISION)
    made = run_backup(earlier, folders)

    restored = run_restore(empty, folders)

    assert (made.exit_code, restored.exit_code) == (0, 0), made.output + restored.output
    with empty.app_context():
        newest = db.session.scalars(text("SELECT version_num FROM alembic_version")).all()
        assert newest != [EARLIER_REVISION]
        assert count_participants() == 0  # the newest tables are there


@pytest.mark.parametrize("database", ["sqlite"])
def test_a_backup_of_a_later_version_is_refused(app: Flask, folders: BackupFolders, empty: Flask) -> None:
    db.session.execute(text("UPDATE alembic_version SET version_num = 'later'"))
    db.session.commit()
    run_backup(app, folders)

    refused = run_restore(empty, folders)

    assert "made by a newer version of Listening Post" in refused.output


@pytest.mark.parametrize("database", ["sqlite"])
def test_a_database_that_cannot_be_read_is_named(app: Flask, settings: Settings, folders: BackupFolders) -> None:
    (settings.data_folder / "listening-post.sqlite").write_bytes(b"not a database" * 1000)
    app.extensions["settings"] = replace(
        settings, database_url=f"sqlite:///{settings.data_folder / 'listening-post.sqlite'}"
    )

    failed = run_backup(app, folders)

    assert failed.exit_code == 1
    assert "file is not a database" in failed.output
    assert folders.list_names() == []
