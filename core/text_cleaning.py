"""Make text that people type fit to be stored and exported. Pure: changes no word, cuts nothing."""

import re
import unicodedata
from contextlib import suppress

BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # reverse the text around them
UNSTORABLE_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # PostgreSQL refuses NUL, XML 1.0 §2.2 all of these
LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")  # half a character; cannot be written as UTF-8


def clean_text(text: str) -> str:
    """The same text with plain line breaks, without characters that a database or an export cannot store."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return LONE_SURROGATE.sub("\ufffd", UNSTORABLE_CHARACTERS.sub("", plain))


def clean_single_line(text: str | None) -> str:
    """A name, title or address on one line, without control characters and marks that reverse other text."""
    visible = (mark for mark in clean_text(text or "") if mark.isspace() or not _is_invisible(mark))
    return " ".join("".join(visible).split())


def normalise_email(email: str) -> str:
    """An email address as we store and look it up: lower case, its domain as mail servers write it (RFC 5890)."""
    local, _, domain = clean_single_line(email).lower().rpartition("@")
    with suppress(UnicodeError):  # no domain at all: the form refuses it, a look-up finds nothing
        domain = domain.encode("idna").decode("ascii")
    return f"{local}@{domain}" if local else domain


def _is_invisible(mark: str) -> bool:
    return unicodedata.category(mark) == "Cc" or mark in BIDI_CONTROLS
