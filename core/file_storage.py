"""Store recordings and other files, encrypted, in a local folder or S3-compatible storage, through fsspec.

Encryption: encryption.py. Each file's wrapped key is stored beside it as a separate object.
"""

import hashlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, cast

from flask import current_app

from core.encryption import (
    CHUNK_BYTES,
    CHUNK_SIZE_BYTES,
    HEADER,
    MAGIC_BYTES,
    DamagedFileError,
    FileEncryptor,
    FileKey,
    MasterKeys,
    compute_plain_size,
    decrypt_range,
    locate_stored_range,
)
from core.errors import NotReadyError, RuleError
from core.folder_backend import FolderBackend
from core.s3_backend import S3Backend
from core.settings import S3_URL_PREFIX, WRAPPED_KEY_SUFFIX, S3Account
from core.storage_backends import (
    StorageBackend,
    StorageFullError,
    StorageRefusedError,
    StorageUnreachableError,
    StorageWriter,
)

__all__ = [
    "FileTooLargeError",
    "IncompleteUploadError",
    "NotEncryptedError",
    "Storage",
    "StorageFullError",
    "StorageRefusedError",
    "StorageUnreachableError",
    "StoredFile",
    "current_storage",
    "format_size",
]

PIECE_BYTES = 1024 * 1024  # in memory at a time
KEY_SUFFIX = WRAPPED_KEY_SUFFIX
MAX_CACHED_KEYS = 500
DEFAULT_S3_ACCOUNT = S3Account()


class FileTooLargeError(RuleError): ...


class IncompleteUploadError(RuleError): ...


@dataclass(frozen=True, slots=True)
class StoredFile:
    path: str
    size_bytes: int
    sha256: str  # hexadecimal


class NotEncryptedError(RuleError, NotReadyError): ...


