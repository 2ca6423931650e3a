"""The rows of this package."""

from transcripts.kinds.closed_sets import (
    CorrectionKind,
    CoverageStatus,
    MarkerKind,
    SpeakerRole,
    SpeakerSource,
    TimePrecision,
)
from transcripts.models.corrections import SegmentCorrection
from transcripts.models.imports import ImportDraft
from transcripts.models.markers import Marker
from transcripts.models.passages import Coverage, Decision, Passage, PassageState
from transcripts.models.recordings import (
    MeasuredSpeed,
    RecognitionCheckpoint,
    Recording,
    RecordingState,
    StartSource,
)
from transcripts.models.transcripts import SPEECH_SECONDS_OPTION, Segment, Transcript, TranscriptOrigin
from transcripts.models.uploads import IS_COMPLETE_PART, Upload, UploadPart, UploadState

__all__ = [
    "IS_COMPLETE_PART",
    "SPEECH_SECONDS_OPTION",
    "CorrectionKind",
    "Coverage",
    "CoverageStatus",
    "Decision",
    "ImportDraft",
    "Marker",
    "MarkerKind",
    "MeasuredSpeed",
    "Passage",
    "PassageState",
    "RecognitionCheckpoint",
    "Recording",
    "RecordingState",
    "Segment",
    "SegmentCorrection",
    "SpeakerRole",
    "SpeakerSource",
    "StartSource",
    "TimePrecision",
    "Transcript",
    "TranscriptOrigin",
    "Upload",
    "UploadPart",
    "UploadState",
]
