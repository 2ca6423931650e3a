"""How long the sound of a file is, whatever its header states, and where a second file begins in it."""

import struct

import pytest

from transcripts.audio.file_parts import FilePart, find_parts
from transcripts.audio.sound_chunks import is_placeholder

SOUND = bytes(range(1, 251)) * 200  # 50,000 bytes


def build_wav(sound: bytes = SOUND, *, stated: int | None = None, before: bytes = b"") -> bytes:
    length = len(sound) if stated is None else stated
    shape = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 16_000, 32_000, 2, 16)
    return (
        b"RIFF"
        + struct.pack("<I", 36 + len(sound))
        + b"WAVE"
        + shape
        + before
        + b"data"
        + struct.pack("<I", length)
        + sound
    )


def build_chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def build_box(name: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(content), name) + content


def find(content: bytes) -> list[FilePart]:
    return find_parts(lambda offset, length: content[offset : offset + length], len(content))


def get_stated_length(content: bytes) -> int:
    """After the corrections."""
    (part,) = find(content)
    changed = bytearray(content)
    for offset, patch in part.patches:
        changed[offset : offset + len(patch)] = patch
    return int(struct.unpack_from("<I", changed, content.index(b"data") + 4)[0])


@pytest.mark.parametrize(
    "after", [b"", build_chunk(b"LIST", b"x" * 9001), build_chunk(b"id3 ", b"y" * 10), b"TAG" + bytes(125)]
)
def test_a_correct_header_stays(after: bytes) -> None:
    content = build_wav() + after

    assert find(content) == [FilePart(0, len(content))]


@pytest.mark.parametrize("stated", [0, 20_000, 0xFFFFFFFF, 0x7FFFF000, 2_000_000_000])
def test_a_stale_or_unknown_length_is_corrected(stated: int) -> None:
    assert get_stated_length(build_wav(stated=stated)) == len(SOUND)


def test_chunks_before_the_sound_are_skipped() -> None:
    assert get_stated_length(build_wav(stated=100, before=build_chunk(b"bext", b"b" * 603))) == len(SOUND)


def test_a_cut_file_has_a_share_of_what_it_states() -> None:
    (part,) = find(build_wav(stated=4 * len(SOUND)))

    assert part.share_present == 0.25


def test_reserved_space_behind_the_sound_is_no_sound() -> None:
    assert find(build_wav() + bytes(100_000))[0].patches == ()


@pytest.mark.parametrize(
    ("length", "is_unknown"),
    [
        (0, True),
        (2**32 - 1, True),
        (2**32 - 45, True),
        (2**31 - 4096, True),
        (2**63, True),
        (2**64 - 1, True),
        (3_000_000_000, True),
        (288_000_000, False),
        (2**30, False),
        (1_234_567_890, False),
    ],
)
def test_placeholders_differ_from_lengths(length: int, is_unknown: bool) -> None:
    assert is_placeholder(length) is is_unknown


def test_files_that_were_joined_are_found_one_by_one() -> None:
    first, second = build_wav() + build_chunk(b"LIST", b"abcd"), build_wav(SOUND[:20_000])
    movie = build_box(b"ftyp", b"isom") + build_box(b"moov", bytes(50)) + build_box(b"mdat", bytes(500))

    assert [(part.start, part.end) for part in find(first + second)] == [
        (0, len(first)),
        (len(first), len(first) + len(second)),
    ]
    assert [part.start for part in find(movie * 3)] == [0, len(movie), 2 * len(movie)]


def test_a_movie_in_fragments_is_one() -> None:
    fragment = build_box(b"moof", bytes(20)) + build_box(b"mdat", bytes(100))

    assert len(find(build_box(b"ftyp", b"isom") + build_box(b"moov") + fragment * 50)) == 1


@pytest.mark.parametrize(
    "content", [b"RIFF", build_wav()[:40], b"caff\0\1\0\0", build_box(b"ftyp")[:6], b"FORM\0\0\0\4AIFF"]
)
def test_a_header_that_ends_too_soon_is_one_part(content: bytes) -> None:
    assert find(content) == [FilePart(0, len(content))]
