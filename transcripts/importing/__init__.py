"""Read transcripts that other tools wrote: WebVTT, SRT, Word, plain text, JSON. No Flask, no database.

Names of speakers become letters in the order of appearance and are never stored.
"""

from transcripts.importing.corrections import NO_CORRECTIONS, Corrections, DoubtfulLabel, LeftOutLine
from transcripts.importing.format_detection import FORMATS, MAX_BYTES, read_transcript
from transcripts.importing.refusals import NotATranscriptError
from transcripts.importing.transcript_lines import ImportedTranscript, SpeakerShare, compute_speaker_shares

__all__ = [
    "FORMATS",
    "MAX_BYTES",
    "NO_CORRECTIONS",
    "Corrections",
    "DoubtfulLabel",
    "ImportedTranscript",
    "LeftOutLine",
    "NotATranscriptError",
    "SpeakerShare",
    "compute_speaker_shares",
    "read_transcript",
]
