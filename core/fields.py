"""Clean what people type before it is stored. What a field means is decided by the forms of each package."""

import unicodedata

BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # turn the words around them


def one_line(text: str | None) -> str:
    """A name or title: one line, without control characters and without marks that turn other words round."""
    visible = (mark for mark in text or "" if mark.isspace() or not _is_invisible(mark))
    return " ".join("".join(visible).split())


def _is_invisible(mark: str) -> bool:
    return unicodedata.category(mark) == "Cc" or mark in BIDI_CONTROLS
