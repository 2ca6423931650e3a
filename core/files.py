"""Keep recordings and other files, encrypted, in one storage: a local folder or S3-compatible, through fsspec.

How a file is encrypted stands in sealing.py; beside each file lies its wrapped key, in an object of its own.
"""

import hashlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any, cast
from uuid import uuid4

import fsspec
from flask import current_app

from core.errors import RuleError
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

PIECE_BYTES = 1024 * 1024  # held in memory at a time
KEY_ENDING = ".key"
MOST_KNOWN_FILES = 500


class TooLargeError(RuleError):
    """The file is over the limit."""


class CutShortError(RuleError):
    """Fewer bytes came than were announced."""


class StorageFullError(RuleError):
    """There is no room for the file."""


@dataclass(frozen=True, slots=True)
class Stored:
    path: str
    size_bytes: int
    sha256: str  # hexadecimal


class NotSealedError(RuleError):
    """The file was stored before files were encrypted."""


class Storage:
    """Files by path below one root. Writing is all or nothing: half a file never stands under its name."""

    def __init__(self, url: str, keys: MasterKeys) -> None:
        self._fs, self._root = fsspec.core.url_to_fs(url)
        self._keys = keys
        self._known: dict[str, tuple[FileKey, int]] = {}  # what opens a file, and its stored size: neither changes

    def store(self, source: IO[bytes], path: str, *, announced_bytes: int | None, max_bytes: int) -> Stored:
        """Stream a file into the storage; memory stays at one chunk.

        Raises TooLargeError, CutShortError or StorageFullError, and then leaves nothing behind.
        """
        self._fs.makedirs(self._at("incoming"), exist_ok=True)
        incoming, file_key = self._at(f"incoming/{uuid4()}"), self._keys.new_file_key()
        try:
            stored = self._write(source, path, incoming, file_key, max_bytes)
            if announced_bytes is not None and stored.size_bytes < announced_bytes:
                raise CutShortError(
                    "The connection was lost before the whole file had arrived. Please upload it again."
                )
            self._fs.makedirs(os.path.dirname(self._at(path)), exist_ok=True)  # noqa: PTH120 not always a local path
            self._write_key(path, self._keys.wrap(file_key))  # first: a key without a file does no harm
            self._fs.mv(incoming, self._at(path))
        except BaseException as error:
            self._remove_if_there(incoming)
            if isinstance(error, OSError) and error.errno in _NO_ROOM:
                raise StorageFullError("There is no room left for this file. Please tell the coordinator.") from error
            raise
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
        sealed = bytes(self._fs.cat_file(self._at(path), where.stored_start, where.stored_end))
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
        return bool(self._fs.exists(self._at(path)))

    def delete(self, path: str) -> None:
        self._known.pop(path, None)
        self._remove_if_there(self._at(path))
        self._remove_if_there(self._at(path + KEY_ENDING))

    def paths(self) -> list[str]:
        """Every file, encrypted or not; without keys and without what is still arriving."""
        found = self._fs.find(self._root) if self._fs.exists(self._root) else []
        paths = [name[len(str(self._root)) :].lstrip("/") for name in found]
        return [path for path in paths if not path.endswith(KEY_ENDING) and not path.startswith("incoming/")]

    def is_sealed(self, path: str) -> bool:
        return bytes(self._fs.cat_file(self._at(path), 0, HEAD.size)).startswith(MARK)

    def seal(self, path: str) -> None:
        """Encrypt a file that was stored before files were; the old bytes go once the new ones are whole."""
        if not self.is_sealed(path):
            with self._fs.open(self._at(path), "rb") as plain:
                self.store(plain, path, announced_bytes=None, max_bytes=sys.maxsize)

    def rewrap(self, path: str) -> bool:
        """Wrap a file's key by the first master key; the file itself stays. False when it is already."""
        wrapped = bytes(self._fs.cat_file(self._at(path + KEY_ENDING)))
        if self._keys.is_current(wrapped):
            return False
        self._write_key(path, self._keys.wrap(self._open(path)[0]))
        return True

    def forget_incoming(self, *, older_than_seconds: float, now: float) -> int:
        """Remove what a killed upload left behind. Returns how many files."""
        folder = self._at("incoming")
        old = [
            entry["name"]
            for entry in (self._fs.ls(folder, detail=True) if self._fs.exists(folder) else [])
            if now - _modified(entry) > older_than_seconds
        ]
        for name in old:
            self._remove_if_there(name)
        return len(old)

    def _write(self, source: IO[bytes], path: str, incoming: str, file_key: FileKey, max_bytes: int) -> Stored:
        digest, size, sealer = hashlib.sha256(), 0, Sealer(file_key)
        with self._fs.open(incoming, "wb") as target:
            target.write(file_key.head)
            while piece := source.read(PIECE_BYTES):
                size += len(piece)
                if size > max_bytes:
                    raise TooLargeError(
                        f"The file is larger than {readable_size(max_bytes)}, the most that can be kept."
                    )
                digest.update(piece)
                target.write(sealer.seal(piece))
            target.write(sealer.finish())
            _to_disk(target)
        return Stored(path, size, digest.hexdigest())

    def _write_key(self, path: str, wrapped: bytes) -> None:
        incoming = self._at(f"incoming/{uuid4()}")
        with self._fs.open(incoming, "wb") as target:
            target.write(wrapped)
            _to_disk(target)
        self._fs.mv(incoming, self._at(path + KEY_ENDING))

    def _open(self, path: str) -> tuple[FileKey, int]:
        """What opens a file, and how many bytes are stored."""
        known = self._known.get(path)
        if known is None:
            if len(self._known) >= MOST_KNOWN_FILES:
                self._known.clear()
            known = self._unwrapped(path), int(self._fs.size(self._at(path)))
            self._known[path] = known
        return known

    def _unwrapped(self, path: str) -> FileKey:
        head = bytes(self._fs.cat_file(self._at(path), 0, HEAD.size))
        if not head.startswith(MARK):
            raise NotSealedError(
                "This file was stored before files were encrypted. The operator has to run this once: "
                ".venv/bin/flask --app wsgi core seal-storage"
            )
        return self._keys.unwrap(bytes(self._fs.cat_file(self._at(path + KEY_ENDING))), head)

    def _at(self, path: str) -> str:
        return f"{self._root}/{path}"

    def _remove_if_there(self, full_path: str) -> None:
        if self._fs.exists(full_path):
            self._fs.rm_file(full_path)


def current_storage() -> Storage:
    """The storage of the running application."""
    return cast(Storage, current_app.extensions["storage"])


_NO_ROOM = {28, 122}  # ENOSPC, EDQUOT


def readable_size(size_bytes: int) -> str:
    """For people: “12 MB”, “2 GB”."""
    for unit, factor in (("GB", 1024**3), ("MB", 1024**2), ("kB", 1024)):
        if size_bytes >= factor:
            return f"{size_bytes / factor:.3g} {unit}"
    return f"{size_bytes} bytes"


def _to_disk(target: Any) -> None:
    target.flush()
    if hasattr(target, "fileno"):
        os.fsync(target.fileno())


def _modified(entry: dict[str, Any]) -> float:
    moment = entry.get("mtime") or entry.get("LastModified")
    return moment.timestamp() if isinstance(moment, datetime) else float(moment or 0)
