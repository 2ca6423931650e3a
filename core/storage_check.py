"""Whether every stored file still opens: at start its key, and in a nightly check each of its bytes."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from core.encryption import DamagedFileError, MasterKeyMissingError
from core.errors import SettingsError
from core.file_storage import NotEncryptedError, Storage, StorageUnreachableError

LISTED_AT_START = 2000  # names; a bucket lists a thousand with each call
CHECKED_AT_START = 20
MISSING_KEY_MESSAGE = (
    "The recordings in the storage cannot be opened: they were encrypted with a storage key that is not in"
    " LISTENING_POST_STORAGE_KEY or in the file storage-key of the data folder. Put that key back, then start again."
    " A backup has it: .venv/bin/flask --app wsgi privacy show-keys FOLDER. No key was created, and nothing changed."
)
RESTORE_MARKER = "restore-unfinished"  # a file in the data folder
RESTORE_UNFINISHED_MESSAGE = (
    "Restoring a backup was not finished. Run the same command again:"
    " .venv/bin/flask --app wsgi privacy restore FOLDER --keys FOLDER"
)
FILE_MISSING = "The file is missing."
KEY_MISSING = "The key of the file is missing, so it cannot be opened."
NO_LIMIT = 0.0

_list_path_functions: list[Callable[[], Iterable[str]]] = []


@dataclass(frozen=True, slots=True)
class DamagedFile:
    path: str
    reason: str


@dataclass(slots=True)
class StorageCheck:
    file_count: int = 0
    size_bytes: int = 0
    damaged: list[DamagedFile] = field(default_factory=list)
    not_encrypted: list[str] = field(default_factory=list)  # from before encryption, waiting for encrypt-storage


def list_paths_in_use(function: Callable[[], Iterable[str]]) -> Callable[[], Iterable[str]]:
    """Registers what lists the paths that rows name, so that a missing file is noticed."""
    _list_path_functions.append(function)
    return function


def require_usable_data(storage: Storage, data_folder: Path) -> None:
    """Raises SettingsError if web server and workers must not start."""
    if (data_folder / RESTORE_MARKER).exists():
        raise SettingsError(RESTORE_UNFINISHED_MESSAGE)
    require_known_keys(storage)


def require_known_keys(storage: Storage) -> None:
    """Raises SettingsError if stored files were encrypted with a key that is missing. Looks at a few of many."""
    try:
        paths = storage.list_encrypted_paths(LISTED_AT_START)
        if not all(_is_key_known(storage, path) for path in paths[:: len(paths) // CHECKED_AT_START + 1]):
            raise SettingsError(MISSING_KEY_MESSAGE)
    except StorageUnreachableError:  # pages say so as long as it lasts
        return


def check_storage(storage: Storage, limit_rate: "RateLimit") -> StorageCheck:
    """Decrypts every file. A file that is deleted meanwhile is left out."""
    check = StorageCheck()
    for path in storage.list_paths():
        _check_file(storage, path, check, limit_rate)
    return check


def list_missing_files(storage: Storage) -> list[DamagedFile]:
    """Files that rows name, before and after the storage was listed."""
    paths_in_use = _list_paths_in_use()
    missing = paths_in_use.difference(storage.list_paths())
    return [DamagedFile(path, FILE_MISSING) for path in sorted(missing & _list_paths_in_use())] if missing else []


class RateLimit:
    """At most so many bytes a second on average; NO_LIMIT for as fast as it goes."""

    def __init__(self, bytes_per_second: float) -> None:
        self._bytes_per_second, self._started_at, self._bytes = bytes_per_second, time.monotonic(), 0

    def wait_after(self, size_bytes: int) -> None:
        self._bytes += size_bytes
        if self._bytes_per_second > NO_LIMIT:
            due_at = self._started_at + self._bytes / self._bytes_per_second
            time.sleep(max(0.0, due_at - time.monotonic()))


def _list_paths_in_use() -> set[str]:
    return {path for function in _list_path_functions for path in function()}


def _check_file(storage: Storage, path: str, check: StorageCheck, limit_rate: RateLimit) -> None:
    try:
        for piece in storage.iter_range(path, 0, storage.get_size(path)):
            check.size_bytes += len(piece)
            limit_rate.wait_after(len(piece))
        check.file_count += 1
    except NotEncryptedError:
        check.not_encrypted.append(path)
    except (DamagedFileError, MasterKeyMissingError) as error:
        check.damaged.append(DamagedFile(path, str(error)))
    except FileNotFoundError:
        if storage.exists(path):
            check.damaged.append(DamagedFile(path, KEY_MISSING))


def _is_key_known(storage: Storage, path: str) -> bool:
    try:
        return storage.can_unwrap_key(path)
    except FileNotFoundError:  # deleted meanwhile
        return True
