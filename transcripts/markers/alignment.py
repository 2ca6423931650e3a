"""Align an interviewer's taps with a recording, by what was said there. Pure: placement.py chooses the start to use.

Times are seconds in audio, from the start of the recording.
"""

import math
import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from evidence.schedule import Question, Schedule
from transcripts.mapping import TimedMarker, turn_cues
from transcripts.text.spoken import SpokenSegment

MAX_EARLY_SECONDS = 5.0  # a tap just before the recorder was on belongs to its first second
TYPICAL_OFFSET_SECONDS = 3.0  # usual distance of a tap from the question
MAX_OFFSET_SECONDS = 3 * TYPICAL_OFFSET_SECONDS
ANCHOR_TAP_COUNT = 3  # any of the first few may be the accurate one
FULL_MATCH_WORDS = 3  # a turn with this many words of the question is taken to ask it
MIN_FIT = 0.25  # mean over the taps, 0..1; below it the text does not show where the taps belong
LONG_WORD = re.compile(r"\w{4,}")


@dataclass(frozen=True, slots=True)
class Tap:
    at: datetime
    question_key: str


def align_taps(taps: Sequence[Tap], began_at: datetime, duration_seconds: float) -> tuple[TimedMarker, ...]:
    inside = [
        TimedMarker(min(max(seconds, 0.0), duration_seconds), tap.question_key)
        for tap in sorted(taps, key=lambda tap: tap.at)
        if -MAX_EARLY_SECONDS <= (seconds := (tap.at - began_at).total_seconds()) <= duration_seconds
    ]
    return tuple(next(same) for _, same in groupby(inside, key=lambda marker: marker.question_key))


def estimate_start_from_text(
    taps: Sequence[Tap], segments: Sequence[SpokenSegment], schedule: Schedule
) -> datetime | None:
    """The start that puts the taps on turns that ask their questions; of equally good ones, the latest."""
    ordered = sorted(taps, key=lambda tap: tap.at)
    likeness = _QuestionLikeness(segments, schedule)
    candidates = {
        tap.at - timedelta(seconds=start)
        for tap in ordered[:ANCHOR_TAP_COUNT]
        for start in likeness.list_asking_starts(tap.question_key)
    }
    fits = {start: score_fit(ordered, start, likeness) for start in candidates}
    best = max(fits, key=lambda start: (fits[start], start), default=None)
    return best if best is not None and fits[best] >= MIN_FIT else None


class _QuestionLikeness:
    def __init__(self, segments: Sequence[SpokenSegment], schedule: Schedule) -> None:
        ordered = sorted(segments, key=lambda segment: segment.start)
        self.starts = [segment.start for segment in ordered]
        words = [_collect_words(segment.text) for segment in ordered]
        asks = [0.5 * turn_cues.is_question(segment.text) for segment in ordered]
        self.likeness: Mapping[str, list[float]] = {
            question.key: [
                ask + 0.5 * min(1.0, len(said & expected) / FULL_MATCH_WORDS)
                for ask, said in zip(asks, words, strict=True)
            ]
            for question in schedule.iter_questions()
            for expected in [_collect_question_words(question)]
        }

    def list_asking_starts(self, key: str) -> list[float]:
        return [start for start, like in zip(self.starts, self.likeness[key], strict=True) if like >= 0.5]

    def score_closest(self, key: str, seconds: float) -> float:
        first = bisect_left(self.starts, seconds - MAX_OFFSET_SECONDS)
        last = bisect_left(self.starts, seconds + MAX_OFFSET_SECONDS)
        like = self.likeness[key]
        return max((like[n] * _weigh_distance(self.starts[n] - seconds) for n in range(first, last)), default=0.0)


def score_fit(taps: Sequence[Tap], began_at: datetime, likeness: _QuestionLikeness) -> float:
    scores = [likeness.score_closest(tap.question_key, (tap.at - began_at).total_seconds()) for tap in taps]
    return sum(scores) / len(scores)


def _weigh_distance(distance: float) -> float:
    return math.exp(-0.5 * (distance / TYPICAL_OFFSET_SECONDS) ** 2)


def _collect_question_words(question: Question) -> set[str]:
    return _collect_words(" ".join([question.prompt, *question.spoken_prompts, *question.details]))


def _collect_words(text: str) -> set[str]:
    return set(LONG_WORD.findall(text.lower()))
