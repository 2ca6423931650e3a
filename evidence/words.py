"""Make text that people type fit to be stored and exported. Pure: changes no word, cuts nothing."""

import re

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
