"""Places between words as pages send them, and those that a page offers. Pure."""

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
    """A sentence, or what of it lies in a passage."""

    start: str  # places, as they are sent back
    end: str
    start_seconds: float
    text: str


def format_offset(offset: WordOffset) -> str:
    return f"{offset.segment}.{offset.word}"


def parse_offset(segments: Sequence[SpokenSegment], text: str, *, is_end: bool = False) -> WordOffset:
    """Of "segment.word", or "segment.word.n": behind so many words as a reader counts them. Raises NoSuchPlaceError."""
    found = OFFSET_PATTERN.fullmatch(text)
    if found is None:
        raise InvalidBoundaryError("Choose a point between two words.")
    place, count = WordOffset(int(found[1]), int(found[2])), int(found[3] or 0)
    if count == 0 and place == WordOffset(len(segments)):
        return place  # behind all that is said
    if not is_word_boundary(segments, place):
        raise InvalidBoundaryError("Choose a point between two words.")
    if count == 0:
        return place
    if not segments[place.segment].words:
        return WordOffset(place.segment + 1) if is_end else place
    return _skip_words(segments[place.segment], place, count)


def list_sentences(segments: Sequence[SpokenSegment], part: WordSpan) -> list[OfferedSentence]:
    """Those of a passage, each of which may be its own piece."""
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
    """Where a passage could begin instead: the sentences around its beginning, without the first one before it."""
    return [
        *list_sentences(segments, earlier)[1:][-MAX_SENTENCES_NEAR:],
        *list_sentences(segments, later)[:MAX_SENTENCES_NEAR],
    ]


def list_words_near(segments: Sequence[SpokenSegment], earlier: WordSpan, later: WordSpan) -> list[OfferedSentence]:
    """The same, word by word."""
    return [*_list_words(segments, earlier)[1:][-MAX_WORDS_NEAR:], *_list_words(segments, later)[:MAX_WORDS_NEAR]]


def _list_words(segments: Sequence[SpokenSegment], part: WordSpan) -> list[OfferedSentence]:
    found = []
    for piece in split_by_segment(segments, part):
        first = piece.first_word or 0
        places = [WordOffset(piece.position, first + n) for n in range(max(1, len(piece.words)))]
        said = [(word.start, word.word.strip()) for word in piece.words] or [(piece.start, piece.text)]
        found += [
            OfferedSentence(format_offset(place), "", start, text)
            for place, (start, text) in zip(places, said, strict=True)
            if text
        ]
    return found


def _skip_words(segment: SpokenSegment, offset: WordOffset, count: int) -> WordOffset:
    """The model's words need not be the reader's: "well" and "-known" are one of them."""
    said = [word.word for word in segment.words[offset.word :]]
    for number, text in enumerate(accumulate(said), start=1):
        is_parted = number == len(said) or said[number][:1].isspace()
        if is_parted and len(text.split()) >= count:
            after = offset.word + number
            return WordOffset(offset.segment, after) if after < len(segment.words) else WordOffset(offset.segment + 1)
    return WordOffset(offset.segment + 1)
