"""Read transcripts that other tools wrote: WebVTT, SRT, Word, plain text, JSON. Pure: no Flask, no database.

Names of speakers become letters in the order of appearance and go no further; what is said stays as it stands.
"""

from transcripts.importing.format_detection import FORMATS, MAX_BYTES, read_transcript
from transcripts.importing.refusals import NotATranscriptError
from transcripts.importing.transcript_lines import ImportedTranscript, SpeakerShare, compute_speaker_shares

__all__ = [
    "FORMATS",
    "MAX_BYTES",
    "ImportedTranscript",
    "NotATranscriptError",
    "SpeakerShare",
    "compute_speaker_shares",
    "read_transcript",
]
