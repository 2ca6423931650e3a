"""The stored files in a backup: copied as they are, each still encrypted with its own key.

A file that the previous backup has too is not stored twice: it is one file with a name in each (a hard link).
"""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

from core.encryption import DamagedFileError, MasterKeyMissingError, MasterKeys
from core.file_storage import Storage
from privacy.backup.databases import check_hash
from privacy.backup.encrypted_folder import NO_LIMIT, PieceReader, explain_damage
from privacy.backup.errors import BackupDamagedError
from privacy.backup.manifest import BackupPart, Manifest

FILES_FOLDER = "files"


@dataclass(frozen=True, slots=True)
class PreviousBackup:
    path: Path
    manifest: Manifest


@dataclass(slots=True)
class CopiedFiles:
    parts: dict[str, BackupPart] = field(default_factory=dict)
    wrapped_keys: dict[str, str] = field(default_factory=dict)
    without_key: list[str] = field(default_factory=list)
    linked_count: int = 0


def open_file_copies(backup: Path, keys: MasterKeys) -> Storage:
    return Storage(f"file://{backup / FILES_FOLDER}", keys)


def copy_files(source: Storage, backup: Path, keys: MasterKeys, previous: PreviousBackup | None) -> CopiedFiles:
    """What is deleted meanwhile is left out."""
    target, copied = open_file_copies(backup, keys), CopiedFiles()
    for path in source.list_paths():
        try:
            linked = _link_file(source, target, backup, path, previous) if previous else None
            copied.linked_count += linked is not None
            copied.parts[path] = linked or _copy_file(source, target, path)
            copied.wrapped_keys[path] = _hash_key(target.read_wrapped_key(path))
        except FileNotFoundError:
            if source.exists(path):
                copied.without_key.append(path)
    return copied


def verify_files(backup: Path, manifest: Manifest, keys: MasterKeys) -> list[str]:
    """Returns the files that were damaged before they were copied. Raises BackupDamagedError for any other damage."""
    files = open_file_copies(backup, keys)
    for path, part in manifest.files.items():
        with explain_damage(path):
            _read_whole(check_hash(files.iter_stored_pieces(path), part.sha256, path))
        _check_wrapped_key(files, path, manifest)
    return [path for path in manifest.files if not _can_be_decrypted(files, path)]


def restore_file(files: Storage, target: Storage, path: str, manifest: Manifest) -> None:
    """Raises BackupDamagedError; then nothing is stored."""
    with explain_damage(path):
        wrapped_key = _check_wrapped_key(files, path, manifest)
        pieces = check_hash(files.iter_stored_pieces(path), manifest.files[path].sha256, path)
        target.store_copy(path, pieces, wrapped_key)
    with suppress(DamagedFileError, MasterKeyMissingError):  # it was damaged before the backup: restored as it was
        target.rewrap_key(path)


def _copy_file(source: Storage, target: Storage, path: str) -> BackupPart:
    if not source.is_encrypted(path):  # from before encryption: the backup has it encrypted
        plain = cast(IO[bytes], PieceReader(source.iter_stored_pieces(path)))
        target.store(plain, path, announced_bytes=None, max_bytes=NO_LIMIT)
        return _hash_pieces(target.iter_stored_pieces(path))
    stored = target.store_copy(path, source.iter_stored_pieces(path), source.read_wrapped_key(path))
    return BackupPart(stored.size_bytes, stored.sha256)


def _link_file(
    source: Storage, target: Storage, backup: Path, path: str, previous: PreviousBackup
) -> BackupPart | None:
    """None where the previous backup does not have the same file, byte for byte, or the file system has no links."""
    part = previous.manifest.files.get(path)
    if part is None or _hash_pieces(source.iter_stored_pieces(path)) != part:
        return None
    link = backup / FILES_FOLDER / path
    try:
        link.parent.mkdir(parents=True, exist_ok=True)
        link.hardlink_to(previous.path / FILES_FOLDER / path)
    except OSError:
        return None
    target.write_wrapped_key(path, source.read_wrapped_key(path))
    return part


def _check_wrapped_key(files: Storage, path: str, manifest: Manifest) -> bytes:
    with explain_damage(f"{path}.key"):
        wrapped_key = files.read_wrapped_key(path)
    if _hash_key(wrapped_key) != manifest.wrapped_keys[path]:
        raise BackupDamagedError(f"The backup is damaged: the key of “{path}” was changed after it was written.")
    return wrapped_key


def _can_be_decrypted(files: Storage, path: str) -> bool:
    try:
        _read_whole(files.iter_range(path, 0, files.get_size(path)))
    except (DamagedFileError, MasterKeyMissingError):
        return False
    return True


def _read_whole(pieces: Iterable[bytes]) -> None:
    for _ in pieces:
        pass


def _hash_key(wrapped_key: bytes) -> str:
    return hashlib.sha256(wrapped_key).hexdigest()


def _hash_pieces(pieces: Iterator[bytes]) -> BackupPart:
    digest, size = hashlib.sha256(), 0
    for piece in pieces:
        digest.update(piece)
        size += len(piece)
    return BackupPart(size, digest.hexdigest())
