"""Join labelled segments into passages and say how each question fared. Decides no label (sequence.py does)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evidence.schedule import Schedule
from transcripts.mapping import cues
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
    """Runs of the same question; together they hold every segment."""
    return tuple(_passage(run) for run in runs(labelled))


def runs(labelled: Sequence[LabelledSegment]) -> list[list[LabelledSegment]]:
    joined: list[list[LabelledSegment]] = []
    for item in labelled:
        if joined and joined[-1][-1].question_key == item.question_key:
            joined[-1].append(item)
        else:
            joined.append([item])
    return joined


def _passage(run: Sequence[LabelledSegment]) -> MappedPassage:
    seconds = [max(item.segment.end - item.segment.start, 0.01) for item in run]
    weighted = sum(item.confidence * s for item, s in zip(run, seconds, strict=True))
    return MappedPassage(
        question_key=run[0].question_key,
        start_seconds=run[0].segment.start,
        end_seconds=run[-1].segment.end,
        first_segment_id=run[0].segment.id,
        last_segment_id=run[-1].segment.id,
        first_word=None,
        last_word=None,
        confidence=weighted / sum(seconds),
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
