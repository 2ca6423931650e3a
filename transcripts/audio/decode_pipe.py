"""The protocol between decoder.py and its decoding child over two pipes. Knows nothing about sound.

The child sends frames: one kind byte, a length, a body. It requests pieces of the recording, so it needs no path, no
open file and no unencrypted copy on disk: the parent may read from a folder, S3 or an encrypted file.
"""

import io
import os
import struct
from enum import Enum
from typing import IO, BinaryIO

HEADER = struct.Struct("<cI")
REQUEST = struct.Struct("<QI")
REPLY = struct.Struct("<I")
MAX_BODY_BYTES = 1 << 20


class FrameKind(Enum):
    READ = b"R"  # body: REQUEST; answered by REPLY and the bytes
    SAMPLES = b"S"  # body: float32, little-endian
    FACTS = b"F"  # body: JSON; the last frame of a usable recording
    UNUSABLE = b"U"  # body: JSON; the last frame of a refused one


class PipeProtocolError(Exception): ...


def read_exactly(stream: IO[bytes], length: int) -> bytes:
    """`stream` is unbuffered, so that select() sees all its data; one read may return less than `length`."""
    body = bytearray()
    while len(body) < length:
        piece = stream.read(length - len(body))
        if not piece:
            raise PipeProtocolError("The pipe was closed.")
        body += piece
    return bytes(body)


def write_all(stream: IO[bytes], body: bytes) -> None:
    left = memoryview(body)
    while left:
        left = left[stream.write(left) :]


def send_frame(stream: IO[bytes], kind: FrameKind, body: bytes) -> None:
    write_all(stream, HEADER.pack(kind.value, len(body)) + body)


def receive_frame(stream: IO[bytes]) -> tuple[FrameKind, bytes]:
    mark, length = HEADER.unpack(read_exactly(stream, HEADER.size))
    if length > MAX_BODY_BYTES:
        raise PipeProtocolError("A frame is too long.")
    try:
        return FrameKind(mark), read_exactly(stream, length)
    except ValueError as error:
        raise PipeProtocolError("A frame of an unknown kind.") from error


def answer_read(stream: IO[bytes], request: bytes, recording: BinaryIO) -> None:
    try:
        offset, length = REQUEST.unpack(request)
    except struct.error as error:
        raise PipeProtocolError("An invalid request.") from error
    recording.seek(offset)
    body = recording.read(min(length, MAX_BODY_BYTES))
    write_all(stream, REPLY.pack(len(body)) + body)


class PipedFile(io.RawIOBase):
    """The recording as the child sees it: the parent answers every read."""

    def __init__(self, requests: IO[bytes], replies: IO[bytes], size: int) -> None:
        self._requests, self._replies, self._size, self._position = requests, replies, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def read(self, size: int = -1) -> bytes:
        length = self._size - self._position if size < 0 else size
        if length <= 0 or self._position >= self._size:
            return b""
        send_frame(self._requests, FrameKind.READ, REQUEST.pack(self._position, min(length, MAX_BODY_BYTES)))
        (length,) = REPLY.unpack(read_exactly(self._replies, REPLY.size))
        body = read_exactly(self._replies, length)
        self._position += len(body)
        return body
