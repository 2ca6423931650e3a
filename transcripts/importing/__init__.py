"""Read transcripts that other tools wrote: WebVTT, SRT, Word, plain text, JSON. Pure: no Flask, no database.

Names of speakers become letters in the order of appearance and go no further; what is said stays as it stands.
"""

from transcripts.importing.documents import FORMATS, MOST_BYTES, read_transcript
from transcripts.importing.refusals import NotATranscriptError
from transcripts.importing.transcripts import ReadTranscript, SpeakerShare, speaker_shares

__all__ = [
    "FORMATS",
    "MOST_BYTES",
    "NotATranscriptError",
    "ReadTranscript",
    "SpeakerShare",
    "read_transcript",
    "speaker_shares",
]
