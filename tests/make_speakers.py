"""Build recordings of two people: the second sample's channels as a file, and transcripts with letters."""

import struct
import wave
from dataclasses import replace
from functools import lru_cache
from io import BytesIO

from tests import make_transcripts
from tests.make_evidence import SAMPLES
from transcripts import stored_transcripts
from transcripts.models import SpeakersKnown, Transcript
from transcripts.recognition.recogniser import ModelFacts
from transcripts.sound.audio import decode_pieces
from transcripts.sound.facts import SAMPLE_RATE
from transcripts.spoken import SpokenTranscript
from transcripts.stored_transcripts import Making

TWO_CHANNELS = SAMPLES / "interview-2.ogg"  # the interviewer on the left, the volunteer on the right


@lru_cache(maxsize=4)
def conversation(seconds: float, *channels: int) -> bytes:
    """The beginning of the second sample as a WAV file of these of its channels."""
    samples = [_samples(channel, round(seconds * SAMPLE_RATE)) for channel in channels]
    target = BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(len(channels))
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(b"".join(struct.pack("<h", value) for frame in zip(*samples, strict=True) for value in frame))
    return target.getvalue()


def _samples(channel: int, count: int) -> list[int]:
    heard = b"".join(decode_pieces(TWO_CHANNELS, channel=channel))[: count * 4]
    return [round(value * 32000) for (value,) in struct.iter_unpack("<f", heard)]


def transcript_of_two(known: SpeakersKnown = SpeakersKnown.GUESSED) -> Transcript:
    """Six segments, said by A and B in turn; A asks."""
    said = make_transcripts.segments(*("What happened then?", "I waited for my letter.") * 3)
    spoken = SpokenTranscript("en", 60.0, "test", tuple(replace(one, speaker="AB"[one.id % 2]) for one in said))
    facts = ModelFacts(name="test", sha256="0" * 64, engine="none", options={}, is_english_only=True)
    row = stored_transcripts.store(make_transcripts.recording(), spoken, Making(facts, 1.0, known))
    row.roles = {"A": "interviewer", "B": "participant"}
    return row
