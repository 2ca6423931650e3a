"""Markers that wait for the segment at which their question is taken up. Each is used once, or was a slip.

A tap lies some seconds before or after the asking, so it waits at several segments. Which of them still wait is part
of the state of the sequence model: one bit for each slot. No features here (markers.py) and no sums (sequence.py).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from transcripts.mapping.arrays import BoolArray, FloatArray, IntArray

SLOTS = 2  # as many wait at a time; when a third comes, the one that has waited longest is given up
NOBODY = -1


@dataclass(frozen=True, slots=True)
class WaitingMarker:
    question: int
    first: int  # the first segment at which its question may be taken up
    fit: FloatArray  # log of how usual a tap so far from the asking is, for that segment and each of the next

    @property
    def end(self) -> int:
        return self.first + len(self.fit)


@dataclass(frozen=True, slots=True)
class Slots:
    """What waits at each of n segments. All of shape (n, slots)."""

    question: IntArray  # NOBODY: nothing waits
    fit: FloatArray
    begins: BoolArray  # a marker begins to wait just before this segment
    ends: BoolArray  # one that still waits is given up just before this segment


@dataclass(frozen=True, slots=True)
class Taking:
    """One slot's marker can be used at this segment: the state goes from `waiting` to `used`, pair by pair."""

    question: int
    slot: int
    waiting: IntArray
    used: IntArray


def into_slots(markers: Sequence[WaitingMarker], n: int) -> Slots:
    """No slots at all where there are no markers: then the state has one value, and costs nothing."""
    slots = min(len(markers), SLOTS)
    found = Slots(
        question=np.full((n, slots), NOBODY, dtype=np.int64),
        fit=np.zeros((n, slots)),
        begins=np.zeros((n + 1, slots), dtype=np.bool_),
        ends=np.zeros((n + 1, slots), dtype=np.bool_),
    )
    held: list[WaitingMarker | None] = [None] * slots
    for marker in sorted(markers, key=lambda marker: (marker.first, marker.end)):
        slot = min(range(slots), key=lambda number: _until(held[number]))
        last = held[slot]
        if last is not None:
            end = min(last.end, marker.first)
            found.question[end : last.end, slot] = NOBODY
            found.ends[last.end, slot] = False
            found.ends[end, slot] = True
        held[slot] = marker
        found.question[marker.first : marker.end, slot] = marker.question
        found.fit[marker.first : marker.end, slot] = marker.fit
        found.begins[marker.first, slot] = found.ends[marker.end, slot] = True
    return Slots(found.question, found.fit, found.begins[:n], found.ends[:n])


def _until(marker: WaitingMarker | None) -> int:
    return -1 if marker is None else marker.end


def states(slots: int) -> int:
    return 1 << slots


def pairs(slot: int, slots: int) -> tuple[IntArray, IntArray]:
    """The states in which a slot's marker waits, and beside each the one in which it does not."""
    waiting = np.array([state for state in range(states(slots)) if state >> slot & 1], dtype=np.int64)
    return waiting, waiting - (1 << slot)


def takings(slots: Slots, i: int) -> Iterator[Taking]:
    for slot, question in enumerate(slots.question[i]):
        if question != NOBODY:
            yield Taking(int(question), slot, *pairs(slot, slots.question.shape[1]))


def settled(slots: Slots, ways: FloatArray, i: int, nothing: float) -> FloatArray:
    """Log-sums before segment i, once markers have been given up and others wait. First axis: the state."""
    ways = ways.copy()
    for slot in range(slots.question.shape[1]):
        waiting, free = pairs(slot, slots.question.shape[1])
        if slots.ends[i, slot]:
            ways[free] = np.logaddexp(ways[free], ways[waiting])
            ways[waiting] = nothing
        if slots.begins[i, slot]:
            ways[waiting], ways[free] = ways[free], nothing
    return ways


def unsettled(slots: Slots, ways: FloatArray, i: int, nothing: float) -> FloatArray:
    """The mirror image of `settled`, for sums from the end."""
    ways = ways.copy()
    for slot in reversed(range(slots.question.shape[1])):
        waiting, free = pairs(slot, slots.question.shape[1])
        if slots.begins[i, slot]:
            ways[free], ways[waiting] = ways[waiting], nothing
        if slots.ends[i, slot]:
            ways[waiting] = ways[free]
    return ways