class Storage:
    """Writing is all or nothing: a partial file never appears under its name."""

    def __init__(self, url: str, keys: MasterKeys, account: S3Account = DEFAULT_S3_ACCOUNT) -> None:
        self._backend, self._keys = _create_backend(url, account), keys
        self._key_cache: dict[str, tuple[FileKey, int]] = {}  # key and stored size never change

    def store(self, source: IO[bytes], path: str, *, announced_bytes: int | None, max_bytes: int) -> StoredFile:
        """Leaves nothing behind after an error: FileTooLargeError, IncompleteUploadError, or one of the backend."""
        file_key = self._keys.create_file_key()
        wrapped = self._keys.wrap(file_key)
        with self._backend.open_writer(path) as target:
            stored = _write_encrypted(source, path, target, file_key, max_bytes)
            if announced_bytes is not None and stored.size_bytes < announced_bytes:
                raise IncompleteUploadError(
                    "The connection was lost before the whole file had arrived. Upload it again."
                )
            target.flush()
            self._backend.put(path + KEY_SUFFIX, wrapped)  # first: a key without a file does no harm
        self._key_cache.pop(path, None)
        return stored

    def get_size(self, path: str) -> int:
        """Of the decrypted file. Raises DamagedFileError, NotEncryptedError, FileNotFoundError."""
        return compute_plain_size(self._load_key_and_size(path)[1])

    def read_range(self, path: str, start: int, end: int) -> bytes:
        """Half-open; ends at the end of the file.

        Raises DamagedFileError, MasterKeyMissingError, NotEncryptedError, FileNotFoundError.
        """
        file_key, stored_bytes = self._load_key_and_size(path)
        end = min(end, compute_plain_size(stored_bytes))
        if start >= end:
            return b""
        stored_range = locate_stored_range(start, end, stored_bytes)
        ciphertext = self._backend.read(path, stored_range.stored_start, stored_range.stored_end)
        if len(ciphertext) != stored_range.stored_end - stored_range.stored_start:
            raise DamagedFileError("The stored file was changed after it was written, so it is not used.")
        skipped = start - stored_range.first_chunk * CHUNK_BYTES
        return decrypt_range(file_key, ciphertext, stored_range, stored_bytes)[skipped : skipped + end - start]

    def iter_range(self, path: str, start: int, end: int) -> Iterator[bytes]:
        first = start
        while first < end:
            next_first = min(first - first % PIECE_BYTES + PIECE_BYTES, end)
            yield self.read_range(path, first, next_first)
            first = next_first

    def exists(self, path: str) -> bool:
        return self._backend.exists(path)

    def delete(self, path: str) -> None:
        self._key_cache.pop(path, None)
        self._backend.remove(path + KEY_SUFFIX)  # without its key a file cannot be read, even if removing it fails
        self._backend.remove(path)

    def list_paths(self) -> list[str]:
        return [path for path in self._backend.list_paths() if not path.endswith(KEY_SUFFIX)]

    def list_encrypted_paths(self, limit: int | None = None) -> list[str]:
        """Files that have a key beside them, of the first `limit` names that the storage lists."""
        names = self._backend.list_paths(limit)
        return [name.removesuffix(KEY_SUFFIX) for name in names if name.endswith(KEY_SUFFIX)]

    def is_encrypted(self, path: str) -> bool:
        return self._is_encrypted(path, self._backend.read(path, 0, HEADER.size))

    def encrypt_in_place(self, path: str) -> None:
        if not self.is_encrypted(path):
            plain = _PieceReader(self._backend.iter_pieces(path, PIECE_BYTES))
            self.store(plain, path, announced_bytes=None, max_bytes=sys.maxsize)  # type: ignore[arg-type]  # is read

    def rewrap_key(self, path: str) -> bool:
        """False if the first master key already wraps it."""
        wrapped = self._backend.read(path + KEY_SUFFIX)
        if self._keys.is_current(wrapped):
            return False
        self._backend.put(path + KEY_SUFFIX, self._keys.wrap(self._load_key_and_size(path)[0]))
        return True

    def can_unwrap_key(self, path: str) -> bool:
        return self._keys.can_unwrap(self._backend.read(path + KEY_SUFFIX))

    def iter_stored_pieces(self, path: str) -> Iterator[bytes]:
        """The file as it is stored, for a copy that needs no key."""
        return self._backend.iter_pieces(path, PIECE_BYTES)

    def read_wrapped_key(self, path: str) -> bytes:
        return self._backend.read(path + KEY_SUFFIX)

    def write_wrapped_key(self, path: str, wrapped_key: bytes) -> None:
        self._backend.put(path + KEY_SUFFIX, wrapped_key)
        self._key_cache.pop(path, None)

    def store_copy(self, path: str, stored_pieces: Iterator[bytes], wrapped_key: bytes) -> StoredFile:
        """A file as another storage has it. Size and hash are those of the stored bytes."""
        digest, size = hashlib.sha256(), 0
        with self._backend.open_writer(path) as target:
            for piece in stored_pieces:
                digest.update(piece)
                size += len(piece)
                target.write(piece)
            target.flush()
            self._backend.put(path + KEY_SUFFIX, wrapped_key)
        self._key_cache.pop(path, None)
        return StoredFile(path, size, digest.hexdigest())

    def remove_abandoned_writes(self, *, older_than_seconds: float, now: float) -> int:
        return self._backend.remove_abandoned_writes(older_than_seconds=older_than_seconds, now=now)

    def _load_key_and_size(self, path: str) -> tuple[FileKey, int]:
        cached = self._key_cache.get(path)
        if cached is None:
            if len(self._key_cache) >= MAX_CACHED_KEYS:
                self._key_cache.clear()
            cached = self._unwrap_key(path), self._backend.get_size(path)
            self._key_cache[path] = cached
        return cached

    def _unwrap_key(self, path: str) -> FileKey:
        header = self._backend.read(path, 0, HEADER.size)
        if not self._is_encrypted(path, header):
            raise NotEncryptedError(
                "This file is not encrypted yet. The operator has to run this command once: "
                ".venv/bin/flask --app wsgi core encrypt-storage"
            )
        return self._keys.unwrap(self._backend.read(path + KEY_SUFFIX), header)

    def _is_encrypted(self, path: str, header: bytes) -> bool:
        """Also where a byte of the header is damaged: encrypting such a file again would replace its key."""
        has_chunk_size = header[len(MAGIC_BYTES) :].startswith(CHUNK_SIZE_BYTES)
        return header.startswith(MAGIC_BYTES) or (has_chunk_size and self._backend.exists(path + KEY_SUFFIX))


class _PieceReader:
    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces

    def read(self, _size: int = -1) -> bytes:
        return next(self._pieces, b"")


def _write_encrypted(
    source: IO[bytes], path: str, target: StorageWriter, file_key: FileKey, max_bytes: int
) -> StoredFile:
    digest, size, encryptor = hashlib.sha256(), 0, FileEncryptor(file_key)
    target.write(file_key.header)
    while piece := source.read(PIECE_BYTES):
        size += len(piece)
        if size > max_bytes:
            raise FileTooLargeError(f"The file is larger than the limit of {format_size(max_bytes)}.")
        digest.update(piece)
        target.write(encryptor.encrypt(piece))
    target.write(encryptor.finish())
    return StoredFile(path, size, digest.hexdigest())


def _create_backend(url: str, account: S3Account) -> StorageBackend:
    return S3Backend(url, account) if url.startswith(S3_URL_PREFIX) else FolderBackend(url)


def current_storage() -> Storage:
    return cast(Storage, current_app.extensions["storage"])


def format_size(size_bytes: int) -> str:
    for unit, factor in (("GB", 1024**3), ("MB", 1024**2), ("kB", 1024)):
        if size_bytes >= factor:
            return f"{size_bytes / factor:.3g} {unit}"
    return f"{size_bytes} bytes"
