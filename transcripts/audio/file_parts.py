"""The recordings in one file, one after the other, and corrections of lengths that their headers state wrongly. Pure.

FFmpeg plays what a header states and ignores the rest without an error: half of a file whose recorder lost power, or
the second of two files that were joined by copying.
"""

import struct
from dataclasses import dataclass

from transcripts.audio.containers import ASF_MAGIC
from transcripts.audio.sound_chunks import (
    ChunkLayout,
    ReadBytes,
    SoundChunk,
    find_layout,
    find_sound_chunk,
    read_au_chunk,
)

MAX_PARTS = 200  # the rest is refused, not lost
MAX_TRAILING_CHUNKS = 200
MAX_MOVIE_BOXES = 200_000  # of a fragmented file: two for each fragment
MIN_UNSTATED_BYTES = 4096  # a fifth of a second of telephone sound; less is a tag or padding
TAGS = (b"TAG", b"ID3", b"APETAGEX", b"LYRICS")
ASF_HEAD_BYTES = 1 << 14
ASF_FILE_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
ASF_SIZE_OFFSET, ASF_FLAGS_OFFSET, ASF_IS_BROADCAST = 40, 88, 1

Patch = tuple[int, bytes]  # offset in the file, content


@dataclass(frozen=True, slots=True)
class FilePart:
    start: int
    end: int
    patches: tuple[Patch, ...] = ()
    share_present: float = 1.0  # of the bytes that its header states; 1 where it states none


def find_parts(read: ReadBytes, size: int) -> list[FilePart]:
    parts, start = list[FilePart](), 0
    while start < size and len(parts) < MAX_PARTS:
        parts.append(_find_part(read, start, size))
        start = parts[-1].end
    return parts


def _find_part(read: ReadBytes, start: int, size: int) -> FilePart:
    head = read(start, 16)
    layout = find_layout(head)
    chunk = find_sound_chunk(read, start, layout) if layout else read_au_chunk(read, start)
    if chunk is not None:
        return _measure_chunk(read, start, size, layout, chunk)
    if head[4:8] == b"ftyp":
        return FilePart(start, _find_next_movie(read, start, size))
    if head.startswith(ASF_MAGIC):
        return FilePart(start, size, share_present=_compute_asf_share(read, start, size))
    if head.startswith(b"RIFF") and head[8:12] == b"AVI ":
        (stated,) = struct.unpack_from("<I", head, 4)
        return FilePart(start, size, share_present=min(1.0, (size - start) / (stated + 8)) if stated else 1.0)
    return FilePart(start, size)


def _measure_chunk(read: ReadBytes, start: int, size: int, layout: ChunkLayout | None, chunk: SoundChunk) -> FilePart:
    present = max(0, size - chunk.start)
    patches = tuple(field.build_patch(present - present % 2) for field in chunk.fields)  # FFmpeg reads past an odd end
    if chunk.stated_bytes > present:
        share = 1.0 if chunk.has_placeholder else present / chunk.stated_bytes
        return FilePart(start, size, patches, share)
    sound_end = chunk.start + chunk.stated_bytes
    for first in (chunk.next_chunk, sound_end):  # some writers forget the byte that aligns the next chunk
        end = _skip_trailing_chunks(read, first, size, layout)
        if end < size and _is_new_file(read, end):
            return FilePart(start, end)
        if end > first:
            return FilePart(start, size)
    is_stale = _holds_sound(read, sound_end, size)
    return FilePart(start, size, patches if is_stale else ())


def _skip_trailing_chunks(read: ReadBytes, at: int, size: int, layout: ChunkLayout | None) -> int:
    """Metadata after the sound: where it ends, or where something begins that is no chunk."""
    for _ in range(MAX_TRAILING_CHUNKS):
        found = layout.read_header(read, at) if layout else None
        if layout is None or found is None or _is_new_file(read, at) or not _is_metadata(found, at, size):
            break
        at = layout.find_next_chunk(at, found[1])
    return min(at, size)


def _is_metadata(header: tuple[bytes, int], at: int, size: int) -> bool:
    name, length = header
    return all(0x20 <= letter < 0x7F for letter in name[:4]) and 0 <= length <= size - at


def _is_new_file(read: ReadBytes, at: int) -> bool:
    head = read(at, 16)
    return find_layout(head) is not None or head.startswith(b".snd")


def _holds_sound(read: ReadBytes, at: int, size: int) -> bool:
    rest = size - at
    if rest < MIN_UNSTATED_BYTES or read(at, 16).startswith(TAGS):
        return False
    samples = (read(at + rest * step // 8, MIN_UNSTATED_BYTES) for step in range(8))
    return any(any(sample) for sample in samples)  # a recorder may reserve space, which is zero


def _find_next_movie(read: ReadBytes, start: int, size: int) -> int:
    at, has_index = start, False
    for _ in range(MAX_MOVIE_BOXES):
        header = read(at, 16)
        if len(header) < 8:
            break
        length, name = struct.unpack_from(">I4s", header)
        if name == b"ftyp" and has_index:
            return at
        has_index = has_index or name == b"moov"
        length = struct.unpack_from(">Q", header, 8)[0] if length == 1 and len(header) == 16 else length
        if length < 8:
            break
        at += length
    return size


def _compute_asf_share(read: ReadBytes, start: int, size: int) -> float:
    head = read(start, ASF_HEAD_BYTES)
    at = head.find(ASF_FILE_PROPERTIES)
    if at < 0 or len(head) < at + ASF_FLAGS_OFFSET + 4:
        return 1.0
    (stated,) = struct.unpack_from("<Q", head, at + ASF_SIZE_OFFSET)
    (flags,) = struct.unpack_from("<I", head, at + ASF_FLAGS_OFFSET)
    return 1.0 if flags & ASF_IS_BROADCAST or not stated else min(1.0, (size - start) / stated)
