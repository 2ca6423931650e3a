"""Where two people talk at once, from segments that each have their own speaker. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from transcripts.text.spoken import SpokenSegment

MIN_OVERLAP_SECONDS = 0.5  # less is within the error of the times


@dataclass(frozen=True, slots=True)
class Overlap:
    start: float
    end: float


def find_overlaps(segments: Sequence[SpokenSegment]) -> tuple[Overlap, ...]:
    """In order, joined where they touch. Segments without a speaker do not count."""
    found: list[Overlap] = []
    current: list[SpokenSegment] = []  # that have not ended
    for segment in sorted(segments, key=lambda one: one.start):
        current = [one for one in current if one.end > segment.start]
        ends = [min(one.end, segment.end) for one in current if _are_different_speakers(one, segment)]
        if ends and max(ends) - segment.start >= MIN_OVERLAP_SECONDS:
            _add(found, Overlap(segment.start, max(ends)))
        current.append(segment)
    return tuple(found)


def _are_different_speakers(one: SpokenSegment, other: SpokenSegment) -> bool:
    return one.speaker is not None and other.speaker is not None and one.speaker != other.speaker


def _add(found: list[Overlap], overlap: Overlap) -> None:
    if found and overlap.start <= found[-1].end:
        found[-1] = Overlap(found[-1].start, max(found[-1].end, overlap.end))
    else:
        found.append(overlap)
