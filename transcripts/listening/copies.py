"""Which recordings need a listening copy, and the row of one that is made. The work is in tasks.py; callers commit.

The row names the copy's place before a byte of it is written. So whatever a killed attempt left is found, and removed
by the next one; the copy counts once its size is there.
"""

from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import select

from core import jobs
from core.database import db
from core.files import Stored
from core.models import Job
from transcripts.listening.encoding import MEDIA_TYPE
from transcripts.models import Recording, RecordingState

MAKE = "make listening copy"
ASKED_AT_ONCE = 20  # recordings from before this was made have their turn sweep by sweep


@dataclass(frozen=True, slots=True)
class Plan:
    storage_path: str
    duration_seconds: float
    channels: int


def ask(recording: Recording) -> None:
    """Made by a job; asking again does no harm."""
    jobs.request(MAKE, recording.id, rank=max(recording.duration_seconds or 0.0, 1.0))  # checks go first


def ask_for_missing() -> None:
    """For recordings that nobody asked for yet. One that failed is left alone: the original still plays."""
    was_asked = select(Job.id).where(Job.name == MAKE, Job.subject_id == Recording.id).exists()
    missing = Recording.state == RecordingState.SOUND, Recording.listening_size_bytes.is_(None), ~was_asked
    for row in db.session.scalars(select(Recording).where(*missing).limit(ASKED_AT_ONCE)).all():
        ask(row)


def has_copy(recording: Recording) -> bool:
    return recording.listening_size_bytes is not None


def plan(recording: Recording) -> Plan | None:
    """None when there is nothing to do (any more)."""
    if recording.state is not RecordingState.SOUND or has_copy(recording):
        return None
    return Plan(recording.storage_path, recording.duration_seconds or 0.0, recording.channels or 1)


def choose_path(recording: Recording) -> tuple[str, str | None]:
    """Where this attempt puts the copy, and where an earlier one may have left it."""
    left, recording.listening_path = recording.listening_path, f"listening/{uuid4()}"
    return recording.listening_path, left


def take_in(recording: Recording, stored: Stored, peaks: list[int]) -> bool:
    """Returns whether the copy is wanted."""
    if recording.listening_path != stored.path:
        return False
    recording.listening_media_type, recording.listening_size_bytes = MEDIA_TYPE, stored.size_bytes
    recording.peaks = peaks
    return True
