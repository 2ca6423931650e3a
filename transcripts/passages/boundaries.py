"""Move the boundary between passages, and give chosen words a question. Pure: boundary_edits.py changes the rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import attrgetter, itemgetter
from uuid import UUID

from core.errors import RuleError
from transcripts.text.spans import WordOffset, WordSpan, resolve_span, subtract_spans
from transcripts.text.spoken import SpokenSegment


class InvalidBoundaryError(RuleError): ...


@dataclass(frozen=True, slots=True)
class PassageSpan:
    id: UUID | None  # None: it has no row yet
    origin_id: UUID | None  # the passage that its text comes from
    question_key: str | None
    state: str
    span: WordSpan
    is_touched: bool = False  # the step has changed its text
    is_decided: bool = False  # a person has decided about it in this step


def is_word_boundary(segments: Sequence[SpokenSegment], offset: WordOffset) -> bool:
    within = 0 <= offset.segment < len(segments) and offset.word >= 0
    return within and (offset.word == 0 or offset.word < len(segments[offset.segment].words))


def shift_boundary(
    segments: Sequence[SpokenSegment], earlier: PassageSpan, later: PassageSpan, to: WordOffset
) -> tuple[PassageSpan, PassageSpan]:
    if not is_word_boundary(segments, to):
        raise InvalidBoundaryError("Choose a point between two words.")
    first, second = WordSpan(earlier.span.start, to), WordSpan(to, later.span.end)
    if not (resolve_span(segments, first) and resolve_span(segments, second)):
        raise InvalidBoundaryError(
            "One of the passages would be empty. To give all of its words to the other question,"
            " move the passage instead."
        )
    return (
        replace(earlier, span=first, is_touched=True, is_decided=True),
        replace(later, span=second, is_touched=True, is_decided=True),
    )


def assign_span(
    segments: Sequence[SpokenSegment], parts: Sequence[PassageSpan], chosen: PassageSpan
) -> list[PassageSpan]:
    """The first piece of a passage keeps its id; alike neighbours are joined."""
    if chosen.span.is_empty or resolve_span(segments, chosen.span) is None:
        raise InvalidBoundaryError("Nothing is said between these two points.")
    left = [piece for part in parts for piece in _subtract_span(segments, part, chosen.span)]
    return _join_adjacent(segments, sorted([*left, chosen], key=attrgetter("span.start")))


def find_largest_overlap(
    segments: Sequence[SpokenSegment], parts: Sequence[PassageSpan], chosen: WordSpan
) -> PassageSpan | None:
    shares = [(_measure_seconds(segments, _intersect_spans(part.span, chosen)), part) for part in parts]
    return max(shares, key=itemgetter(0))[1] if shares else None


def _subtract_span(segments: Sequence[SpokenSegment], part: PassageSpan, taken: WordSpan) -> list[PassageSpan]:
    pieces = [piece for piece in subtract_spans(part.span, [taken]) if resolve_span(segments, piece)]
    if pieces == [part.span]:
        return [part]
    return [replace(part, id=None if n else part.id, span=piece, is_touched=True) for n, piece in enumerate(pieces)]


def _join_adjacent(segments: Sequence[SpokenSegment], parts: Sequence[PassageSpan]) -> list[PassageSpan]:
    joined: list[PassageSpan] = []
    for part in parts:
        if joined and _can_join(segments, joined[-1], part):
            joined[-1] = _join_pair(joined[-1], part)
        else:
            joined.append(part)
    return joined


def _can_join(segments: Sequence[SpokenSegment], earlier: PassageSpan, later: PassageSpan) -> bool:
    is_alike = (earlier.question_key, earlier.state) == (later.question_key, later.state)
    between = WordSpan(earlier.span.end, later.span.start)
    is_new = earlier.is_decided or later.is_decided
    return is_new and is_alike and (between.is_empty or resolve_span(segments, between) is None)


def _join_pair(earlier: PassageSpan, later: PassageSpan) -> PassageSpan:
    kept = earlier if earlier.id else later
    return replace(kept, span=WordSpan(earlier.span.start, later.span.end), is_touched=True, is_decided=True)


def _intersect_spans(one: WordSpan, other: WordSpan) -> WordSpan:
    return WordSpan(max(one.start, other.start), min(one.end, other.end))


def _measure_seconds(segments: Sequence[SpokenSegment], part: WordSpan) -> float:
    run = None if part.is_empty else resolve_span(segments, part)
    return run.end_seconds - run.start_seconds if run else 0.0
