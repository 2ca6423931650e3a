"""Spans of words in a transcript: subtracting them, their text and their times. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from transcripts.text.spoken import SpokenSegment, SpokenWord


@dataclass(frozen=True, slots=True, order=True)
class WordOffset:
    """The position before a word of a segment; words count from 0."""

    segment: int
    word: int = 0


@dataclass(frozen=True, slots=True)
class WordSpan:
    """From one offset to another, half-open."""

    start: WordOffset
    end: WordOffset

    @property
    def is_empty(self) -> bool:
        return self.start >= self.end


def make_span(first_segment: int, last_segment: int, first_word: int | None, last_word: int | None) -> WordSpan:
    """Both bounds are included; a word that is None means the segment's own bound."""
    end = WordOffset(last_segment + 1) if last_word is None else WordOffset(last_segment, last_word + 1)
    return WordSpan(WordOffset(first_segment, first_word or 0), end)


def subtract_spans(whole: WordSpan, taken: Iterable[WordSpan]) -> list[WordSpan]:
    left = [whole]
    for other in taken:
        left = [piece for part in left for piece in _subtract_one(part, other)]
    return left


def _subtract_one(span: WordSpan, other: WordSpan) -> Iterator[WordSpan]:
    if other.end <= span.start or span.end <= other.start:
        yield span
        return
    for piece in (WordSpan(span.start, other.start), WordSpan(other.end, span.end)):
        if not piece.is_empty:
            yield piece


@dataclass(frozen=True, slots=True)
class SpanBounds:
    first_segment: int
    last_segment: int
    first_word: int | None
    last_word: int | None
    start_seconds: float
    end_seconds: float
    text: str


def resolve_span(segments: Sequence[SpokenSegment], span: WordSpan) -> SpanBounds | None:
    pieces = [
        piece
        for piece in (_cut_segment(segments, span, n) for n in _list_segment_positions(segments, span))
        if piece.text
    ]
    if not pieces:
        return None
    first, last = pieces[0], pieces[-1]
    return SpanBounds(
        first_segment=first.position,
        last_segment=last.position,
        first_word=first.first_word,
        last_word=last.last_word,
        start_seconds=min(piece.start for piece in pieces),
        end_seconds=max(piece.end for piece in pieces),  # someone talking over the last words may stop before them
        text=" ".join(piece.text for piece in pieces),
    )


@dataclass(frozen=True, slots=True)
class SegmentPiece:
    position: int
    first_word: int | None  # None: from the segment's start
    last_word: int | None  # None: to its end
    words: tuple[SpokenWord, ...]
    text: str
    start: float
    end: float
    speaker: str | None


def split_by_segment(segments: Sequence[SpokenSegment], span: WordSpan) -> list[SegmentPiece]:
    return [_cut_segment(segments, span, position) for position in _list_segment_positions(segments, span)]


def _list_segment_positions(segments: Sequence[SpokenSegment], span: WordSpan) -> range:
    last = span.end.segment if span.end.word else span.end.segment - 1
    return range(span.start.segment, min(last, len(segments) - 1) + 1)


def _cut_segment(segments: Sequence[SpokenSegment], span: WordSpan, position: int) -> SegmentPiece:
    segment = segments[position]
    first = span.start.word if position == span.start.segment else 0
    end = span.end.word if position == span.end.segment else len(segment.words)
    if not segment.words or (first == 0 and end >= len(segment.words)):
        return SegmentPiece(
            position, None, None, segment.words, segment.text, segment.start, segment.end, segment.speaker
        )
    words = segment.words[first:end]
    return SegmentPiece(
        position=position,
        first_word=first or None,
        last_word=end - 1 if end < len(segment.words) else None,
        words=words,
        text="".join(word.word for word in words).strip(),
        start=words[0].start if words else segment.start,
        end=words[-1].end if words else segment.start,
        speaker=segment.speaker,
    )
