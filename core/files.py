"""Keep recordings and other files, encrypted, in one storage: a local folder or S3-compatible, through fsspec.

How a file is encrypted stands in sealing.py; beside each file lies its wrapped key, in an object of its own.
"""

import hashlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, cast

from flask import current_app

from core.bucket import Bucket
from core.errors import RuleError
from core.folder import Folder
from core.places import Place, StorageFullError, StorageRefusedError, StorageUnreachableError, Target
from core.sealing import (
    CHUNK_BYTES,
    HEAD,
    MARK,
    FileKey,
    MasterKeys,
    SealBrokenError,
    Sealer,
    opened,
    plain_size,
    sealed_range,
)
from core.settings import BUCKET_URL, S3Account

__all__ = [
    "CutShortError",
    "NotSealedError",
    "Storage",
    "StorageFullError",
    "StorageRefusedError",
    "StorageUnreachableError",
    "Stored",
    "TooLargeError",
    "current_storage",
    "readable_size",
]

PIECE_BYTES = 1024 * 1024  # held in memory at a time
KEY_ENDING = ".key"
MOST_KNOWN_FILES = 500
NO_ACCOUNT = S3Account()


class TooLargeError(RuleError):
    """The file is over the limit."""


class CutShortError(RuleError):
    """Fewer bytes came than were announced."""


@dataclass(frozen=True, slots=True)
class Stored:
    path: str
    size_bytes: int
    sha256: str  # hexadecimal


class NotSealedError(RuleError):
    """The file was stored before files were encrypted."""


class Storage:
    """Files by path below one root. Writing is all or nothing: half a file never stands under its name."""

    def __init__(self, url: str, keys: MasterKeys, account: S3Account = NO_ACCOUNT) -> None:
        self._place, self._keys = _place(url, account), keys
        self._known: dict[str, tuple[FileKey, int]] = {}  # what opens a file, and its stored size: neither changes

    def store(self, source: IO[bytes], path: str, *, announced_bytes: int | None, max_bytes: int) -> Stored:
        """Stream a file into the storage; memory stays at a few pieces.

        Raises TooLargeError, CutShortError, StorageFullError, StorageUnreachableError, and then leaves nothing behind.
        """
        file_key = self._keys.new_file_key()
        wrapped = self._keys.wrap(file_key)
        with self._place.writing(path) as target:
            stored = _written(source, path, target, file_key, max_bytes)
            if announced_bytes is not None and stored.size_bytes < announced_bytes:
                raise CutShortError(
                    "The connection was lost before the whole file had arrived. Please upload it again."
                )
            target.settle()
            self._place.put(path + KEY_ENDING, wrapped)  # first: a key without a file does no harm
        self._known.pop(path, None)
        return stored

    def size(self, path: str) -> int:
        """Bytes of the file itself. Raises SealBrokenError, NotSealedError, FileNotFoundError."""
        return plain_size(self._open(path)[1])

    def read_range(self, path: str, start: int, end: int) -> bytes:
        """Bytes from `start` up to, not including, `end` or the file's end. Reads no chunk that it does not need.

        Raises SealBrokenError, MasterKeyMissingError, NotSealedError, FileNotFoundError.
        """
        file_key, stored_bytes = self._open(path)
        end = min(end, plain_size(stored_bytes))
        if start >= end:
            return b""
        where = sealed_range(start, end, stored_bytes)
        sealed = self._place.read(path, where.stored_start, where.stored_end)
        if len(sealed) != where.stored_end - where.stored_start:
            raise SealBrokenError("The stored file was cut since it was written, so it is not used.")
        skipped = start - where.first_chunk * CHUNK_BYTES
        return opened(file_key, sealed, where, stored_bytes)[skipped : skipped + end - start]

    def chunks(self, path: str, start: int, end: int) -> Iterator[bytes]:
        """The same range piece by piece, for streaming."""
        first = start
        while first < end:
            next_first = min(first - first % PIECE_BYTES + PIECE_BYTES, end)
            yield self.read_range(path, first, next_first)
            first = next_first

    def exists(self, path: str) -> bool:
        return self._place.exists(path)

    def delete(self, path: str) -> None:
        self._known.pop(path, None)
        self._place.remove(path)
        self._place.remove(path + KEY_ENDING)

    def paths(self) -> list[str]:
        """Every file, encrypted or not; without keys and without what is still arriving."""
        return [path for path in self._place.paths() if not path.endswith(KEY_ENDING)]

    def is_sealed(self, path: str) -> bool:
        return self._place.read(path, 0, HEAD.size).startswith(MARK)

    def seal(self, path: str) -> None:
        """Encrypt a file that was stored before files were; the old bytes go once the new ones are whole."""
        if not self.is_sealed(path):
            plain = _Pieces(self._place.pieces(path, PIECE_BYTES))
            self.store(plain, path, announced_bytes=None, max_bytes=sys.maxsize)  # type: ignore[arg-type]  # is read

    def rewrap(self, path: str) -> bool:
        """Wrap a file's key by the first master key; the file itself stays. False when it is already."""
        wrapped = self._place.read(path + KEY_ENDING)
        if self._keys.is_current(wrapped):
            return False
        self._place.put(path + KEY_ENDING, self._keys.wrap(self._open(path)[0]))
        return True

    def forget_incoming(self, *, older_than_seconds: float, now: float) -> int:
        """Remove what a killed upload left behind. Returns how many files."""
        return self._place.forget_broken(older_than_seconds=older_than_seconds, now=now)

    def _open(self, path: str) -> tuple[FileKey, int]:
        """What opens a file, and how many bytes are stored."""
        known = self._known.get(path)
        if known is None:
            if len(self._known) >= MOST_KNOWN_FILES:
                self._known.clear()
            known = self._unwrapped(path), self._place.size(path)
            self._known[path] = known
        return known

    def _unwrapped(self, path: str) -> FileKey:
        head = self._place.read(path, 0, HEAD.size)
        if not head.startswith(MARK):
            raise NotSealedError(
                "This file was stored before files were encrypted. The operator has to run this once: "
                ".venv/bin/flask --app wsgi core seal-storage"
            )
        return self._keys.unwrap(self._place.read(path + KEY_ENDING), head)


class _Pieces:
    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces

    def read(self, _size: int = -1) -> bytes:
        return next(self._pieces, b"")


def _written(source: IO[bytes], path: str, target: Target, file_key: FileKey, max_bytes: int) -> Stored:
    digest, size, sealer = hashlib.sha256(), 0, Sealer(file_key)
    target.write(file_key.head)
    while piece := source.read(PIECE_BYTES):
        size += len(piece)
        if size > max_bytes:
            raise TooLargeError(f"The file is larger than {readable_size(max_bytes)}, the most that can be kept.")
        digest.update(piece)
        target.write(sealer.seal(piece))
    target.write(sealer.finish())
    return Stored(path, size, digest.hexdigest())


def _place(url: str, account: S3Account) -> Place:
    return Bucket(url, account) if url.startswith(BUCKET_URL) else Folder(url)


def current_storage() -> Storage:
    """The storage of the running application."""
    return cast(Storage, current_app.extensions["storage"])


def readable_size(size_bytes: int) -> str:
    """For people: “12 MB”, “2 GB”."""
    for unit, factor in (("GB", 1024**3), ("MB", 1024**2), ("kB", 1024)):
        if size_bytes >= factor:
            return f"{size_bytes / factor:.3g} {unit}"
    return f"{size_bytes} bytes"
