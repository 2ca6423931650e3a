"""Pending markers: each is used once, at the segment where its question starts, or was a mistake.

A tap is some seconds before or after the question, so it is pending at several segments. Which markers are pending is
part of the state of the sequence model (sequence.py): one bit for each slot.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from transcripts.mapping.arrays import BoolArray, FloatArray, IntArray

MAX_SLOTS = 2  # pending at a time; a third replaces the oldest
NO_MARKER = -1


@dataclass(frozen=True, slots=True)
class PendingMarker:
    question_index: int
    first_segment: int  # the first segment at which its question may start
    log_fit: FloatArray  # (m,): log-likelihood of the tap's distance, for that segment and each of the next

    @property
    def end_segment(self) -> int:
        return self.first_segment + len(self.log_fit)


@dataclass(frozen=True, slots=True)
class MarkerSlots:
    """The pending markers at each of n segments. All of shape (n, slots)."""

    question_index: IntArray  # NO_MARKER: nothing is pending
    log_fit: FloatArray
    is_starting: BoolArray  # a marker becomes pending just before this segment
    is_ending: BoolArray  # a marker still pending is dropped just before this segment


@dataclass(frozen=True, slots=True)
class MarkerUse:
    """One slot's marker can be used at this segment: each of `states_before` goes to its pair in `states_after`."""

    question_index: int
    slot: int
    states_before: IntArray
    states_after: IntArray


def assign_slots(markers: Sequence[PendingMarker], n: int) -> MarkerSlots:
    slots = min(len(markers), MAX_SLOTS)
    found = MarkerSlots(
        question_index=np.full((n, slots), NO_MARKER, dtype=np.int64),
        log_fit=np.zeros((n, slots)),
        is_starting=np.zeros((n + 1, slots), dtype=np.bool_),
        is_ending=np.zeros((n + 1, slots), dtype=np.bool_),
    )
    latest: list[PendingMarker | None] = [None] * slots
    for marker in sorted(markers, key=lambda marker: (marker.first_segment, marker.end_segment)):
        slot = min(range(slots), key=lambda number: _get_end(latest[number]))
        last = latest[slot]
        if last is not None:
            end = min(last.end_segment, marker.first_segment)
            found.question_index[end : last.end_segment, slot] = NO_MARKER
            found.is_ending[last.end_segment, slot] = False
            found.is_ending[end, slot] = True
        latest[slot] = marker
        found.question_index[marker.first_segment : marker.end_segment, slot] = marker.question_index
        found.log_fit[marker.first_segment : marker.end_segment, slot] = marker.log_fit
        found.is_starting[marker.first_segment, slot] = found.is_ending[marker.end_segment, slot] = True
    return MarkerSlots(found.question_index, found.log_fit, found.is_starting[:n], found.is_ending[:n])


def _get_end(marker: PendingMarker | None) -> int:
    return -1 if marker is None else marker.end_segment


def count_states(slots: int) -> int:
    return 1 << slots


def pair_states(slot: int, slots: int) -> tuple[IntArray, IntArray]:
    """The states in which a slot's marker is pending, and for each the state in which it is not."""
    waiting = np.array([state for state in range(count_states(slots)) if state >> slot & 1], dtype=np.int64)
    return waiting, waiting - (1 << slot)


def iter_marker_uses(slots: MarkerSlots, i: int) -> Iterator[MarkerUse]:
    for slot, question in enumerate(slots.question_index[i]):
        if question != NO_MARKER:
            yield MarkerUse(int(question), slot, *pair_states(slot, slots.question_index.shape[1]))


def apply_slot_changes(slots: MarkerSlots, log_sums: FloatArray, i: int, impossible: float) -> FloatArray:
    """Markers before segment i are dropped, then others become pending. First axis of `log_sums`: the state."""
    log_sums = log_sums.copy()
    for slot in range(slots.question_index.shape[1]):
        waiting, free = pair_states(slot, slots.question_index.shape[1])
        if slots.is_ending[i, slot]:
            log_sums[free] = np.logaddexp(log_sums[free], log_sums[waiting])
            log_sums[waiting] = impossible
        if slots.is_starting[i, slot]:
            log_sums[waiting], log_sums[free] = log_sums[free], impossible
    return log_sums


def reverse_slot_changes(slots: MarkerSlots, log_sums: FloatArray, i: int, impossible: float) -> FloatArray:
    log_sums = log_sums.copy()
    for slot in reversed(range(slots.question_index.shape[1])):
        waiting, free = pair_states(slot, slots.question_index.shape[1])
        if slots.is_starting[i, slot]:
            log_sums[free], log_sums[waiting] = log_sums[waiting], impossible
        if slots.is_ending[i, slot]:
            log_sums[waiting] = log_sums[free]
    return log_sums
