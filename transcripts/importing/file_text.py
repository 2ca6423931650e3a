"""The text of a file of which nobody says how its letters are written. Knows no format."""

import codecs
import re

from core.fields import BIDI_CONTROLS
from evidence.words import cleaned
from transcripts.importing.refusals import NO_TEXT, TOO_MANY_WORDS, UNREADABLE, NotATranscriptError

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins like UTF-16's mark
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SAMPLE_BYTES = 4096
MANY_ZEROS = 0.3  # of every second byte: text in UTF-16 without its mark
FEW_BROKEN = 3
MOST_BROKEN = 0.01  # of the letters; more are no letters
MOST_LINES = 200_000  # a day of talk as WebVTT has about 100,000
BROKEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd]")
LINE_ENDS = re.compile(r"[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
TURNING = {ord(mark): None for mark in BIDI_CONTROLS | {"\ufeff", "\u200e", "\u200f"}}


def text_of(content: bytes) -> str:
    """With plain line breaks. UTF-8, UTF-16 with or without its mark, Windows-1252. Raises NotATranscriptError."""
    text = _decoded(content)
    if len(BROKEN.findall(text)) > max(FEW_BROKEN, MOST_BROKEN * len(text)):
        raise NotATranscriptError(NO_TEXT if b"\x00" in content else UNREADABLE)
    return in_not_too_many_lines(plain(text))


def in_not_too_many_lines(text: str) -> str:
    """Each line is looked at in many ways, and a hostile file is all line breaks. Raises NotATranscriptError."""
    if text.count("\n") > MOST_LINES:
        raise NotATranscriptError(TOO_MANY_WORDS)
    return text


def plain(text: str) -> str:
    """Without marks that no database can hold or that turn other words round."""
    return LINE_ENDS.sub("\n", cleaned(text)).translate(TURNING).replace("\u00a0", " ")


def _decoded(content: bytes) -> str:
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    wide = _unmarked_utf16(content[:SAMPLE_BYTES])
    if wide:
        return content.decode(wide, errors="replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _unmarked_utf16(sample: bytes) -> str | None:
    half = len(sample) / 2
    if not half:
        return None
    even, odd = sample[0::2].count(0) / half, sample[1::2].count(0) / half
    if odd > MANY_ZEROS and even < odd / 4:
        return "utf-16-le"
    return "utf-16-be" if even > MANY_ZEROS and odd < even / 4 else None
