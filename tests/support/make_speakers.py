"""Build recordings of two people: the second sample's channels as a file, and transcripts with letters."""

import struct
import wave
from dataclasses import replace
from functools import lru_cache
from io import BytesIO

from tests.support import make_transcripts
from tests.support.make_evidence import SAMPLES
from transcripts.audio.audio_facts import SAMPLE_RATE
from transcripts.audio.decoder import decode_chunks
from transcripts.model_store.model_facts import ModelFacts
from transcripts.models import SpeakerSource, Transcript
from transcripts.text import stored_transcripts
from transcripts.text.spoken import SpokenTranscript
from transcripts.text.stored_transcripts import RecognitionProvenance

TWO_CHANNELS = SAMPLES / "interview-2.ogg"  # the interviewer on the left, the volunteer on the right


@lru_cache(maxsize=4)
def conversation_wav(seconds: float, *channels: int) -> bytes:
    """The beginning of the second sample as a WAV file of these of its channels."""
    samples = [_read_samples(channel, round(seconds * SAMPLE_RATE)) for channel in channels]
    target = BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(len(channels))
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(b"".join(struct.pack("<h", value) for frame in zip(*samples, strict=True) for value in frame))
    return target.getvalue()


def _read_samples(channel: int, count: int) -> list[int]:
    heard = b"".join(decode_chunks(TWO_CHANNELS, channel=channel))[: count * 4]
    return [round(value * 32000) for (value,) in struct.iter_unpack("<f", heard)]


def two_speaker_transcript(known: SpeakerSource = SpeakerSource.GUESSED) -> Transcript:
    """Six segments, said by A and B in turn; A asks."""
    said = make_transcripts.spoken_segments(*("What happened then?", "I waited for my letter.") * 3)
    spoken = SpokenTranscript("en", 60.0, "test", tuple(replace(one, speaker="AB"[one.id % 2]) for one in said))
    facts = ModelFacts(name="test", sha256="0" * 64, engine="none", options={}, is_english_only=True)
    row = stored_transcripts.store_recognised(
        make_transcripts.recording(), spoken, RecognitionProvenance(facts, 1.0, known)
    )
    row.roles = {"A": "interviewer", "B": "participant"}
    return row
