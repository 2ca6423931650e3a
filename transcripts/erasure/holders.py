"""Recordings, texts and all that is made from them: how each is found, and which files belong to it."""

from core.personal_data import declare_impersonal, hold
from transcripts.models import (
    Coverage,
    Decision,
    ImportDraft,
    Marker,
    MeasuredSpeed,
    Passage,
    RecognitionCheckpoint,
    Recording,
    Segment,
    SegmentCorrection,
    Transcript,
    Upload,
    UploadPart,
)

hold(
    "recordings",
    "Recordings of your interviews and copies for listening",
    Recording,
    RecognitionCheckpoint,
    files=(Recording.storage_path, Recording.listening_path),
    folders=("recordings", "listening"),
    hides=("peaks", "segments", "uploaded_by"),
)
hold(
    "uploads",
    "Recordings on their way to us",
    Upload,
    UploadPart,
    files=(Upload.joined_path, UploadPart.storage_path),
    folders=("uploads",),
    hides=("fingerprint", "uploaded_by"),
)
hold(
    "texts",
    "The text of your interviews",
    Transcript,
    Segment,
    SegmentCorrection,
    Coverage,
    files=(Transcript.source_path,),
    folders=("imports",),
    hides=(
        "words",
        "options",
        "imported_by",
        "author_id",
        "avg_logprob",
        "no_speech_prob",
        "compression_ratio",
        "temperature",
    ),
)
hold("passages", "Passages of your interviews, by question", Passage, Decision, hides=("decided_by", "made_by"))
hold("imports", "Texts that were read and not stored yet", ImportDraft, files=(ImportDraft.storage_path,))
hold("marks", "Marks set during your interviews", Marker, hides=("made_by",))
declare_impersonal("of our machines", MeasuredSpeed)
