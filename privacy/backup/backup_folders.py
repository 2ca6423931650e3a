"""Where backups are: each in a folder named by its time. One that is being made has another name until it is whole."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.outages import Outage, find_outage
from core.storage_backends import StorageFullError
from privacy.backup.errors import BackupError

UNFINISHED_SUFFIX = ".unfinished"
LOCK_FILE = ".lock"
KEYS_FOLDER_SUFFIX = "-keys"
NAME_PATTERN = "[0-9]*Z"


@dataclass(frozen=True, slots=True)
class UnfinishedBackup:
    """`keys` is not below `folder`: somebody who gets one has not got the other."""

    folder: Path
    keys: Path


@contextmanager
def write_backup_folders(folder: Path, keys_folder: Path, name: str) -> Iterator[UnfinishedBackup]:
    """The backup gets its name when the block ends without an error; after one, nothing of it is left."""
    _refuse_keys_inside(folder, keys_folder)
    with _explain_full_disk(folder):
        for parent in (folder, keys_folder):
            parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _lock(folder):
            parts = [parent / f"{name}{UNFINISHED_SUFFIX}" for parent in (folder, keys_folder)]
            _remove_unfinished(folder, keys_folder)
            try:
                yield UnfinishedBackup(*parts)
                for part in reversed(parts):  # the keys first: a backup with its name always has them
                    _sync_folders(part)
                    part.rename(part.with_name(name))
                    _sync_folder(part.parent)
            except BaseException:
                _remove_unfinished(folder, keys_folder)
                raise


def list_backups(folder: Path) -> list[Path]:
    """Whole ones, oldest first."""
    return sorted(path for path in folder.glob(NAME_PATTERN) if path.is_dir())


def remove_oldest(folder: Path, keys_folder: Path, keep: int) -> list[str]:
    old = [path.name for path in list_backups(folder)[:-keep]]
    for name in old:
        for parent in (folder, keys_folder):
            shutil.rmtree(parent / name, ignore_errors=True)
    return old


def build_keys_folder(folder: Path) -> Path:
    return folder.absolute().with_name(f"{folder.absolute().name}{KEYS_FOLDER_SUFFIX}")


def _refuse_keys_inside(folder: Path, keys_folder: Path) -> None:
    if keys_folder.resolve().is_relative_to(folder.resolve()):
        raise BackupError("The keys need a folder of their own, outside the folder of the backups.")


def _remove_unfinished(*folders: Path) -> None:
    for folder in folders:
        for path in folder.glob(f"*{UNFINISHED_SUFFIX}"):
            shutil.rmtree(path)


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    with (folder / LOCK_FILE).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupError(f"Another backup to {folder} is running.") from error
        yield


@contextmanager
def _explain_full_disk(folder: Path) -> Iterator[None]:
    message = "There is no space left for the backup in {}. Nothing of it was kept; earlier backups are as they were."
    try:
        yield
    except StorageFullError as error:
        raise BackupError(message.format(folder)) from error
    except OSError as error:
        if find_outage(error) is Outage.DISK_FULL:
            raise BackupError(message.format(folder)) from error
        raise BackupError(f"The backup could not be written to {folder}: {error.strerror or error}.") from error


def _sync_folders(folder: Path) -> None:
    for path in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
        _sync_folder(path)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
