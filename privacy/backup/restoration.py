"""Restore a backup into an empty installation, and nowhere else."""

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from core.encryption import MasterKeys
from core.file_storage import Storage
from core.settings import SECRET_KEY_FILE, Settings
from core.storage_check import RESTORE_MARKER
from privacy.backup.backup_keys import InstallationKeys, get_backup_key
from privacy.backup.creation import find_database, open_keys, read_manifest
from privacy.backup.databases import RestorableDatabase
from privacy.backup.encrypted_folder import open_encrypted_folder
from privacy.backup.errors import BackupDamagedError, BackupError, NotEmptyError
from privacy.backup.file_copies import open_file_copies, restore_file
from privacy.backup.manifest import Manifest
from privacy.backup.migrations import migrate_to_newest, require_known_revisions

OTHER_KEY_MESSAGE = (
    "LISTENING_POST_SECRET_KEY is not the one with which the backup was made, and parts of the database are derived"
    " from it. Set the one that this command prints: .venv/bin/flask --app wsgi privacy show-keys {}"
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RestoredBackup:
    folder: Path
    manifest: Manifest
    keys: InstallationKeys  # of the installation that was backed up; the secret key is now ours too
    damaged_files: list[str]  # not restored


_steps_after_restoring: list[Callable[[RestoredBackup], None]] = []


def run_after_restoring(step: Callable[[RestoredBackup], None]) -> Callable[[RestoredBackup], None]:
    """Registers a step without which a restore is not finished, such as erasing again what was erased since.

    It runs on the restored database and storage, before web server and workers may start; again if it was interrupted.
    """
    _steps_after_restoring.append(step)
    return step


def restore_backup(settings: Settings, backup: Path, keys_folder: Path) -> RestoredBackup:
    """May be run again after it was interrupted: web server and workers refuse to start until it has finished."""
    backup_key = get_backup_key(settings)
    folder, keys = open_encrypted_folder(backup, backup_key), open_keys(keys_folder, backup_key)
    manifest, database = read_manifest(folder), find_database(settings)
    storage = _open_target_storage(settings, keys)
    _refuse_other_kind(database, manifest)
    require_known_revisions(manifest.revisions)
    is_continued = _is_continued(settings, backup.name)
    if not is_continued:
        _refuse_filled(storage, database)
    _restore_secret_key(settings, keys, keys_folder)
    (settings.data_folder / RESTORE_MARKER).write_text(backup.name)
    damaged = _restore_files(storage, backup, manifest, is_continued=is_continued)
    if not database.list_filled_tables():
        database.restore(manifest, folder.read)
        database.compare(manifest)
    migrate_to_newest(settings)
    return RestoredBackup(backup, manifest, keys, damaged)


def finish_restoring(restored: RestoredBackup) -> None:
    """The caller commits what the steps changed, then calls `remove_marker`."""
    for step in _steps_after_restoring:
        step(restored)


def remove_marker(settings: Settings) -> None:
    (settings.data_folder / RESTORE_MARKER).unlink()


def _open_target_storage(settings: Settings, keys: InstallationKeys) -> Storage:
    """Files get their key wrapped by the storage key of this installation; the backup's is not needed afterwards."""
    return Storage(settings.storage_url, MasterKeys(*settings.storage_keys, *keys.storage_keys), settings.s3)


def _refuse_other_kind(database: RestorableDatabase, manifest: Manifest) -> None:
    if database.kind != manifest.database_kind:
        raise BackupError(
            f"This backup is of {manifest.database_kind}, and LISTENING_POST_DATABASE_URL names {database.kind}."
        )


def _is_continued(settings: Settings, name: str) -> bool:
    marker = settings.data_folder / RESTORE_MARKER
    if not marker.exists():
        return False
    if marker.read_text() != name:
        raise NotEmptyError(f"Restoring {marker.read_text()} was not finished. Finish it, or start with a new folder.")
    return True


def _refuse_filled(storage: Storage, database: RestorableDatabase) -> None:
    filled, files = database.list_filled_tables(), storage.list_paths()
    if filled or files:
        found = ", ".join(filled[:5]) or f"{len(files)} files"
        raise NotEmptyError(
            f"This installation is not empty ({found}), so nothing was restored. Restore into an empty database and an"
            " empty storage: set LISTENING_POST_DATA_FOLDER to a new folder, or move the old one away."
        )


def _restore_secret_key(settings: Settings, keys: InstallationKeys, keys_folder: Path) -> None:
    path = settings.data_folder / SECRET_KEY_FILE
    if path.exists() and path.read_text().strip() in {settings.secret_key, keys.secret_key}:
        with NamedTemporaryFile("w", dir=path.parent, delete=False) as whole:  # readable by its owner only
            whole.write(keys.secret_key)
        os.replace(whole.name, path)  # noqa: PTH105 both are names
    elif settings.secret_key != keys.secret_key:
        raise BackupError(OTHER_KEY_MESSAGE.format(keys_folder))


def _restore_files(storage: Storage, backup: Path, manifest: Manifest, *, is_continued: bool) -> list[str]:
    """A damaged one is left out and reported; everything else is restored."""
    files, damaged = open_file_copies(backup, MasterKeys()), []
    for path in manifest.files:
        if is_continued and storage.exists(path):
            storage.rewrap_key(path)
            continue
        try:
            restore_file(files, storage, path, manifest)
        except BackupDamagedError as error:
            log.error("%s: %s", path, error)
            damaged.append(path)
    return damaged
