"""Offsets between words, as pages send and offer them. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from transcripts.passages.boundaries import InvalidBoundaryError, is_word_boundary
from transcripts.text.spans import WordOffset, WordSpan, split_by_segment
from transcripts.text.spoken import SpokenSegment

OFFSET_PATTERN = re.compile(r"(\d{1,6})\.(\d{1,6})(?:\.(\d{1,6}))?", re.ASCII)
MAX_SENTENCES_NEAR = 20  # sentences on either side of a boundary that a page offers
MAX_WORDS_NEAR = 1500


@dataclass(frozen=True, slots=True)
class OfferedSentence:
    start: str  # offsets, as they are sent back
    end: str
    start_seconds: float
    text: str


def format_offset(offset: WordOffset) -> str:
    return f"{offset.segment}.{offset.word}"


def parse_offset(segments: Sequence[SpokenSegment], text: str, *, is_end: bool = False) -> WordOffset:
    """From "segment.word", or "segment.word.n": after n more words, as a reader counts them."""
    match = OFFSET_PATTERN.fullmatch(text)
    if match is None:
        raise InvalidBoundaryError("Choose a point between two words.")
    offset, count = WordOffset(int(match[1]), int(match[2])), int(match[3] or 0)
    if count == 0 and offset == WordOffset(len(segments)):
        return offset  # the end of the text
    if not is_word_boundary(segments, offset):
        raise InvalidBoundaryError("Choose a point between two words.")
    if count == 0:
        return offset
    if not segments[offset.segment].words:
        return WordOffset(offset.segment + 1) if is_end else offset
    return _skip_words(segments[offset.segment], offset, count)


def list_sentences(segments: Sequence[SpokenSegment], part: WordSpan) -> list[OfferedSentence]:
    pieces = [piece for piece in split_by_segment(segments, part) if piece.text]
    starts = [WordOffset(piece.position, piece.first_word or 0) for piece in pieces]
    ends = [
        WordOffset(piece.position + 1) if piece.last_word is None else WordOffset(piece.position, piece.last_word + 1)
        for piece in pieces
    ]
    return [
        OfferedSentence(format_offset(start), format_offset(end), piece.start, piece.text)
        for start, end, piece in zip(starts, ends, pieces, strict=True)
    ]


def list_sentences_near(segments: Sequence[SpokenSegment], earlier: WordSpan, later: WordSpan) -> list[OfferedSentence]:
    return [
        *list_sentences(segments, earlier)[1:][-MAX_SENTENCES_NEAR:],
        *list_sentences(segments, later)[:MAX_SENTENCES_NEAR],
    ]


def list_words_near(segments: Sequence[SpokenSegment], earlier: WordSpan, later: WordSpan) -> list[OfferedSentence]:
    return [*_list_words(segments, earlier)[1:][-MAX_WORDS_NEAR:], *_list_words(segments, later)[:MAX_WORDS_NEAR]]


def _list_words(segments: Sequence[SpokenSegment], part: WordSpan) -> list[OfferedSentence]:
    offered = []
    for piece in split_by_segment(segments, part):
        first = piece.first_word or 0
        offsets = [WordOffset(piece.position, first + n) for n in range(max(1, len(piece.words)))]
        timed_words = [(word.start, word.word.strip()) for word in piece.words] or [(piece.start, piece.text)]
        offered += [
            OfferedSentence(format_offset(offset), "", start, text)
            for offset, (start, text) in zip(offsets, timed_words, strict=True)
            if text
        ]
    return offered


def _skip_words(segment: SpokenSegment, offset: WordOffset, count: int) -> WordOffset:
    """The model's words may not be the reader's: "well" and "-known" are one word to a reader."""
    texts = [word.word for word in segment.words[offset.word :]]
    for number, text in enumerate(accumulate(texts), start=1):
        is_word_end = number == len(texts) or texts[number][:1].isspace()
        if is_word_end and len(text.split()) >= count:
            after = offset.word + number
            return WordOffset(offset.segment, after) if after < len(segment.words) else WordOffset(offset.segment + 1)
    return WordOffset(offset.segment + 1)
