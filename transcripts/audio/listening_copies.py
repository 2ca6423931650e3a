"""Which recordings need a listening copy, and the columns of one. The work is in tasks.py; callers commit.

The row has the copy's path before a byte of it is written, so that the next attempt finds and deletes what a killed
one left. The copy counts once its size is stored.
"""

from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import select

from core import jobs
from core.database import db
from core.errors import NotReadyError
from core.exits import ExitUse
from core.file_storage import StoredFile
from core.models import Job
from evidence import consent
from transcripts.audio.listening_encoder import MEDIA_TYPE
from transcripts.models import Recording, RecordingState

MAKE_COPY_JOB = "make listening copy"
MAX_REQUESTS_PER_SWEEP = 20  # recordings that are older than this feature follow sweep by sweep


@dataclass(frozen=True, slots=True)
class ListeningCopyPlan:
    storage_path: str
    duration_seconds: float
    channels: int


def enqueue_copy(recording: Recording) -> None:
    jobs.enqueue(MAKE_COPY_JOB, recording.id, priority=max(recording.duration_seconds or 0.0, 1.0))  # checks go first


def enqueue_missing() -> None:
    """A failed job is not tried again: the original still plays."""
    has_job = select(Job.id).where(Job.name == MAKE_COPY_JOB, Job.subject_id == Recording.id).exists()
    missing = Recording.state == RecordingState.PLAYABLE, Recording.listening_size_bytes.is_(None), ~has_job
    for row in db.session.scalars(select(Recording).where(*missing).limit(MAX_REQUESTS_PER_SWEEP)).all():
        enqueue_copy(row)


def has_copy(recording: Recording) -> bool:
    return recording.listening_size_bytes is not None


def plan_copy(recording: Recording) -> ListeningCopyPlan | None:
    """Raises NotReadyError while nobody may listen."""
    if recording.state is not RecordingState.PLAYABLE or has_copy(recording):
        return None
    decision = consent.decide(ExitUse.LISTENING, recording.contribution)
    if not decision.is_allowed:
        reason = decision.explain(recording.contribution.participant.reference)
        raise NotReadyError(f"{reason} So we make no copy of the recording.")
    return ListeningCopyPlan(recording.storage_path, recording.duration_seconds or 0.0, recording.channels or 1)


def reserve_path(recording: Recording) -> tuple[str, str | None]:
    """The path for this attempt, and the one where an earlier attempt may have left a file."""
    left, recording.listening_path = recording.listening_path, f"listening/{uuid4()}"
    return recording.listening_path, left


def record_copy(recording: Recording, stored: StoredFile, peaks: list[int]) -> bool:
    if recording.listening_path != stored.path:
        return False
    recording.listening_media_type, recording.listening_size_bytes = MEDIA_TYPE, stored.size_bytes
    recording.peaks = peaks
    return True
