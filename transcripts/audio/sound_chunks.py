"""Where the sound of a chunked file starts, and the length stated for it: WAV, RF64, BW64, Wave64, AIFF, CAF, AU. Pure.

Recorders write the length last: a header may have a placeholder, or the length at the moment when the power failed.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass, replace

from transcripts.audio.containers import W64_MAGIC

ReadBytes = Callable[[int, int], bytes]  # offset, length

MAX_CHUNKS = 2000  # before the sound
W64_DATA = b"data" + bytes.fromhex("f3acd3118cd100c04f8edb8a")
UNKNOWN_32_BITS, UNKNOWN_64_BITS = 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF
PLACEHOLDER_REACH = 1 << 16  # writers subtract their header from the largest number
ROUND_PLACEHOLDER = 1_000_000_000


@dataclass(frozen=True, slots=True)
class LengthField:
    offset: int
    format: str
    added: int | None = 0  # what the field counts beyond the sound; None: 0 is written, "not known"

    def build_patch(self, sound_bytes: int) -> tuple[int, bytes]:
        largest = (1 << 8 * struct.calcsize(self.format)) - 1 >> (self.format[-1] in "iq")
        value = 0 if self.added is None else min(sound_bytes + self.added, largest)
        return self.offset, struct.pack(self.format, value)


@dataclass(frozen=True, slots=True)
class SoundChunk:
    start: int  # of the sound's first byte
    stated_bytes: int
    fields: tuple[LengthField, ...]  # that state its length
    next_chunk: int  # offset, by the stated length

    @property
    def has_placeholder(self) -> bool:
        return is_placeholder(self.stated_bytes)


@dataclass(frozen=True, slots=True)
class ChunkLayout:
    magics: tuple[bytes, ...]
    kinds: tuple[bytes, ...]  # at offset 8; empty: any
    first_chunk: int
    header: struct.Struct  # name, length
    sound_name: bytes
    alignment: int = 2
    counts_header: bool = False  # in the length
    prefix: int = 0  # bytes of the sound chunk before the sound

    def matches(self, head: bytes) -> bool:
        return head.startswith(self.magics) and (not self.kinds or head[8:12] in self.kinds)

    def read_header(self, read: ReadBytes, at: int) -> tuple[bytes, int] | None:
        """Name and length without the header."""
        content = read(at, self.header.size)
        if len(content) < self.header.size:
            return None
        name, length = self.header.unpack(content)
        return name, length - self.header.size if self.counts_header else length

    def find_next_chunk(self, at: int, length: int) -> int:
        end = at + self.header.size + length
        return end + -end % self.alignment


LAYOUTS = (
    ChunkLayout((b"RIFF", b"RF64", b"BW64"), (b"WAVE",), 12, struct.Struct("<4sI"), b"data"),
    ChunkLayout((b"FORM",), (b"AIFF", b"AIFC"), 12, struct.Struct(">4sI"), b"SSND", prefix=8),
    ChunkLayout((W64_MAGIC,), (), 40, struct.Struct("<16sQ"), W64_DATA, alignment=8, counts_header=True),
    ChunkLayout((b"caff",), (), 8, struct.Struct(">4sQ"), b"data", alignment=1, prefix=4),
)
AU_MAGIC, AU_HEADER = b".snd", struct.Struct(">4sII")  # magic, offset and length of the sound


def find_layout(head: bytes) -> ChunkLayout | None:
    return next((layout for layout in LAYOUTS if layout.matches(head)), None)


def is_placeholder(length: int) -> bool:
    """No length of real sound: 0, about 2 or 4 GiB (SoX, FFmpeg, ALSA), the largest of 64 bits, or so many thousand
    millions.
    """
    return (
        length <= 0
        or any(abs(length - limit) < PLACEHOLDER_REACH for limit in (1 << 31, 1 << 32))
        or length >= 1 << 62
        or length % ROUND_PLACEHOLDER == 0
    )


def find_sound_chunk(read: ReadBytes, start: int, layout: ChunkLayout) -> SoundChunk | None:
    at, wide_field = start + layout.first_chunk, None
    for _ in range(MAX_CHUNKS):
        found = layout.read_header(read, at)
        if found is None:
            return None
        name, length = found
        if name == layout.sound_name:
            chunk = _describe_sound_chunk(read, layout, at, length, wide_field)
            return chunk if layout.magics != (b"FORM",) else _with_form_length(chunk, start)
        if length < 0:
            return None
        if name == b"ds64":
            wide_field = at + layout.header.size + 8
        at = layout.find_next_chunk(at, length)
    return None


def read_au_chunk(read: ReadBytes, start: int) -> SoundChunk | None:
    head = read(start, AU_HEADER.size)
    if len(head) < AU_HEADER.size or not head.startswith(AU_MAGIC):
        return None
    _, offset, length = AU_HEADER.unpack(head)
    return SoundChunk(start + offset, length, (LengthField(start + 8, ">I"),), start + offset + length)


def _describe_sound_chunk(
    read: ReadBytes, layout: ChunkLayout, at: int, length: int, wide_field: int | None
) -> SoundChunk:
    header_bytes = layout.header.size if layout.counts_header else 0
    name_bytes = 16 if layout.counts_header else 4
    field = LengthField(
        at + name_bytes, layout.header.format[0] + layout.header.format[-1], layout.prefix + header_bytes
    )
    fields: tuple[LengthField, ...] = (field,)
    if wide_field is not None:  # RF64 and BW64 (EBU Tech 3306): 64 bits for the sound and its samples
        (wide,) = struct.unpack("<Q", read(wide_field, 8).ljust(8, b"\0"))
        length = wide if length == UNKNOWN_32_BITS else length
        fields = (field, LengthField(wide_field, "<q"), LengthField(wide_field + 8, "<q", None))
    sound_bytes = max(0, length - layout.prefix)
    return SoundChunk(at + layout.header.size + layout.prefix, sound_bytes, fields, layout.find_next_chunk(at, length))


def _with_form_length(chunk: SoundChunk, start: int) -> SoundChunk:
    """FFmpeg reads chunks up to the length of the whole AIFF file."""
    return replace(chunk, fields=(*chunk.fields, LengthField(start + 4, ">I", chunk.start - start - 8)))
