"""What an audio file's bytes say about its format and whether it is complete. Pure; decodes nothing.

FFmpeg reads a truncated file without an error if its format has no length, or reduces the length to what is left. So
the headers that show a truncation are read here.
"""

import struct

HEAD_BYTES = 1 << 12
TAIL_BYTES = 1 << 17  # contains at least one whole Ogg page, which has at most 65,307 bytes
OGG_PAGE = struct.Struct("<4sBBqIIIB")  # RFC 3533 §6


def measure_id3_tag(head: bytes) -> int:
    """Bytes of the ID3v2 tag before an mp3's sound (ID3v2.4 §3.1: 7 bits a byte)."""
    if not head.startswith(b"ID3") or len(head) < 10:
        return 0
    return 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:10], (21, 14, 7, 0), strict=True))


def has_mp3_length(first_frame: bytes) -> bool:
    """Whether an mp3 has a header that counts its frames; without one its length is only an estimate."""
    return any(mark in first_frame[:256] for mark in (b"Xing", b"Info", b"VBRI"))


def is_cut_inside_ogg_page(tail: bytes) -> bool:
    at = tail.rfind(b"OggS")
    if at < 0 or len(tail) - at < OGG_PAGE.size:
        return True
    segments = OGG_PAGE.unpack_from(tail, at)[-1]
    table = tail[at + OGG_PAGE.size : at + OGG_PAGE.size + segments]
    return len(tail) < at + OGG_PAGE.size + int(segments) + sum(table)
