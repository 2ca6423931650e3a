"""Transcripts as rows and as values. Rows are written once and never changed; callers commit."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from core import clock
from core.database import db
from transcripts.models import Recording, Segment, Transcript
from transcripts.recognition.recogniser import ModelFacts
from transcripts.spoken import SpokenSegment, SpokenTranscript
from transcripts.transcript_json import words_from_json, words_to_json


@dataclass(frozen=True, slots=True)
class Making:
    """How a transcript came about."""

    facts: ModelFacts
    seconds_taken: float


def store(recording: Recording, spoken: SpokenTranscript, making: Making) -> Transcript:
    """A new version of a recording's text."""
    newest = db.session.scalar(select(func.max(Transcript.number)).where(Transcript.recording_id == recording.id))
    row = Transcript(
        contribution_id=recording.contribution_id,
        position=recording.position,
        recording_id=recording.id,
        number=(newest or 0) + 1,
        language=spoken.language,
        duration_seconds=spoken.duration,
        model=making.facts.name,
        model_sha256=making.facts.sha256,
        options=_options(making.facts),
        is_demonstration=making.facts.is_demonstration,
        seconds_taken=making.seconds_taken,
        created_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    db.session.add_all(_row(row, position, segment) for position, segment in enumerate(spoken.segments))
    db.session.flush()
    return row


def spoken_segments(transcript: Transcript) -> tuple[SpokenSegment, ...]:
    """The segments as values; a segment's id is its position."""
    return tuple(
        SpokenSegment(
            id=row.position,
            start=row.start_seconds,
            end=row.end_seconds,
            text=row.text,
            speaker=row.speaker,
            words=words_from_json(row.words),
            avg_logprob=row.avg_logprob,
            no_speech_prob=row.no_speech_prob,
            compression_ratio=row.compression_ratio,
            temperature=row.temperature,
            is_loop=row.is_loop,
            is_silence=row.is_silence,
        )
        for row in transcript.segments
    )


def _row(transcript: Transcript, position: int, segment: SpokenSegment) -> Segment:
    return Segment(
        transcript_id=transcript.id,
        position=position,
        start_seconds=segment.start,
        end_seconds=segment.end,
        speaker=segment.speaker,
        text=segment.text,
        words=words_to_json(segment.words),
        avg_logprob=segment.avg_logprob,
        no_speech_prob=segment.no_speech_prob,
        compression_ratio=segment.compression_ratio,
        temperature=segment.temperature,
        is_loop=segment.is_loop,
        is_silence=segment.is_silence,
    )


def _options(facts: ModelFacts) -> dict[str, Any]:
    options: Mapping[str, object] = facts.options
    return {"engine": facts.engine, **{name: _as_json(value) for name, value in options.items()}}


def _as_json(value: object) -> Any:
    return list(value) if isinstance(value, tuple) else value
