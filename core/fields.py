"""Clean what people type before it is stored. What a field means is decided by the forms of each package."""

import unicodedata

BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")  # turn the words around them


def one_line(text: str | None) -> str:
    """A name or title: one line, without control characters and without marks that turn other words round."""
    words = " ".join((text or "").split())
    return "".join(mark for mark in words if unicodedata.category(mark) != "Cc" and mark not in BIDI_CONTROLS)
