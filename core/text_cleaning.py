"""Make text that people type safe to store and export, without changing a word. Pure."""

import re
import unicodedata
from contextlib import suppress

BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # reverse the text around them
UNSTORABLE_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # PostgreSQL refuses NUL, XML 1.0 §2.2 all of these
LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")  # half a character; cannot be written as UTF-8


def clean_text(text: str) -> str:
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return LONE_SURROGATE.sub("\ufffd", UNSTORABLE_CHARACTERS.sub("", plain))


def clean_single_line(text: str | None) -> str:
    visible = (char for char in clean_text(text or "") if char.isspace() or not _is_invisible(char))
    return " ".join("".join(visible).split())


def normalise_email(email: str) -> str:
    local, _, domain = clean_single_line(email).lower().rpartition("@")
    with suppress(UnicodeError):  # no valid domain: forms refuse it, and no row has it
        domain = domain.encode("idna").decode("ascii")
    return f"{local}@{domain}" if local else domain


def _is_invisible(char: str) -> bool:
    return unicodedata.category(char) == "Cc" or char in BIDI_CONTROLS
