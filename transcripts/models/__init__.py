"""The rows of this package."""

from transcripts.models.imports import ImportDraft
from transcripts.models.markers import Marker, MarkerKind
from transcripts.models.passages import Coverage, CoverageStatus, Decision, Passage, PassageState
from transcripts.models.recordings import BeginKnown, HeardWindow, MeasuredSpeed, Recording, RecordingState
from transcripts.models.transcripts import Origin, Segment, SpeakerRole, SpeakersKnown, Times, Transcript
from transcripts.models.uploads import PART_COUNTS, Upload, UploadPart, UploadState

__all__ = [
    "PART_COUNTS",
    "BeginKnown",
    "Coverage",
    "CoverageStatus",
    "Decision",
    "HeardWindow",
    "ImportDraft",
    "Marker",
    "MarkerKind",
    "MeasuredSpeed",
    "Origin",
    "Passage",
    "PassageState",
    "Recording",
    "RecordingState",
    "Segment",
    "SpeakerRole",
    "SpeakersKnown",
    "Times",
    "Transcript",
    "Upload",
    "UploadPart",
    "UploadState",
]
