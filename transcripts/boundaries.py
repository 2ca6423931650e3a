"""Where a passage ends and the next begins, and which words were given a question. Pure: rows are moved elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import attrgetter, itemgetter
from uuid import UUID

from core.errors import RuleError
from transcripts.spans import Place, Span, run_of, without
from transcripts.spoken import SpokenSegment


class NoSuchPlaceError(RuleError):
    """A boundary cannot stand there."""


@dataclass(frozen=True, slots=True)
class Part:
    """A passage as far as its boundaries are concerned."""

    id: UUID | None  # None: it has no row yet
    origin: UUID | None  # the passage that its words come from
    question_key: str | None
    state: str
    span: Span
    is_touched: bool = False  # the step has changed its words
    is_decided: bool = False  # a person has decided about it in this step


def is_place(segments: Sequence[SpokenSegment], place: Place) -> bool:
    """Whether words can be parted there."""
    within = 0 <= place.segment < len(segments) and place.word >= 0
    return within and (place.word == 0 or place.word < len(segments[place.segment].words))


def moved(segments: Sequence[SpokenSegment], earlier: Part, later: Part, to: Place) -> tuple[Part, Part]:
    """Both neighbours with their boundary at another place. Raises NoSuchPlaceError: something must stay in each."""
    if not is_place(segments, to):
        raise NoSuchPlaceError("Choose a place between two words.")
    first, second = Span(earlier.span.start, to), Span(to, later.span.end)
    if not (run_of(segments, first) and run_of(segments, second)):
        raise NoSuchPlaceError(
            "There would be nothing left of one of the passages. To give all of its words to the other question,"
            " move the passage instead."
        )
    return (
        replace(earlier, span=first, is_touched=True, is_decided=True),
        replace(later, span=second, is_touched=True, is_decided=True),
    )


def given(segments: Sequence[SpokenSegment], parts: Sequence[Part], chosen: Part) -> list[Part]:
    """All passages after some words were given a question: cut where they were, joined where alike now meet.

    The first piece of a passage keeps its id; what is cut off behind it has none. Raises NoSuchPlaceError.
    """
    if chosen.span.is_empty or run_of(segments, chosen.span) is None:
        raise NoSuchPlaceError("Nothing is said between these two places.")
    left = [piece for part in parts for piece in _left_of(segments, part, chosen.span)]
    return _joined(segments, sorted([*left, chosen], key=attrgetter("span.start")))


def most_of(segments: Sequence[SpokenSegment], parts: Sequence[Part], chosen: Span) -> Part | None:
    """The passage that holds most seconds of some words."""
    shares = [(_seconds(segments, _shared(part.span, chosen)), part) for part in parts]
    return max(shares, key=itemgetter(0))[1] if shares else None


def _left_of(segments: Sequence[SpokenSegment], part: Part, taken: Span) -> list[Part]:
    pieces = [piece for piece in without(part.span, [taken]) if run_of(segments, piece)]
    if pieces == [part.span]:
        return [part]
    return [replace(part, id=None if n else part.id, span=piece, is_touched=True) for n, piece in enumerate(pieces)]


def _joined(segments: Sequence[SpokenSegment], parts: Sequence[Part]) -> list[Part]:
    joined: list[Part] = []
    for part in parts:
        if joined and _is_one(segments, joined[-1], part):
            joined[-1] = _both(joined[-1], part)
        else:
            joined.append(part)
    return joined


def _is_one(segments: Sequence[SpokenSegment], earlier: Part, later: Part) -> bool:
    is_alike = (earlier.question_key, earlier.state) == (later.question_key, later.state)
    between = Span(earlier.span.end, later.span.start)
    is_new = earlier.is_decided or later.is_decided
    return is_new and is_alike and (between.is_empty or run_of(segments, between) is None)


def _both(earlier: Part, later: Part) -> Part:
    kept = earlier if earlier.id else later
    return replace(kept, span=Span(earlier.span.start, later.span.end), is_touched=True, is_decided=True)


def _shared(one: Span, other: Span) -> Span:
    return Span(max(one.start, other.start), min(one.end, other.end))


def _seconds(segments: Sequence[SpokenSegment], part: Span) -> float:
    run = None if part.is_empty else run_of(segments, part)
    return run.end_seconds - run.start_seconds if run else 0.0
