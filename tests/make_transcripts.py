"""Builders of recordings, transcripts and passages for tests. They add and flush; the client commits."""

import io
import math
import struct
import wave
from collections.abc import Sequence
from functools import lru_cache
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient

from accounts.access import STAFF_KEY
from accounts.models import StaffMember
from core.database import db
from evidence import consent
from evidence.consent_terms import Use
from evidence.models import Call, Contribution
from interviews.models import Booking
from tests import make_interviews
from tests.make_evidence import SAMPLES
from transcripts import recordings, stored_transcripts, suggestions
from transcripts.mapping import Coverage, MappedPassage, SpeechMapping
from transcripts.models import Passage, Recording, RecordingState, Transcript
from transcripts.recognition.recogniser import ModelFacts
from transcripts.sound.audio import decode_pieces
from transcripts.sound.facts import SAMPLE_RATE
from transcripts.spoken import SpokenSegment, SpokenTranscript, SpokenWord
from transcripts.stored_transcripts import Making

SEGMENT_SECONDS = 10.0


def wav(seconds: float = 2.0, pitch: float = 440.0, rate: int = 8000) -> bytes:
    """A tone as a WAV file."""
    samples = (int(9000 * math.sin(2 * math.pi * pitch * n / rate)) for n in range(int(seconds * rate)))
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return target.getvalue()


def booking(of: Call | None = None, by: StaffMember | None = None, name: str = "Dev", **consents: bool) -> Booking:
    """An interview to be recorded and transcribed, unless `record=False` or `transcribe=False`."""
    volunteer = make_interviews.volunteer(of, name)
    decisions = {Use(use): allowed for use, allowed in consents.items()}
    consent.record_decisions(volunteer.participant, volunteer.call, decisions, noted_by=None)
    slot = make_interviews.slot(volunteer.call, by or make_interviews.interviewer())
    return make_interviews.booking(volunteer, slot)


def contribution(**consents: bool) -> Contribution:
    return booking(None, None, "Dev", **consents).volunteer.contribution


def recording(
    of: Contribution | None = None,
    sound: bytes | None = None,
    *,
    state: RecordingState = RecordingState.SOUND,
    model: str | None = None,
) -> Recording:
    """A stored recording; by default one that was found sound."""
    content = wav() if sound is None else sound
    made_of = of or contribution()
    path = f"recordings/{len(recordings.of_interview(made_of.id))}-{made_of.id}"
    stored = recordings.storage().store(io.BytesIO(content), path, announced_bytes=None, max_bytes=len(content))
    row = recordings.add(made_of.id, stored, by=None, model=model)
    if state is RecordingState.SOUND:
        row.state, row.media_type, row.duration_seconds, row.channels = state, "audio/wav", 2.0, 1
    db.session.flush()
    return row


def segments(*texts: str) -> tuple[SpokenSegment, ...]:
    """Ten seconds each, with evenly spaced words."""
    return tuple(_segment(number, text) for number, text in enumerate(texts))


def transcript(of: Recording | None = None, *texts: str, is_mapped: bool = True) -> Transcript:
    """A transcript of segments of ten seconds each, with nothing suggested yet."""
    spoken = SpokenTranscript("en", len(texts) * SEGMENT_SECONDS, "test", segments(*texts))
    facts = ModelFacts(name="test", sha256="0" * 64, engine="none", options={}, is_english_only=True)
    row = stored_transcripts.store(of or recording(), spoken, Making(facts, seconds_taken=1.0))
    if is_mapped:
        suggest(row, [None] * len(texts))
    return row


def suggest(of: Transcript, questions: Sequence[str | None], confidence: float = 0.8) -> list[Passage]:
    """A suggestion for each segment; the same question twice running makes two passages."""
    spoken = stored_transcripts.spoken_segments(of)
    found = tuple(
        MappedPassage(key, segment.start, segment.end, segment.id, segment.id, None, None, confidence)
        for segment, key in zip(spoken, questions, strict=True)
    )
    coverage = {key: Coverage.ANSWERED for key in questions if key is not None}
    suggestions.store(of, SpeechMapping(tuple(questions), (confidence,) * len(questions), found, coverage), spoken)
    return list(of.passages)


def passages(questions: Sequence[str | None] = ("capacity", "values", None), confidence: float = 0.8) -> list[Passage]:
    """One suggestion for each question, all of one interview."""
    texts = [f"What I say about {key or 'the weather'}." for key in questions]
    return suggest(transcript(None, *texts, is_mapped=False), questions, confidence)


def signed_in(app: Flask, staff_id: UUID) -> FlaskClient:
    client = app.test_client()
    with client.session_transaction() as session:
        session[STAFF_KEY] = str(staff_id)
    return client


def _segment(number: int, text: str) -> SpokenSegment:
    start, words = number * SEGMENT_SECONDS, text.split()
    step = SEGMENT_SECONDS / max(1, len(words))
    spoken = tuple(
        SpokenWord(f" {word}", start + n * step, start + (n + 1) * step, 0.9) for n, word in enumerate(words)
    )
    return SpokenSegment(number, start, start + SEGMENT_SECONDS, text, words=spoken)


@lru_cache(maxsize=4)
def speech(seconds: float) -> bytes:
    """The first sample recording, from its beginning and as often as it takes, as a WAV file."""
    piece = struct.Struct("<f")
    once = b"".join(decode_pieces(SAMPLES / "interview-1.ogg"))
    size = int(seconds * SAMPLE_RATE) * piece.size
    heard = (once * (size // len(once) + 1))[:size]
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(b"".join(struct.pack("<h", round(value * 32000)) for (value,) in piece.iter_unpack(heard)))
    return target.getvalue()
