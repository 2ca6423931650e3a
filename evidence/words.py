"""Make text that people type fit to be stored and exported. Pure: changes no word, cuts nothing."""

import re
from contextlib import suppress

from core import fields

NOT_STORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # PostgreSQL refuses NUL, XML 1.0 §2.2 all of these
LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")  # half a character; cannot be written as UTF-8


def cleaned(text: str) -> str:
    """The same words with plain line breaks and without characters that no database or export can hold."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return LONE_SURROGATE.sub("\ufffd", NOT_STORABLE.sub("", plain))


def one_line(text: str) -> str:
    """For names and addresses: one line, without marks that turn other words round."""
    return fields.one_line(cleaned(text))


def normal_address(email: str) -> str:
    """An email address as we store and look it up: small letters, its domain as mail servers write it (RFC 5890)."""
    local, _, domain = one_line(email).lower().rpartition("@")
    with suppress(UnicodeError):  # no domain at all: the form refuses it, a look-up finds nothing
        domain = domain.encode("idna").decode("ascii")
    return f"{local}@{domain}" if local else domain
