"""Store each batch of recognised windows when it is complete, so that a restarted job continues with the next one."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from uuid import UUID

from sqlalchemy import delete, func, select

from core.database import db
from transcripts.audio.streams import AudioSource
from transcripts.model_store.model_facts import ModelFacts
from transcripts.models import RecognitionCheckpoint
from transcripts.recognition.recogniser import RecognisedWindow
from transcripts.recognition.speech_windows import describe_windowing
from transcripts.text.transcript_json import segment_from_json, segment_to_json


def build_cache_key(facts: ModelFacts, sound: AudioSource) -> str:
    """A hash of everything that affects the recognised words: model, device, options, language, glossary, sound.

    It includes the windowing, since a later version may cut windows elsewhere, and they would not fit together.
    """
    parts: Mapping[str, object] = {**asdict(facts), "sound": sound.fingerprint, "cut": describe_windowing(sound)}
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def save_batch(recording_id: UUID, cache_key: str, windows: Sequence[RecognisedWindow], seconds_taken: float) -> None:
    db.session.add_all(
        RecognitionCheckpoint(
            recording_id=recording_id,
            cache_key=cache_key,
            number=window.number,
            count=window.count,
            start_seconds=window.start,
            end_seconds=window.end,
            language=window.language,
            segments=[segment_to_json(segment) for segment in window.segments],
            seconds_taken=seconds_taken / len(windows),
        )
        for window in windows
    )
    db.session.flush()


def load_windows(recording_id: UUID, cache_key: str) -> list[RecognisedWindow]:
    """The windows from the first one up to the first gap."""
    query = select(RecognitionCheckpoint).where(
        RecognitionCheckpoint.recording_id == recording_id, RecognitionCheckpoint.cache_key == cache_key
    )
    rows = db.session.scalars(query.order_by(RecognitionCheckpoint.number)).all()
    return [_to_window(row) for number, row in enumerate(rows) if row.number == number]


def sum_seconds_taken(recording_id: UUID, cache_key: str) -> float:
    spent = select(func.sum(RecognitionCheckpoint.seconds_taken))
    return (
        db.session.scalar(
            spent.where(
                RecognitionCheckpoint.recording_id == recording_id, RecognitionCheckpoint.cache_key == cache_key
            )
        )
        or 0.0
    )


def delete_checkpoints(recording_id: UUID) -> None:
    db.session.execute(delete(RecognitionCheckpoint).where(RecognitionCheckpoint.recording_id == recording_id))


def _to_window(row: RecognitionCheckpoint) -> RecognisedWindow:
    return RecognisedWindow(
        number=row.number,
        count=row.count,
        start=row.start_seconds,
        end=row.end_seconds,
        language=row.language,
        segments=tuple(segment_from_json(item, number) for number, item in enumerate(row.segments)),
    )
