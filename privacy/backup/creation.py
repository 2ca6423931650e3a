"""Make a backup while everything runs, and verify it by restoring it into an empty trace."""

import logging
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

from core import clock
from core.file_storage import Storage
from core.settings import Settings
from privacy.backup.backup_folders import UnfinishedBackup, list_backups, write_backup_folders
from privacy.backup.backup_keys import InstallationKeys, get_backup_key, read_keys, write_keys
from privacy.backup.databases import RestorableDatabase
from privacy.backup.encrypted_folder import EncryptedFolder, create_encrypted_folder, open_encrypted_folder
from privacy.backup.errors import BackupError
from privacy.backup.file_copies import CopiedFiles, PreviousBackup, copy_files, verify_files
from privacy.backup.manifest import Manifest, parse_manifest
from privacy.backup.postgres_database import build_postgres_database
from privacy.backup.sqlite_database import SqliteDatabase

MANIFEST_PART = "manifest"
NAME_FORMAT = "%Y-%m-%dT%H-%M-%S.%fZ"
SQLITE = "sqlite"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FinishedBackup:
    name: str
    manifest: Manifest
    linked_count: int
    damaged_files: list[str]  # in the storage itself; the backup has them as they are


def find_database(settings: Settings) -> RestorableDatabase:
    url = make_url(settings.database_url)
    if url.get_backend_name() == SQLITE:
        return SqliteDatabase(Path(url.database or ""), settings.data_folder)
    return build_postgres_database(settings)


def create_backup(settings: Settings, storage: Storage, folder: Path, keys_folder: Path) -> FinishedBackup:
    """Raises BackupError; then nothing is left that looks like a backup."""
    backup_key, name = get_backup_key(settings), clock.now().strftime(NAME_FORMAT)
    previous = _open_previous(folder, backup_key)
    with write_backup_folders(folder, keys_folder, name) as unfinished:
        manifest, copied = _write_backup(settings, storage, unfinished, previous)
        damaged = verify_backup(settings, unfinished.folder, unfinished.keys)
    return FinishedBackup(name, manifest, copied.linked_count, damaged + copied.without_key)


def verify_backup(settings: Settings, backup: Path, keys_folder: Path) -> list[str]:
    """Raises BackupError. Returns the files that were damaged in the storage before they were copied."""
    backup_key = get_backup_key(settings)
    folder, keys = open_encrypted_folder(backup, backup_key), open_keys(keys_folder, backup_key)
    manifest = read_manifest(folder)
    damaged = verify_files(backup, manifest, keys.master_keys)
    database = find_database(settings)
    if database.kind != manifest.database_kind:
        raise BackupError(
            f"This backup of {manifest.database_kind} needs an installation with {manifest.database_kind}."
        )
    with database.create_temporary() as empty:
        empty.restore(manifest, folder.read)
        empty.compare(manifest)
    return damaged


def read_manifest(folder: EncryptedFolder) -> Manifest:
    return parse_manifest(folder.read_text(MANIFEST_PART))


def open_keys(keys_folder: Path, backup_key: str) -> InstallationKeys:
    return read_keys(open_encrypted_folder(keys_folder, backup_key))


def _write_backup(
    settings: Settings, storage: Storage, unfinished: UnfinishedBackup, previous: PreviousBackup | None
) -> tuple[Manifest, CopiedFiles]:
    """The database first: every file that it names is there by then. The manifest last."""
    backup_key, created_at = get_backup_key(settings), clock.now().isoformat()
    folder, database = create_encrypted_folder(unfinished.folder, backup_key), find_database(settings)
    with database.open_snapshot() as snapshot:
        parts = {name: folder.write(name, pieces) for name, pieces in snapshot.parts}
    keys = InstallationKeys(settings.storage_keys, settings.secret_key).master_keys
    copied = copy_files(storage, unfinished.folder, keys, previous)
    manifest = Manifest(
        created_at=created_at,
        database_kind=database.kind,
        revisions=snapshot.revisions,
        row_counts=snapshot.row_counts,
        columns=snapshot.columns,
        sequences=snapshot.sequences,
        database=parts,
        files=copied.parts,
        wrapped_keys=copied.wrapped_keys,
    )
    write_keys(create_encrypted_folder(unfinished.keys, backup_key), settings)
    folder.write(MANIFEST_PART, [manifest.to_json().encode()])
    return manifest, copied


def _open_previous(folder: Path, backup_key: str) -> PreviousBackup | None:
    """None also where it cannot be read: then every file is copied."""
    for path in reversed(list_backups(folder)):
        try:
            return PreviousBackup(path, read_manifest(open_encrypted_folder(path, backup_key)))
        except BackupError as error:
            log.warning("The earlier backup %s is not used for this one: %s", path.name, error)
    return None
