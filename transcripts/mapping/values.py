"""Input and output of a mapping as frozen values. Pure, and light enough for the web pages: no arrays."""

from collections.abc import Mapping
from dataclasses import dataclass

from transcripts.kinds.closed_sets import CoverageStatus
from transcripts.text.spoken import SpokenSegment


class MappingInputError(ValueError): ...


@dataclass(frozen=True, slots=True)
class TimedMarker:
    at_seconds: float
    question_key: str


@dataclass(frozen=True, slots=True)
class ReviewedTranscript:
    segments: tuple[SpokenSegment, ...]
    question_keys: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class MappedPassage:
    question_key: str | None  # None: said outside the schedule
    start_seconds: float
    end_seconds: float
    first_segment_id: int
    last_segment_id: int
    first_word: int | None  # index in the first segment's words, where the passage starts inside it
    last_word: int | None  # index in the last segment's words, included
    confidence: float  # 0..1; calibrated: 0.9 means right nine times in ten


@dataclass(frozen=True, slots=True)
class SpeechMapping:
    """One question key (or None) and one confidence for each segment given, in the same order."""

    question_keys: tuple[str | None, ...]
    confidences: tuple[float, ...]
    passages: tuple[MappedPassage, ...]
    coverage: Mapping[str, CoverageStatus]
    note: str = ""  # for readers, if something was left out
