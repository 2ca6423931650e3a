"""Intervals of a recording with their questions: overlaps resolved and measured. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import pairwise
from operator import attrgetter


@dataclass(frozen=True, slots=True)
class QuestionInterval:
    """Half-open."""

    question_key: str | None
    start_seconds: float
    end_seconds: float

    @property
    def seconds(self) -> float:
        return self.end_seconds - self.start_seconds


def resolve_overlaps(intervals: Sequence[QuestionInterval]) -> list[QuestionInterval]:
    """Where intervals overlap, the earlier in the list wins."""
    pieces: list[tuple[int, float, float]] = []
    for number, start, end in _iterate_earliest(intervals):
        if pieces and pieces[-1][0] == number and pieces[-1][2] == start:
            pieces[-1] = number, pieces[-1][1], end
        else:
            pieces.append((number, start, end))
    return [QuestionInterval(intervals[number].question_key, start, end) for number, start, end in pieces]


def _iterate_earliest(intervals: Sequence[QuestionInterval]) -> Iterator[tuple[int, float, float]]:
    pending = sorted(range(len(intervals)), key=lambda index: intervals[index].start_seconds, reverse=True)
    active: list[int] = []  # a heap; ended intervals are removed when they reach the top
    for start, end in pairwise(sorted({at for one in intervals for at in (one.start_seconds, one.end_seconds)})):
        while pending and intervals[pending[-1]].start_seconds <= start:
            heappush(active, pending.pop())
        while active and intervals[active[0]].end_seconds <= start:
            heappop(active)
        if active:
            yield active[0], start, end


class QuestionIndex:
    """For many queries. `intervals`: without overlaps within a question."""

    def __init__(self, intervals: Iterable[QuestionInterval]) -> None:
        self._by_question: dict[str | None, list[QuestionInterval]] = {}
        for one in sorted(intervals, key=attrgetter("start_seconds")):
            self._by_question.setdefault(one.question_key, []).append(one)

    def measure_overlap(self, one: QuestionInterval) -> float:
        return sum(
            min(one.end_seconds, other.end_seconds) - max(one.start_seconds, other.start_seconds)
            for other in self._find_overlapping(one)
        )

    def _find_overlapping(self, one: QuestionInterval) -> Iterator[QuestionInterval]:
        mine = self._by_question.get(one.question_key, [])
        for number in range(bisect_right(mine, one.start_seconds, key=attrgetter("end_seconds")), len(mine)):
            if mine[number].start_seconds >= one.end_seconds:
                return
            yield mine[number]
