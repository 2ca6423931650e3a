"""Choose what is transcribed next, and describe a position in the queue. The rule is in core/job_order.py.

Callers commit.
"""

from collections.abc import Sequence

from sqlalchemy import select

from accounts import audit
from core import jobs
from core.database import db
from transcripts.models import Recording
from transcripts.recordings import processing_jobs

ORDINALS = ("second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def prioritise_recording(recording: Recording) -> None:
    _set_urgent(recording, is_urgent=True)
    audit.record("recording chosen to be written down next", recording)


def deprioritise_recording(recording: Recording) -> None:
    _set_urgent(recording, is_urgent=False)
    audit.record("recording waits its turn again", recording)


def describe_position(position: int) -> str:
    if position == 1:
        return "next in the queue"
    return (
        f"{ORDINALS[position - 2]} in the queue" if position - 2 < len(ORDINALS) else f"number {position} in the queue"
    )


def _set_urgent(recording: Recording, *, is_urgent: bool) -> None:
    for row in _list_track_group(recording):
        row.is_urgent = is_urgent
        job = jobs.find_latest(processing_jobs.TRANSCRIBE_JOB, row.id)
        if job is not None and job.is_active:
            job.priority = processing_jobs.calculate_priority(row)


def _list_track_group(recording: Recording) -> Sequence[Recording]:
    if recording.track_group is None:
        return [recording]
    return db.session.scalars(select(Recording).where(Recording.track_group == recording.track_group)).all()
