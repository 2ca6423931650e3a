"""Stored bytes in a folder, of this machine or wherever fsspec moves a file in one step. S3 stands in bucket.py."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO, Any
from uuid import uuid4

import fsspec

from core.places import StorageFullError, Target

INCOMING = "incoming"
NO_ROOM = {28, 122}  # ENOSPC, EDQUOT


class Folder:
    """A file is written beside the others and then moved to its name."""

    def __init__(self, url: str) -> None:
        self._fs, self._root = fsspec.core.url_to_fs(url)

    @contextmanager
    def writing(self, path: str) -> Iterator[Target]:
        incoming = self._at(f"{INCOMING}/{uuid4()}")
        try:
            with _in_words():
                self._fs.makedirs(self._at(INCOMING), exist_ok=True)
                with self._fs.open(incoming, "wb") as file:
                    target = _OpenFile(file)
                    yield target
                    target.settle()
                self._fs.makedirs(os.path.dirname(self._at(path)), exist_ok=True)  # noqa: PTH120 not always local
                self._fs.mv(incoming, self._at(path))
        except BaseException:
            self._remove(incoming)
            raise

    def put(self, path: str, content: bytes) -> None:
        with self.writing(path) as target:
            target.write(content)

    def read(self, path: str, start: int | None = None, end: int | None = None) -> bytes:
        return bytes(self._fs.cat_file(self._at(path), start, end))

    def pieces(self, path: str, piece_bytes: int) -> Iterator[bytes]:
        with self._fs.open(self._at(path), "rb") as file:
            while piece := file.read(piece_bytes):
                yield piece

    def size(self, path: str) -> int:
        return int(self._fs.size(self._at(path)))

    def exists(self, path: str) -> bool:
        return bool(self._fs.exists(self._at(path)))

    def remove(self, path: str) -> None:
        self._remove(self._at(path))

    def paths(self) -> list[str]:
        found = self._fs.find(self._root) if self._fs.exists(self._root) else []
        paths = [name[len(str(self._root)) :].lstrip("/") for name in found]
        return [path for path in paths if not path.startswith(f"{INCOMING}/")]

    def forget_broken(self, *, older_than_seconds: float, now: float) -> int:
        folder = self._at(INCOMING)
        entries = self._fs.ls(folder, detail=True) if self._fs.exists(folder) else []
        old = [entry["name"] for entry in entries if now - _modified(entry) > older_than_seconds]
        for name in old:
            self._remove(name)
        return len(old)

    def _at(self, path: str) -> str:
        return f"{self._root}/{path}"

    def _remove(self, full_path: str) -> None:
        if self._fs.exists(full_path):
            self._fs.rm_file(full_path)


class _OpenFile:
    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, piece: bytes) -> None:
        self._file.write(piece)

    def settle(self) -> None:
        self._file.flush()
        if hasattr(self._file, "fileno"):
            os.fsync(self._file.fileno())


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise StorageFullError from error
        raise


def _modified(entry: dict[str, Any]) -> float:
    moment = entry.get("mtime") or entry.get("LastModified")
    return moment.timestamp() if isinstance(moment, datetime) else float(moment or 0)
