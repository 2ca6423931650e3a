"""Rebuild a transcript with its passages and coverage from an export's JSON. Callers commit."""

from collections.abc import Mapping
from typing import Any

from core.database import db
from evidence.models import Answer, Contribution
from transcripts.models import (
    Coverage,
    CoverageStatus,
    Passage,
    PassageState,
    Segment,
    SpeakerSource,
    Transcript,
    TranscriptOrigin,
)
from transcripts.text.spoken import SpokenSegment
from transcripts.text.transcript_json import segment_from_json, words_to_json


def rebuild_transcript(contribution: Contribution, data: Mapping[str, Any], answers: Mapping[str, Answer]) -> None:
    """Without its recording, so that it cannot be played."""
    row = Transcript(
        contribution_id=contribution.id,
        position=int(data["part"]),
        number=1,
        origin=TranscriptOrigin(data["origin"]),
        language=str(data["language"]),
        duration_seconds=float(data["duration"]),
        model=str(data["model"]),
        options={"times": str(data["times"])},
        is_demonstration=bool(data["demonstration"]),
        speaker_source=SpeakerSource(data["speakers"]),
        roles=dict(data["roles"]),
        seconds_taken=0.0,
        created_at=contribution.created_at,
        mapped_at=contribution.created_at,
    )
    segments = [segment_from_json(item, number) for number, item in enumerate(data["segments"])]
    row.segments = [_build_segment(number, segment) for number, segment in enumerate(segments)]
    row.coverage = [Coverage(question_key=key, status=CoverageStatus(name)) for key, name in data["coverage"].items()]
    row.passages = [_build_passage(item, answers) for item in data["passages"]]
    db.session.add(row)
    db.session.flush()


def _build_segment(number: int, segment: SpokenSegment) -> Segment:
    return Segment(
        position=number,
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


def _build_passage(item: Mapping[str, Any], answers: Mapping[str, Answer]) -> Passage:
    state, answer = PassageState(item["state"]), answers.get(item["question"])
    is_accepted = state is PassageState.ACCEPTED and answer is not None
    return Passage(
        question_key=item["question"],
        suggested_key=item["suggested"],
        start_seconds=float(item["start"]),
        end_seconds=float(item["end"]),
        first_segment=int(item["segments"][0]),
        last_segment=int(item["segments"][1]),
        first_word=item["words"][0],
        last_word=item["words"][1],
        text=str(item["text"]),
        confidence=float(item["confidence"]),
        state=state,
        answer_id=answer.id if is_accepted and answer else None,
        decided_at=answer.updated_at if is_accepted and answer else None,
    )
