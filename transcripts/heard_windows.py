"""Keep each batch of recognised windows as soon as it is done, so that a killed worker goes on with the next one."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from uuid import UUID

from sqlalchemy import delete, func, select

from core.database import db
from transcripts.models import HeardWindow
from transcripts.recognition.recogniser import ModelFacts, RecognisedWindow
from transcripts.recognition.speech_windows import cutting_of
from transcripts.sound.streams import Sound
from transcripts.transcript_json import segment_from_json, segment_to_json


def way_of(facts: ModelFacts, sound: Sound) -> str:
    """A mark of everything that decides which words are heard.

    Model, device, options, language, glossary, channel, and where windows are cut: a later version may cut elsewhere,
    and the first of its windows would not join the last of an earlier one's.
    """
    parts: Mapping[str, object] = {**asdict(facts), "sound": sound.mark, "cut": cutting_of(sound)}
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def keep(recording_id: UUID, way: str, windows: Sequence[RecognisedWindow], seconds_taken: float) -> None:
    """Store a batch and how long it took; the caller commits it whole."""
    db.session.add_all(
        HeardWindow(
            recording_id=recording_id,
            way=way,
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


def kept(recording_id: UUID, way: str) -> list[RecognisedWindow]:
    """What is there already, from the first window on without a gap."""
    wanted = select(HeardWindow).where(HeardWindow.recording_id == recording_id, HeardWindow.way == way)
    rows = db.session.scalars(wanted.order_by(HeardWindow.number)).all()
    return [_window(row) for number, row in enumerate(rows) if row.number == number]


def seconds_taken(recording_id: UUID, way: str) -> float:
    """How long what is there took, in whichever attempt; a batch that was lost with its worker is not in it."""
    spent = select(func.sum(HeardWindow.seconds_taken))
    return db.session.scalar(spent.where(HeardWindow.recording_id == recording_id, HeardWindow.way == way)) or 0.0


def forget(recording_id: UUID) -> None:
    """The transcript is whole: its segments stand there."""
    db.session.execute(delete(HeardWindow).where(HeardWindow.recording_id == recording_id))


def _window(row: HeardWindow) -> RecognisedWindow:
    return RecognisedWindow(
        number=row.number,
        count=row.count,
        start=row.start_seconds,
        end=row.end_seconds,
        language=row.language,
        segments=tuple(segment_from_json(item, number) for number, item in enumerate(row.segments)),
    )
