"""Make text that people type safe to store and export, without changing a word. Pure."""

import re
import unicodedata

import idna

BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # reverse the text around them
UNSTORABLE_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # PostgreSQL refuses NUL, XML 1.0 §2.2 all of these
LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")  # half a character; cannot be written as UTF-8

IDNA_DEVIATIONS = frozenset("ßẞςΣ\u200c\u200d")  # IDNA 2003 replaces or drops them


def clean_text(text: str) -> str:
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return LONE_SURROGATE.sub("\ufffd", UNSTORABLE_CHARACTERS.sub("", plain))


def clean_single_line(text: str | None) -> str:
    visible = (char for char in clean_text(text or "") if char.isspace() or not _is_invisible(char))
    return " ".join("".join(visible).split())


def normalise_email(email: str) -> str:
    """An email address as we store and look it up: lower case, its domain as mail servers write it (RFC 5890)."""
    local, _, domain = clean_single_line(email).rpartition("@")
    return f"{local.lower()}@{encode_domain(domain)}" if local else encode_domain(domain)


def encode_domain(domain: str) -> str:
    """A domain in ASCII by IDNA 2008 (UTS 46). Python's own codec has ß and ς lead to somebody else's domain.

    What is no domain stays as it is: the form refuses it, a look-up finds nothing.
    """
    if domain.isascii():
        return domain.lower()
    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return _encode_older_domain(domain)


def _encode_older_domain(domain: str) -> str:
    """By IDNA 2003, which allows symbols, unless the two standards disagree about its letters."""
    if IDNA_DEVIATIONS & set(domain):
        return domain.lower()
    try:
        return domain.lower().encode("idna").decode("ascii")
    except UnicodeError:
        return domain.lower()


def _is_invisible(char: str) -> bool:
    return unicodedata.category(char) == "Cc" or char in BIDI_CONTROLS
