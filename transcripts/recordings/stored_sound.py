"""A stored recording as a seekable file, without a copy on this machine's disk."""

import io
import os
from typing import BinaryIO, cast

from core.file_storage import Storage

BUFFER_BYTES = 1 << 20


class _StoredFile(io.RawIOBase):
    def __init__(self, storage: Storage, path: str) -> None:
        self._storage, self._path, self._position = storage, path, 0
        self._size = storage.get_size(path)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]  # the buffer that BufferedReader passes
        end = min(self._position + len(target), self._size)
        if end <= self._position:
            return 0
        piece = self._storage.read_range(self._path, self._position, end)
        target[: len(piece)] = piece
        self._position += len(piece)
        return len(piece)


def open_stored_recording(storage: Storage, path: str) -> BinaryIO:
    return cast(BinaryIO, io.BufferedReader(_StoredFile(storage, path), BUFFER_BYTES))
