"""Join labelled segments into passages and say how each question fared. Decides no label (sequence.py does)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from evidence.schedule import Schedule
from transcripts.mapping import cues
from transcripts.mapping.boundaries import Boundary, find_boundary
from transcripts.mapping.values import Coverage, MappedPassage
from transcripts.spoken import SpokenSegment

ASKER = 0.5  # above this likelihood, the interviewer is taken to be speaking
ANSWER_WORDS = 4  # fewer words than this in reply are no answer yet


@dataclass(frozen=True, slots=True)
class LabelledSegment:
    segment: SpokenSegment
    question_key: str | None
    confidence: float
    interviewer: float  # likelihood that the interviewer speaks


def join_passages(labelled: Sequence[LabelledSegment]) -> tuple[MappedPassage, ...]:
    """Runs of the same question; together they hold every segment, and neighbours may share one."""
    found = runs(labelled)
    meetings = [find_boundary(a[-1].segment, b[0].segment) for a, b in pairwise(found)]
    return tuple(
        _passage(run, start, end) for run, start, end in zip(found, [None, *meetings], [*meetings, None], strict=True)
    )


def runs(labelled: Sequence[LabelledSegment]) -> list[list[LabelledSegment]]:
    return [list(run) for _, run in groupby(labelled, key=lambda item: item.question_key)]


def _passage(run: Sequence[LabelledSegment], start: Boundary | None, end: Boundary | None) -> MappedPassage:
    """`start` and `end`: where it meets its neighbours, if inside a segment."""
    first, last = run[0].segment, run[-1].segment
    seconds = [max(item.segment.end - item.segment.start, 0.01) for item in run]
    sure = sum(item.confidence * s for item, s in zip(run, seconds, strict=True)) / sum(seconds)
    whole = MappedPassage(run[0].question_key, first.start, last.end, first.id, last.id, None, None, sure)
    return whole if start is None and end is None else _cut(whole, run, start, end)


def _cut(
    whole: MappedPassage, run: Sequence[LabelledSegment], start: Boundary | None, end: Boundary | None
) -> MappedPassage:
    """The passage with its edges moved to words, where its outer segments have words with times."""
    first, last = run[0].segment, run[-1].segment
    from_word, to_word = 0, len(last.words) - 1
    begins, stops = whole.start_seconds, whole.end_seconds
    if start is not None:
        from_word, begins = start.word, start.seconds
    if end is not None:
        to_word, stops = end.word - 1, end.seconds
    return replace(
        whole,
        start_seconds=begins,
        end_seconds=stops,
        first_segment_id=whole.first_segment_id if start is None or not start.in_earlier else start.segment_id,
        last_segment_id=whole.last_segment_id if end is None or end.in_earlier else end.segment_id,
        first_word=from_word if first.words or start else None,
        last_word=to_word if last.words or end else None,
    )


def cover_questions(schedule: Schedule, labelled: Sequence[LabelledSegment]) -> Mapping[str, Coverage]:
    """One state for each question of the schedule, in its order."""
    by_key: dict[str, list[list[LabelledSegment]]] = {question.key: [] for question in schedule.questions()}
    for run in runs(labelled):
        if run[0].question_key is not None:
            by_key[run[0].question_key].append(run)
    return {key: _coverage(found) for key, found in by_key.items()}


def _coverage(passages: Sequence[Sequence[LabelledSegment]]) -> Coverage:
    if not passages:
        return Coverage.NOT_ASKED
    asked = any(_is_asking(item) for run in passages for item in run)
    replies = [item.segment.text for run in passages for item in run if not _is_asking(item)]
    words = sum(len(text.split()) for text in replies)
    if words < ANSWER_WORDS:
        return Coverage.ASKED
    if not asked:
        return Coverage.UNPROMPTED
    substance = [text for text in replies if not (cues.is_declining(text) or cues.is_putting_off(text))]
    if 2 * sum(len(text.split()) for text in substance) < words:
        declined = any(cues.is_declining(text) for text in replies)
        return Coverage.DECLINED if declined else Coverage.ASKED
    return Coverage.ANSWERED


def _is_asking(item: LabelledSegment) -> bool:
    if item.segment.speaker is None:
        return cues.is_question(item.segment.text)
    return item.interviewer > ASKER
