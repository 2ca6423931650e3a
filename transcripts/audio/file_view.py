"""A part of an open recording as a file of its own, with corrected header bytes."""

import io
import os
from typing import Protocol

from transcripts.audio.file_parts import FilePart


class SeekableFile(Protocol):
    def seek(self, offset: int, /) -> int: ...
    def read(self, size: int, /) -> bytes | None: ...


class FileView(io.RawIOBase):
    """Several views of one file may be read in turn: each has its own position."""

    def __init__(self, recording: SeekableFile, part: FilePart) -> None:
        self.recording, self.part, self._position = recording, part, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        length = self.part.end - self.part.start
        self._position = max(0, {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: length}[whence] + offset)
        return self._position

    def read(self, size: int = -1) -> bytes:
        first = self.part.start + self._position
        left = self.part.end - first
        if left <= 0:
            return b""
        self.recording.seek(first)
        content = self.recording.read(left if size < 0 else min(size, left)) or b""
        self._position += len(content)
        return self._apply_patches(content, first)

    def _apply_patches(self, content: bytes, first: int) -> bytes:
        for offset, patch in self.part.patches:
            begin, end = max(offset, first), min(offset + len(patch), first + len(content))
            if begin < end:
                content = content[: begin - first] + patch[begin - offset : end - offset] + content[end - first :]
        return content
