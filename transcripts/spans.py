"""Runs of words in a transcript: what remains of one beside others, its text, its seconds. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from transcripts.spoken import SpokenSegment, SpokenWord


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Before a word of a segment; words count from 0."""

    segment: int
    word: int = 0


@dataclass(frozen=True, slots=True)
class Span:
    """From one place up to another, half-open."""

    start: Place
    end: Place

    @property
    def is_empty(self) -> bool:
        return self.start >= self.end


def span(first_segment: int, last_segment: int, first_word: int | None, last_word: int | None) -> Span:
    """Of bounds that are both included; a word that is None means the segment's own bound."""
    end = Place(last_segment + 1) if last_word is None else Place(last_segment, last_word + 1)
    return Span(Place(first_segment, first_word or 0), end)


def without(whole: Span, taken: Iterable[Span]) -> list[Span]:
    """What is left of a span when others are cut out of it, in order."""
    left = [whole]
    for other in taken:
        left = [piece for part in left for piece in _cut(part, other)]
    return left


def _cut(part: Span, other: Span) -> Iterator[Span]:
    if other.end <= part.start or part.end <= other.start:
        yield part
        return
    for piece in (Span(part.start, other.start), Span(other.end, part.end)):
        if not piece.is_empty:
            yield piece


@dataclass(frozen=True, slots=True)
class Run:
    """A span as a passage's row holds it."""

    first_segment: int
    last_segment: int
    first_word: int | None
    last_word: int | None
    start_seconds: float
    end_seconds: float
    text: str


def run_of(segments: Sequence[SpokenSegment], part: Span) -> Run | None:
    """The run of a span; None when nothing is said in it. `segments`: all of the transcript, by position."""
    pieces = [piece for piece in (_piece(segments, part, n) for n in _positions(segments, part)) if piece.text]
    if not pieces:
        return None
    first, last = pieces[0], pieces[-1]
    return Run(
        first_segment=first.position,
        last_segment=last.position,
        first_word=first.first_word,
        last_word=last.last_word,
        start_seconds=min(piece.start for piece in pieces),
        end_seconds=max(piece.end for piece in pieces),  # whoever talks over the last words may stop before them
        text=" ".join(piece.text for piece in pieces),
    )


@dataclass(frozen=True, slots=True)
class Piece:
    """The part of one segment that lies in a span."""

    position: int
    first_word: int | None  # None: from the segment's start
    last_word: int | None  # None: to its end
    words: tuple[SpokenWord, ...]
    text: str
    start: float
    end: float
    speaker: str | None


def pieces_of(segments: Sequence[SpokenSegment], part: Span) -> list[Piece]:
    return [_piece(segments, part, position) for position in _positions(segments, part)]


def _positions(segments: Sequence[SpokenSegment], part: Span) -> range:
    last = part.end.segment if part.end.word else part.end.segment - 1
    return range(part.start.segment, min(last, len(segments) - 1) + 1)


def _piece(segments: Sequence[SpokenSegment], part: Span, position: int) -> Piece:
    segment = segments[position]
    first = part.start.word if position == part.start.segment else 0
    end = part.end.word if position == part.end.segment else len(segment.words)
    if not segment.words or (first == 0 and end >= len(segment.words)):
        return Piece(position, None, None, segment.words, segment.text, segment.start, segment.end, segment.speaker)
    words = segment.words[first:end]
    return Piece(
        position=position,
        first_word=first or None,
        last_word=end - 1 if end < len(segment.words) else None,
        words=words,
        text="".join(word.word for word in words).strip(),
        start=words[0].start if words else segment.start,
        end=words[-1].end if words else segment.start,
        speaker=segment.speaker,
    )
