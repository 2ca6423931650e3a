"""Stretches of sound under their questions, laid over each other. Pure; what they stand for is said elsewhere."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import pairwise
from operator import attrgetter


@dataclass(frozen=True, slots=True)
class QuestionInterval:
    """A stretch of sound and its question: as the machine said, or as people have decided. Half-open."""

    question_key: str | None
    start_seconds: float
    end_seconds: float

    @property
    def seconds(self) -> float:
        return self.end_seconds - self.start_seconds


def resolve_overlaps(found: Sequence[QuestionInterval]) -> list[QuestionInterval]:
    """Without what an earlier one in the list says of the same seconds; in order of time, none over another."""
    pieces: list[tuple[int, float, float]] = []
    for number, start, end in _iterate_earliest(found):
        if pieces and pieces[-1][0] == number and pieces[-1][2] == start:
            pieces[-1] = number, pieces[-1][1], end
        else:
            pieces.append((number, start, end))
    return [QuestionInterval(found[number].question_key, start, end) for number, start, end in pieces]


def _iterate_earliest(found: Sequence[QuestionInterval]) -> Iterator[tuple[int, float, float]]:
    """Between each two moments at which one begins or ends: the number of the earliest in the list that is there."""
    coming = sorted(range(len(found)), key=lambda number: found[number].start_seconds, reverse=True)
    there: list[int] = []  # a heap; those that have ended leave it when they come to the top
    for start, end in pairwise(sorted({at for one in found for at in (one.start_seconds, one.end_seconds)})):
        while coming and found[coming[-1]].start_seconds <= start:
            heappush(there, coming.pop())
        while there and found[there[0]].end_seconds <= start:
            heappop(there)
        if there:
            yield there[0], start, end


class QuestionIndex:
    """What is said under each question, to be asked many times. `said`: none over another of the same question."""

    def __init__(self, intervals: Iterable[QuestionInterval]) -> None:
        self._by_question: dict[str | None, list[QuestionInterval]] = {}
        for one in sorted(intervals, key=attrgetter("start_seconds")):
            self._by_question.setdefault(one.question_key, []).append(one)

    def measure_overlap(self, one: QuestionInterval) -> float:
        """Of a stretch, the seconds that are under the same question here."""
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
