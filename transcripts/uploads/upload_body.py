"""The body of an upload request, read part by part."""

import time
from typing import IO

from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from transcripts.uploads.tus_protocol import Checksum

READ_BYTES = 64 * 1024  # at most this much is lost when a connection is reset
PART_BYTES = 16 * 1024 * 1024  # a web process that is killed loses at most one part
PART_SECONDS = 15.0  # a slow connection's part ends after this long


class UploadBody:
    """One request's body, divided into parts. A broken connection ends it without an error."""

    def __init__(self, stream: IO[bytes], max_bytes: int, checksum: Checksum | None = None) -> None:
        self._stream, self._bytes_left, self._checksum = stream, max_bytes, checksum
        self._hash = checksum.new_hash() if checksum else None
        self._part_bytes_left, self._part_deadline, self._is_begun = 0, 0.0, False
        self.bytes_read = 0
        self.is_broken, self.has_ended = False, max_bytes <= 0

    def start_part(self) -> None:
        """A body with a checksum is a single part: only its end shows whether it is right."""
        self._part_bytes_left = self._bytes_left if self._checksum else min(PART_BYTES, self._bytes_left)
        self._part_deadline, self._is_begun = time.monotonic() + PART_SECONDS, False

    def read(self, _size: int = -1) -> bytes:
        if self._is_part_over():
            return b""
        piece = self._read_stream()
        self._part_bytes_left -= len(piece)
        self._bytes_left -= len(piece)
        self.bytes_read += len(piece)
        self._is_begun = True
        if self._hash:
            self._hash.update(piece)
        self.has_ended = not (piece and self._bytes_left)
        return piece

    def matches_checksum(self) -> bool:
        return self._hash is None or (self._checksum is not None and self._hash.digest() == self._checksum.digest)

    def _is_part_over(self) -> bool:
        is_late = self._is_begun and self._checksum is None and time.monotonic() > self._part_deadline
        return self.has_ended or not self._part_bytes_left or is_late

    def _read_stream(self) -> bytes:
        try:
            return self._stream.read(min(READ_BYTES, self._part_bytes_left))
        except (ClientDisconnected, RequestEntityTooLarge, OSError):
            self.is_broken = True
            return b""
