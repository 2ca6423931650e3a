"""Find where an interviewer's taps lie in a recording, by what was said there. Pure: which begin counts is elsewhere.

Seconds are in audio, from the start of the recording.
"""

import math
import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from evidence.schedule import Question, Schedule
from transcripts.mapping import Marker, cues
from transcripts.spoken import SpokenSegment

EDGE_SECONDS = 5.0  # a tap just before the recorder was on belongs to its first second
SLACK_SECONDS = 3.0  # how far a tap usually lies from the asking
REACH_SECONDS = 3 * SLACK_SECONDS
TRIED_TAPS = 3  # each of the first ones may be the one that was set with care
SHARED_WORDS = 3  # a turn with as many words of the question is taken to ask it
LEAST_FIT = 0.25  # mean over the taps, 0..1; below it the words do not tell where the taps belong
WORD = re.compile(r"\w{4,}")


@dataclass(frozen=True, slots=True)
class Tap:
    at: datetime
    question_key: str


def placed(taps: Sequence[Tap], began_at: datetime, duration_seconds: float) -> tuple[Marker, ...]:
    """The taps inside the recording, in order; of the same question twice running, the first."""
    inside = [
        Marker(min(max(seconds, 0.0), duration_seconds), tap.question_key)
        for tap in sorted(taps, key=lambda tap: tap.at)
        if -EDGE_SECONDS <= (seconds := (tap.at - began_at).total_seconds()) <= duration_seconds
    ]
    return tuple(next(same) for _, same in groupby(inside, key=lambda marker: marker.question_key))


def begin_by_words(taps: Sequence[Tap], segments: Sequence[SpokenSegment], schedule: Schedule) -> datetime | None:
    """The begin with which the taps fall on turns that ask their questions; None where no begin does.

    Tried are those with which one of the first taps falls on such a turn. Of equally good ones, the earliest place in
    the recording counts.
    """
    ordered = sorted(taps, key=lambda tap: tap.at)
    heard = _Heard(segments, schedule)
    tried = {
        tap.at - timedelta(seconds=start) for tap in ordered[:TRIED_TAPS] for start in heard.asking(tap.question_key)
    }
    fits = {begin: fit(ordered, begin, heard) for begin in tried}
    best = max(fits, key=lambda begin: (fits[begin], begin), default=None)
    return best if best is not None and fits[best] >= LEAST_FIT else None


class _Heard:
    """How much each segment sounds like the asking of each question, 0..1."""

    def __init__(self, segments: Sequence[SpokenSegment], schedule: Schedule) -> None:
        ordered = sorted(segments, key=lambda segment: segment.start)
        self.starts = [segment.start for segment in ordered]
        words = [_words(segment.text) for segment in ordered]
        asks = [0.5 * cues.is_question(segment.text) for segment in ordered]
        self.likeness: Mapping[str, list[float]] = {
            question.key: [
                ask + 0.5 * min(1.0, len(said & wanted) / SHARED_WORDS) for ask, said in zip(asks, words, strict=True)
            ]
            for question in schedule.questions()
            for wanted in [_words_of(question)]
        }

    def asking(self, key: str) -> list[float]:
        return [start for start, like in zip(self.starts, self.likeness[key], strict=True) if like >= 0.5]

    def closest(self, key: str, seconds: float) -> float:
        """The best turn near a moment, less the further away it is."""
        first = bisect_left(self.starts, seconds - REACH_SECONDS)
        last = bisect_left(self.starts, seconds + REACH_SECONDS)
        like = self.likeness[key]
        return max((like[n] * _nearness(self.starts[n] - seconds) for n in range(first, last)), default=0.0)


def fit(taps: Sequence[Tap], began_at: datetime, heard: _Heard) -> float:
    return sum(heard.closest(tap.question_key, (tap.at - began_at).total_seconds()) for tap in taps) / len(taps)


def _nearness(distance: float) -> float:
    return math.exp(-0.5 * (distance / SLACK_SECONDS) ** 2)


def _words_of(question: Question) -> set[str]:
    return _words(" ".join([question.prompt, *question.spoken, *question.details]))


def _words(text: str) -> set[str]:
    return set(WORD.findall(text.lower()))
