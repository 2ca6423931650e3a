"""Builders of recordings, transcripts and passages for tests. They add and flush; the client commits."""

import io
import math
import struct
import wave
from collections.abc import Sequence
from functools import lru_cache

from accounts.models import StaffMember
from core.database import db
from evidence.consent_terms import ConsentUse
from evidence.models import Call, Contribution
from interviews.models import Booking
from tests.support import make_interviews
from tests.support.make_evidence import SAMPLES
from transcripts.audio.audio_facts import SAMPLE_RATE
from transcripts.audio.decoder import decode_chunks
from transcripts.mapping import CoverageStatus, MappedPassage, SpeechMapping
from transcripts.model_store.model_facts import ModelFacts
from transcripts.models import Passage, Recording, RecordingState, Transcript
from transcripts.passages import suggestions
from transcripts.recordings import recordings
from transcripts.text import stored_transcripts
from transcripts.text.spoken import SpokenSegment, SpokenTranscript, SpokenWord
from transcripts.text.stored_transcripts import RecognitionProvenance

SEGMENT_SECONDS = 10.0


def tone_wav(seconds: float = 2.0, pitch: float = 440.0, rate: int = 8000) -> bytes:
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
    decisions = {ConsentUse.RECORD: True, ConsentUse.TRANSCRIBE: True, ConsentUse.QUOTE_NAMED: False}
    decisions |= {ConsentUse(use): allowed for use, allowed in consents.items()}
    volunteer = make_interviews.volunteer(of, name, decisions=decisions)
    slot = make_interviews.slot(volunteer.call, by or make_interviews.interviewer())
    return make_interviews.booking(volunteer, slot)


def contribution(**consents: bool) -> Contribution:
    return booking(None, None, "Dev", **consents).volunteer.contribution


def recording(
    of: Contribution | None = None,
    sound: bytes | None = None,
    *,
    state: RecordingState = RecordingState.PLAYABLE,
    model: str | None = None,
) -> Recording:
    """A stored recording; by default one that was found sound."""
    content = tone_wav() if sound is None else sound
    made_of = of or contribution()
    path = f"recordings/{len(recordings.list_recordings(made_of.id))}-{made_of.id}"
    stored = recordings.get_storage().store(io.BytesIO(content), path, announced_bytes=None, max_bytes=len(content))
    row = recordings.add_recording(made_of.id, stored, by=None, model=model)
    if state is RecordingState.PLAYABLE:
        row.state, row.media_type, row.duration_seconds, row.channels = state, "audio/wav", 2.0, 1
    db.session.flush()
    return row


def spoken_segments(*texts: str) -> tuple[SpokenSegment, ...]:
    """Ten seconds each, with evenly spaced words."""
    return tuple(_spoken_segment(number, text) for number, text in enumerate(texts))


def transcript(of: Recording | None = None, *texts: str, is_mapped: bool = True) -> Transcript:
    """A transcript of segments of ten seconds each, with nothing suggested yet."""
    spoken = SpokenTranscript("en", len(texts) * SEGMENT_SECONDS, "test", spoken_segments(*texts))
    facts = ModelFacts(name="test", sha256="0" * 64, engine="none", options={}, is_english_only=True)
    row = stored_transcripts.store_recognised(
        of or recording(), spoken, RecognitionProvenance(facts, seconds_taken=1.0)
    )
    if is_mapped:
        add_suggestions(row, [None] * len(texts))
    return row


def add_suggestions(of: Transcript, questions: Sequence[str | None], confidence: float = 0.8) -> list[Passage]:
    """A suggestion for each segment; the same question twice running makes two passages."""
    spoken = stored_transcripts.load_segments(of)
    found = tuple(
        MappedPassage(key, segment.start, segment.end, segment.id, segment.id, None, None, confidence)
        for segment, key in zip(spoken, questions, strict=True)
    )
    coverage = {key: CoverageStatus.ANSWERED for key in questions if key is not None}
    suggestions.store_suggestions(
        of, SpeechMapping(tuple(questions), (confidence,) * len(questions), found, coverage), spoken
    )
    return list(of.passages)


def passages(questions: Sequence[str | None] = ("capacity", "values", None), confidence: float = 0.8) -> list[Passage]:
    """One suggestion for each question, all of one interview."""
    texts = [f"What I say about {key or 'the weather'}." for key in questions]
    return add_suggestions(transcript(None, *texts, is_mapped=False), questions, confidence)


def _spoken_segment(number: int, text: str) -> SpokenSegment:
    start, words = number * SEGMENT_SECONDS, text.split()
    step = SEGMENT_SECONDS / max(1, len(words))
    spoken = tuple(
        SpokenWord(f" {word}", start + n * step, start + (n + 1) * step, 0.9) for n, word in enumerate(words)
    )
    return SpokenSegment(number, start, start + SEGMENT_SECONDS, text, words=spoken)


@lru_cache(maxsize=4)
def speech_wav(seconds: float) -> bytes:
    """The first sample recording, from its beginning and as often as it takes, as a WAV file."""
    piece = struct.Struct("<f")
    once = b"".join(decode_chunks(SAMPLES / "interview-1.ogg"))
    size = int(seconds * SAMPLE_RATE) * piece.size
    heard = (once * (size // len(once) + 1))[:size]
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(b"".join(struct.pack("<h", round(value * 32000)) for (value,) in piece.iter_unpack(heard)))
    return target.getvalue()
