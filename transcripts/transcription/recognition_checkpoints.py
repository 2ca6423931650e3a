"""Keep each batch of recognised windows as soon as it is done, so that a killed worker goes on with the next one."""

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
    """A mark of everything that decides which words are heard.

    Model, device, options, language, glossary, channel, and where windows are cut: a later version may cut elsewhere,
    and the first of its windows would not join the last of an earlier one's.
    """
    parts: Mapping[str, object] = {**asdict(facts), "sound": sound.fingerprint, "cut": describe_windowing(sound)}
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def save_batch(recording_id: UUID, cache_key: str, windows: Sequence[RecognisedWindow], seconds_taken: float) -> None:
    """Store a batch and how long it took; the caller commits it whole."""
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
    """What is there already, from the first window on without a gap."""
    wanted = select(RecognitionCheckpoint).where(
        RecognitionCheckpoint.recording_id == recording_id, RecognitionCheckpoint.cache_key == cache_key
    )
    rows = db.session.scalars(wanted.order_by(RecognitionCheckpoint.number)).all()
    return [_to_window(row) for number, row in enumerate(rows) if row.number == number]


def sum_seconds_taken(recording_id: UUID, cache_key: str) -> float:
    """How long what is there took, in whichever attempt; a batch that was lost with its worker is not in it."""
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
    """The transcript is whole: its segments stand there."""
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
