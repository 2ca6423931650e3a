"""Files in a folder on this machine, or wherever fsspec can move a file in one step. S3: s3_backend.py."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO, Any
from uuid import uuid4

import fsspec

from core.storage_backends import StorageFullError, StorageWriter

INCOMING_FOLDER = "incoming"
STORAGE_FULL_ERRNOS = {28, 122}  # ENOSPC, EDQUOT


class FolderBackend:
    def __init__(self, url: str) -> None:
        self._filesystem, self._root = fsspec.core.url_to_fs(url)

    @contextmanager
    def open_writer(self, path: str) -> Iterator[StorageWriter]:
        incoming = self._build_full_path(f"{INCOMING_FOLDER}/{uuid4()}")
        try:
            with _translate_errors():
                self._filesystem.makedirs(self._build_full_path(INCOMING_FOLDER), exist_ok=True)
                with self._filesystem.open(incoming, "wb") as file:
                    target = _FolderWriter(file)
                    yield target
                    target.flush()
                self._filesystem.makedirs(os.path.dirname(self._build_full_path(path)), exist_ok=True)  # noqa: PTH120 not always local
                self._filesystem.mv(incoming, self._build_full_path(path))
        except BaseException:
            self._remove(incoming)
            raise

    def put(self, path: str, content: bytes) -> None:
        with self.open_writer(path) as target:
            target.write(content)

    def read(self, path: str, start: int | None = None, end: int | None = None) -> bytes:
        return bytes(self._filesystem.cat_file(self._build_full_path(path), start, end))

    def iter_pieces(self, path: str, piece_bytes: int) -> Iterator[bytes]:
        with self._filesystem.open(self._build_full_path(path), "rb") as file:
            while piece := file.read(piece_bytes):
                yield piece

    def get_size(self, path: str) -> int:
        return int(self._filesystem.size(self._build_full_path(path)))

    def exists(self, path: str) -> bool:
        return bool(self._filesystem.exists(self._build_full_path(path)))

    def remove(self, path: str) -> None:
        self._remove(self._build_full_path(path))

    def list_paths(self, limit: int | None = None) -> list[str]:
        names = self._filesystem.find(self._root) if self._filesystem.exists(self._root) else []
        paths = [name[len(str(self._root)) :].lstrip("/") for name in names]
        return [path for path in paths if not path.startswith(f"{INCOMING_FOLDER}/")][:limit]

    def remove_abandoned_writes(self, *, older_than_seconds: float, now: float) -> int:
        folder = self._build_full_path(INCOMING_FOLDER)
        entries = self._filesystem.ls(folder, detail=True) if self._filesystem.exists(folder) else []
        old = [entry["name"] for entry in entries if now - _get_modified_at(entry) > older_than_seconds]
        for name in old:
            self._remove(name)
        return len(old)

    def _build_full_path(self, path: str) -> str:
        return f"{self._root}/{path}"

    def _remove(self, full_path: str) -> None:
        if self._filesystem.exists(full_path):
            self._filesystem.rm_file(full_path)


class _FolderWriter:
    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def write(self, piece: bytes) -> None:
        self._file.write(piece)

    def flush(self) -> None:
        self._file.flush()
        if hasattr(self._file, "fileno"):
            os.fsync(self._file.fileno())


@contextmanager
def _translate_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in STORAGE_FULL_ERRNOS:
            raise StorageFullError from error
        raise


def _get_modified_at(entry: dict[str, Any]) -> float:
    moment = entry.get("mtime") or entry.get("LastModified")
    return moment.timestamp() if isinstance(moment, datetime) else float(moment or 0)
