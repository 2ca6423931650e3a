"""Choose what is written down next, and say a place in the queue. The rule is in core/turns.py; callers commit."""

from collections.abc import Sequence

from sqlalchemy import select

from accounts import audit
from core import jobs
from core.database import db
from transcripts import transcription
from transcripts.models import Recording

ORDINALS = ("second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def choose(recording: Recording) -> None:
    """Before all that nobody chose. Of several that were chosen the one asked for first comes first."""
    _set(recording, True)
    audit.record("recording chosen to be written down next", recording)


def take_back(recording: Recording) -> None:
    _set(recording, False)
    audit.record("recording waits its turn again", recording)


def place_in_words(place: int) -> str:
    """“third in the queue”; places count from 1."""
    if place == 1:
        return "next in the queue"
    return f"{ORDINALS[place - 2]} in the queue" if place - 2 < len(ORDINALS) else f"number {place} in the queue"


def _set(recording: Recording, is_urgent: bool) -> None:
    for row in _written_down_together(recording):
        row.is_urgent = is_urgent
        job = jobs.latest(transcription.TRANSCRIBE, row.id)
        if job is not None and job.is_active:
            job.rank = transcription.rank_of(row)


def _written_down_together(recording: Recording) -> Sequence[Recording]:
    """Files that ran at the same time become one transcript."""
    if recording.track_group is None:
        return [recording]
    return db.session.scalars(select(Recording).where(Recording.track_group == recording.track_group)).all()
