"""Join labelled segments into passages, and assess the coverage of each question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from evidence.schedule import Schedule
from transcripts.kinds.closed_sets import CoverageStatus
from transcripts.mapping import turn_cues
from transcripts.mapping.passage_boundaries import Boundary, find_boundary
from transcripts.mapping.values import MappedPassage
from transcripts.text.spoken import SpokenSegment

MIN_INTERVIEWER_LIKELIHOOD = 0.5  # above this, the interviewer is taken to be speaking
MIN_ANSWER_WORDS = 4  # fewer words in reply are not an answer


@dataclass(frozen=True, slots=True)
class LabelledSegment:
    segment: SpokenSegment
    question_key: str | None
    confidence: float
    interviewer_likelihood: float  # likelihood that the interviewer speaks


def join_passages(labelled: Sequence[LabelledSegment]) -> tuple[MappedPassage, ...]:
    runs = group_runs(labelled)
    boundaries = [find_boundary(a[-1].segment, b[0].segment) for a, b in pairwise(runs)]
    return tuple(
        _build_passage(run, start, end)
        for run, start, end in zip(runs, [None, *boundaries], [*boundaries, None], strict=True)
    )


def group_runs(labelled: Sequence[LabelledSegment]) -> list[list[LabelledSegment]]:
    return [list(run) for _, run in groupby(labelled, key=lambda item: item.question_key)]


def _build_passage(run: Sequence[LabelledSegment], start: Boundary | None, end: Boundary | None) -> MappedPassage:
    first, last = run[0].segment, run[-1].segment
    seconds = [max(item.segment.end - item.segment.start, 0.01) for item in run]
    confidence = sum(item.confidence * s for item, s in zip(run, seconds, strict=True)) / sum(seconds)
    whole = MappedPassage(
        question_key=run[0].question_key,
        start_seconds=first.start,
        end_seconds=last.end,
        first_segment_id=first.id,
        last_segment_id=last.id,
        first_word=None,
        last_word=None,
        confidence=confidence,
    )
    return whole if start is None and end is None else _move_edges_to_words(whole, run, start, end)


def _move_edges_to_words(
    whole: MappedPassage, run: Sequence[LabelledSegment], start: Boundary | None, end: Boundary | None
) -> MappedPassage:
    first, last = run[0].segment, run[-1].segment
    from_word, to_word = 0, len(last.words) - 1
    start_seconds, end_seconds = whole.start_seconds, whole.end_seconds
    if start is not None:
        from_word, start_seconds = start.word_index, start.seconds
    if end is not None:
        to_word, end_seconds = end.word_index - 1, end.seconds
    return replace(
        whole,
        start_seconds=start_seconds,
        end_seconds=end_seconds,
        first_segment_id=whole.first_segment_id if start is None or not start.is_in_earlier else start.segment_id,
        last_segment_id=whole.last_segment_id if end is None or end.is_in_earlier else end.segment_id,
        first_word=from_word if first.words or start else None,
        last_word=to_word if last.words or end else None,
    )


def assess_coverage(schedule: Schedule, labelled: Sequence[LabelledSegment]) -> Mapping[str, CoverageStatus]:
    by_key: dict[str, list[list[LabelledSegment]]] = {question.key: [] for question in schedule.iter_questions()}
    for run in group_runs(labelled):
        if run[0].question_key is not None:
            by_key[run[0].question_key].append(run)
    return {key: _assess_question(runs) for key, runs in by_key.items()}


def _assess_question(passages: Sequence[Sequence[LabelledSegment]]) -> CoverageStatus:
    if not passages:
        return CoverageStatus.NOT_ASKED
    asked = any(_is_asking(item) for run in passages for item in run)
    replies = [item.segment.text for run in passages for item in run if not _is_asking(item)]
    words = sum(len(text.split()) for text in replies)
    if words < MIN_ANSWER_WORDS:
        return CoverageStatus.ASKED
    if not asked:
        return CoverageStatus.UNPROMPTED
    substance = [text for text in replies if not (turn_cues.is_declining(text) or turn_cues.is_putting_off(text))]
    if 2 * sum(len(text.split()) for text in substance) < words:
        declined = any(turn_cues.is_declining(text) for text in replies)
        return CoverageStatus.DECLINED if declined else CoverageStatus.ASKED
    return CoverageStatus.ANSWERED


def _is_asking(item: LabelledSegment) -> bool:
    if item.segment.speaker is None:
        return turn_cues.is_question(item.segment.text)
    return item.interviewer_likelihood > MIN_INTERVIEWER_LIKELIHOOD
