"""Places between words as pages send them, and those that a page offers. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from transcripts.boundaries import NoSuchPlaceError, is_place
from transcripts.spans import Place, Span, pieces_of
from transcripts.spoken import SpokenSegment

SENT = re.compile(r"(\d{1,6})\.(\d{1,6})(?:\.(\d{1,6}))?", re.ASCII)
NEAR = 20  # sentences on either side of a boundary that a page offers

NEAR_WORDS = 1500


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, or what of it lies in a passage."""

    start: str  # places, as they are sent back
    end: str
    start_seconds: float
    text: str


def sent(place: Place) -> str:
    return f"{place.segment}.{place.word}"


def place_sent(segments: Sequence[SpokenSegment], words: str, *, is_end: bool = False) -> Place:
    """Of "segment.word", or "segment.word.n": behind so many words as a reader counts them. Raises NoSuchPlaceError."""
    found = SENT.fullmatch(words)
    if found is None:
        raise NoSuchPlaceError("Choose a place between two words.")
    place, count = Place(int(found[1]), int(found[2])), int(found[3] or 0)
    if count == 0 and place == Place(len(segments)):
        return place  # behind all that is said
    if not is_place(segments, place):
        raise NoSuchPlaceError("Choose a place between two words.")
    if count == 0:
        return place
    if not segments[place.segment].words:
        return Place(place.segment + 1) if is_end else place
    return _behind(segments[place.segment], place, count)


def sentences(segments: Sequence[SpokenSegment], part: Span) -> list[Sentence]:
    """Those of a passage, each of which may be its own piece."""
    pieces = [piece for piece in pieces_of(segments, part) if piece.text]
    starts = [Place(piece.position, piece.first_word or 0) for piece in pieces]
    ends = [
        Place(piece.position + 1) if piece.last_word is None else Place(piece.position, piece.last_word + 1)
        for piece in pieces
    ]
    return [
        Sentence(sent(start), sent(end), piece.start, piece.text)
        for start, end, piece in zip(starts, ends, pieces, strict=True)
    ]


def near_boundary(segments: Sequence[SpokenSegment], earlier: Span, later: Span) -> list[Sentence]:
    """Where a passage could begin instead: the sentences around its beginning, without the first one before it."""
    return [*sentences(segments, earlier)[1:][-NEAR:], *sentences(segments, later)[:NEAR]]


def words_near_boundary(segments: Sequence[SpokenSegment], earlier: Span, later: Span) -> list[Sentence]:
    """The same, word by word."""
    return [*_words(segments, earlier)[1:][-NEAR_WORDS:], *_words(segments, later)[:NEAR_WORDS]]


def _words(segments: Sequence[SpokenSegment], part: Span) -> list[Sentence]:
    found = []
    for piece in pieces_of(segments, part):
        first = piece.first_word or 0
        places = [Place(piece.position, first + n) for n in range(max(1, len(piece.words)))]
        said = [(word.start, word.word.strip()) for word in piece.words] or [(piece.start, piece.text)]
        found += [
            Sentence(sent(place), "", start, text) for place, (start, text) in zip(places, said, strict=True) if text
        ]
    return found


def _behind(segment: SpokenSegment, place: Place, count: int) -> Place:
    """The model's words need not be the reader's: "well" and "-known" are one of them."""
    said = [word.word for word in segment.words[place.word :]]
    for number, text in enumerate(accumulate(said), start=1):
        is_parted = number == len(said) or said[number][:1].isspace()
        if is_parted and len(text.split()) >= count:
            after = place.word + number
            return Place(place.segment, after) if after < len(segment.words) else Place(place.segment + 1)
    return Place(place.segment + 1)
