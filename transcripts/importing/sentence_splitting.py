"""Cut what one person says into a sentence or two, so that a question is separate from its answer. No word is lost."""

import re
from collections.abc import Iterator

LETTER_OR_DIGIT = re.compile(r"\w")
SENTENCE_END = re.compile(r"(?<=[.!?…。！？])[\"”’')\]]*\s+(?=\S)")
MAX_JOINED_WORDS = 40  # of sentences that are joined; a longer sentence stays whole up to TOO_LONG
MAX_SENTENCE_WORDS = 80  # words without any full stop: speech that was written down without them


def count_words(text: str) -> int:
    return sum(1 for word in text.split() if LETTER_OR_DIGIT.search(word))


def split_into_pieces(text: str) -> Iterator[str]:
    """Short neighbours are joined. The pieces joined by spaces are the text."""
    collected: list[str] = []
    for sentence in _split_long_sentences(text):
        words = sentence.split()
        if collected and len(collected) + len(words) > MAX_JOINED_WORDS:
            yield " ".join(collected)
            collected = []
        collected += words
    if collected:
        yield " ".join(collected)


def _split_long_sentences(text: str) -> Iterator[str]:
    for sentence in _split_sentences(text):
        words = sentence.split()
        for first in range(0, len(words), MAX_SENTENCE_WORDS):
            yield " ".join(words[first : first + MAX_SENTENCE_WORDS])


def _split_sentences(text: str) -> Iterator[str]:
    begin = 0
    for end in SENTENCE_END.finditer(text):
        yield text[begin : end.end()]
        begin = end.end()
    yield text[begin:]
