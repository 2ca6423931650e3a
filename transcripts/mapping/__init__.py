"""Decide which words of an interview answer which question. Pure: no Flask, no database, nothing leaves the machine.

Light to import: arrays and models are loaded by the first call.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from evidence.schedule import Schedule
from transcripts.kinds.closed_sets import CoverageStatus
from transcripts.mapping.values import (
    MappedPassage,
    MappingInputError,
    ReviewedTranscript,
    SpeechMapping,
    TimedMarker,
)
from transcripts.text.spoken import SpokenSegment

if TYPE_CHECKING:
    from transcripts.mapping.similarity import Similarity

__all__ = [
    "CoverageStatus",
    "MappedPassage",
    "MappingInputError",
    "ReviewedTranscript",
    "SpeechMapping",
    "TimedMarker",
    "map_speech",
]


def map_speech(
    segments: Sequence[SpokenSegment],
    schedule: Schedule,
    *,
    similarity: "Similarity",
    written: Sequence[Mapping[str, str]] = (),
    reviewed: Sequence[ReviewedTranscript] = (),
    markers: Sequence[TimedMarker] = (),
    decisions: Mapping[int, str | None] | None = None,
    language: str = "en",
) -> SpeechMapping:
    """Deterministic. `decisions`: segment id to the question, or None, that people chose; the rest is mapped around it.

    Raises MappingInputError when a marker, decision or reviewed interview names a question that is not in the schedule.
    """
    from transcripts.mapping.interview_mapper import MappingInput, map_interview

    return map_interview(
        MappingInput(
            segments=tuple(segments),
            schedule=schedule,
            written=tuple(written),
            reviewed=tuple(reviewed),
            markers=tuple(markers),
            decisions=decisions or {},
            language=language,
        ),
        similarity,
    )
