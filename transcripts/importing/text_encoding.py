"""The text of a file of which nobody says how its letters are written. Knows no format."""

import codecs
import re

from core.text_cleaning import BIDI_CONTROLS, clean_text
from transcripts.importing.refusals import NO_TEXT, TOO_MANY_WORDS, UNREADABLE, NotATranscriptError

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins like UTF-16's mark
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SAMPLE_BYTES = 4096
MIN_ZERO_SHARE = 0.3  # of every second byte: text in UTF-16 without its mark
TOLERATED_BROKEN = 3
MAX_BROKEN_SHARE = 0.01  # of the letters; more are no letters
MAX_LINES = 200_000  # a day of talk as WebVTT has about 100,000
BROKEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd]")
LINE_ENDS = re.compile(r"[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
REMOVED_CONTROLS = {ord(mark): None for mark in BIDI_CONTROLS | {"\ufeff", "\u200e", "\u200f"}}


def decode_text(content: bytes) -> str:
    """UTF-8, UTF-16 with or without its mark, or Windows-1252. Raises NotATranscriptError."""
    text = _decode_bytes(content)
    if len(BROKEN.findall(text)) > max(TOLERATED_BROKEN, MAX_BROKEN_SHARE * len(text)):
        raise NotATranscriptError(NO_TEXT if b"\x00" in content else UNREADABLE)
    return limit_lines(to_plain_text(text))


def limit_lines(text: str) -> str:
    """Each line is examined in many ways, so a file of line breaks alone would take too long."""
    if text.count("\n") > MAX_LINES:
        raise NotATranscriptError(TOO_MANY_WORDS)
    return text


def to_plain_text(text: str) -> str:
    """Removes characters that no database can store or that reverse the direction of other text."""
    return LINE_ENDS.sub("\n", clean_text(text)).translate(REMOVED_CONTROLS).replace("\u00a0", " ")


def _decode_bytes(content: bytes) -> str:
    for mark, encoding in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    wide = _detect_unmarked_utf16(content[:SAMPLE_BYTES])
    if wide:
        return content.decode(wide, errors="replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _detect_unmarked_utf16(sample: bytes) -> str | None:
    half = len(sample) / 2
    if not half:
        return None
    even, odd = sample[0::2].count(0) / half, sample[1::2].count(0) / half
    if odd > MIN_ZERO_SHARE and even < odd / 4:
        return "utf-16-le"
    return "utf-16-be" if even > MIN_ZERO_SHARE and odd < even / 4 else None
