"""Keep recordings and other files in one storage, a local folder or S3-compatible, through fsspec."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, cast
from uuid import uuid4

import fsspec
from flask import current_app
from fsspec.implementations.local import LocalFileSystem

from core.errors import RuleError

CHUNK_BYTES = 1024 * 1024


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


class Storage:
    """Files by path below one root. Writing is all or nothing: half a file never stands under its name."""

    def __init__(self, url: str) -> None:
        self._fs, self._root = fsspec.core.url_to_fs(url)

    def store(self, source: IO[bytes], path: str, *, announced_bytes: int | None, max_bytes: int) -> Stored:
        """Stream a file into the storage; memory stays at one chunk.

        Raises TooLargeError, CutShortError or StorageFullError, and then leaves nothing behind.
        """
        self._fs.makedirs(self._at("incoming"), exist_ok=True)
        incoming = self._at(f"incoming/{uuid4()}")
        digest, size = hashlib.sha256(), 0
        try:
            with self._fs.open(incoming, "wb") as target:
                while chunk := source.read(CHUNK_BYTES):
                    size += len(chunk)
                    if size > max_bytes:
                        raise TooLargeError(
                            f"The file is larger than {readable_size(max_bytes)}, the most that can be kept."
                        )
                    digest.update(chunk)
                    target.write(chunk)
                _to_disk(target)
            if announced_bytes is not None and size < announced_bytes:
                raise CutShortError(
                    "The connection was lost before the whole file had arrived. Please upload it again."
                )
            self._fs.makedirs(os.path.dirname(self._at(path)), exist_ok=True)  # noqa: PTH120 not always a local path
            self._fs.mv(incoming, self._at(path))
        except BaseException as error:
            self._remove_if_there(incoming)
            if isinstance(error, OSError) and error.errno in _NO_ROOM:
                raise StorageFullError("There is no room left for this file. Please tell the coordinator.") from error
            raise
        return Stored(path, size, digest.hexdigest())

    def size(self, path: str) -> int:
        return int(self._fs.size(self._at(path)))

    def read_range(self, path: str, start: int, end: int) -> bytes:
        """Bytes from `start` up to, not including, `end`."""
        return bytes(self._fs.cat_file(self._at(path), start, end))

    def chunks(self, path: str, start: int, end: int) -> Iterator[bytes]:
        """The same range piece by piece, for streaming."""
        for first in range(start, end, CHUNK_BYTES):
            yield self.read_range(path, first, min(first + CHUNK_BYTES, end))

    def exists(self, path: str) -> bool:
        return bool(self._fs.exists(self._at(path)))

    def delete(self, path: str) -> None:
        self._remove_if_there(self._at(path))

    @contextmanager
    def as_local_file(self, path: str, folder: Path) -> Iterator[Path]:
        """A path that a child process can read; a remote file is brought into `folder` and removed afterwards."""
        if isinstance(self._fs, LocalFileSystem):
            yield Path(self._at(path))
            return
        copy = folder / str(uuid4())
        self._fs.get_file(self._at(path), str(copy))
        try:
            yield copy
        finally:
            copy.unlink(missing_ok=True)

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
