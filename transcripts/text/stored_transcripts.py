"""Transcripts as rows and as values. Rows are written once and never changed; callers commit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from core import clock
from core.database import db
from evidence.models import Contribution
from transcripts.kinds.closed_sets import TimePrecision
from transcripts.model_store.model_facts import ModelFacts
from transcripts.models import SPEECH_SECONDS_OPTION, Recording, Segment, SpeakerSource, Transcript, TranscriptOrigin
from transcripts.recordings import recordings
from transcripts.text.spoken import SpokenSegment, SpokenTranscript
from transcripts.text.transcript_json import words_from_json, words_to_json


@dataclass(frozen=True, slots=True)
class RecognitionProvenance:
    facts: ModelFacts
    seconds_taken: float
    speaker_source: SpeakerSource = SpeakerSource.UNKNOWN
    speaker_options: Mapping[str, object] = field(default_factory=dict)  # kept with the model's


@dataclass(frozen=True, slots=True)
class ImportSource:
    path: str
    sha256: str
    format: str
    times: TimePrecision
    by: UUID
    roles: Mapping[str, str]


def store_recognised(recording: Recording, spoken: SpokenTranscript, provenance: RecognitionProvenance) -> Transcript:
    row = _create_transcript(recording.contribution_id, recording.position, recording, spoken)
    row.model, row.model_sha256, row.options = (
        provenance.facts.name,
        provenance.facts.sha256,
        {**_serialise_options(provenance.facts), **provenance.speaker_options},
    )
    row.options = row.options | {SPEECH_SECONDS_OPTION: spoken.speech_seconds}
    row.is_demonstration, row.seconds_taken = provenance.facts.is_demonstration, provenance.seconds_taken
    row.speaker_source = provenance.speaker_source
    return _add_segments(row, spoken)


def store_imported(
    contribution: Contribution, recording: Recording | None, spoken: SpokenTranscript, source: ImportSource
) -> Transcript:
    position = recording.position if recording else recordings.find_next_position(contribution.id)
    row = _create_transcript(contribution.id, position, recording, spoken)
    row.origin, row.model, row.options = TranscriptOrigin.IMPORTED, spoken.model, {"times": source.times.value}
    row.source_path, row.source_sha256, row.source_format = source.path, source.sha256, source.format
    row.imported_by, row.roles = source.by, dict(source.roles)
    if any(segment.speaker for segment in spoken.segments):
        row.speaker_source = SpeakerSource.IMPORTED
    return _add_segments(row, spoken)


def _create_transcript(
    contribution_id: UUID, position: int, recording: Recording | None, spoken: SpokenTranscript
) -> Transcript:
    same_part = Transcript.contribution_id == contribution_id, Transcript.position == position
    newest = db.session.scalar(select(func.max(Transcript.number)).where(*same_part))
    return Transcript(
        contribution_id=contribution_id,
        position=position,
        recording_id=recording.id if recording else None,
        number=(newest or 0) + 1,
        language=spoken.language,
        duration_seconds=spoken.duration,
        seconds_taken=0.0,
        created_at=clock.now(),
    )


def _add_segments(row: Transcript, spoken: SpokenTranscript) -> Transcript:
    db.session.add(row)
    db.session.flush()
    db.session.add_all(_to_row(row, position, segment) for position, segment in enumerate(spoken.segments))
    db.session.flush()
    return row


def load_segments(transcript: Transcript) -> tuple[SpokenSegment, ...]:
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
            is_unclear=row.is_unclear,
            language=row.language,
            language_share=row.language_share,
        )
        for row in transcript.segments
    )


def _to_row(transcript: Transcript, position: int, segment: SpokenSegment) -> Segment:
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
        is_unclear=segment.is_unclear,
        language=segment.language,
        language_share=segment.language_share,
    )


def _serialise_options(facts: ModelFacts) -> dict[str, Any]:
    options: Mapping[str, object] = facts.options
    return {"engine": facts.engine, **{name: _as_json(value) for name, value in options.items()}}


def _as_json(value: object) -> Any:
    return list(value) if isinstance(value, tuple) else value
