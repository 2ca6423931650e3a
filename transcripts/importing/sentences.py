"""Cut what one person says into a sentence or two, so that a question can be told from its answer. Loses no word."""

import re
from collections.abc import Iterator

LETTER_OR_DIGIT = re.compile(r"\w")
SENTENCE_END = re.compile(r"(?<=[.!?…。！？])[\"”’')\]]*\s+(?=\S)")
MOST_WORDS = 40  # of sentences that are joined; a longer sentence stays whole up to TOO_LONG
TOO_LONG = 80  # words without any full stop: speech that was written down without them


def word_count(text: str) -> int:
    """Words that hold a letter or digit."""
    return sum(1 for word in text.split() if LETTER_OR_DIGIT.search(word))


def pieces_of(text: str) -> Iterator[str]:
    """Short neighbours joined; the pieces joined by spaces are the text."""
    held: list[str] = []
    for sentence in _sentences(text):
        words = sentence.split()
        if held and len(held) + len(words) > MOST_WORDS:
            yield " ".join(held)
            held = []
        held += words
    if held:
        yield " ".join(held)


def _sentences(text: str) -> Iterator[str]:
    for sentence in _cut(text):
        words = sentence.split()
        for first in range(0, len(words), TOO_LONG):
            yield " ".join(words[first : first + TOO_LONG])


def _cut(text: str) -> Iterator[str]:
    begin = 0
    for end in SENTENCE_END.finditer(text):
        yield text[begin : end.end()]
        begin = end.end()
    yield text[begin:]
