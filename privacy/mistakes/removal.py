"""Remove a recording or an imported text that was uploaded by mistake, with all that was made from it. Callers commit.

It goes for good, its key first. The reason stays in the audit log as a choice, never as text: it could name somebody.
"""

from collections.abc import Iterable
from enum import StrEnum
from uuid import UUID

from sqlalchemy import delete, select

from accounts import audit
from core import jobs
from core.database import db
from core.file_storage import current_storage
from core.models import ACTIVE_JOB_STATES, Job
from evidence.models import Answer
from transcripts.models import Passage, Recording, Transcript, Upload
from transcripts.recordings.interview_lock import lock_interview


class RemovalReason(StrEnum):
    WRONG_INTERVIEW = "it belongs to another interview"
    WRONG_FILE = "it is not an interview"
    ASKED = "the person asked for it"
    DUPLICATE = "it is there twice"


def remove_recording(recording: Recording, reason: RemovalReason) -> None:
    lock_interview(recording.contribution_id)
    transcripts = db.session.scalars(select(Transcript).where(Transcript.recording_id == recording.id)).all()
    _cancel_jobs([recording.id, *(row.id for row in transcripts)])
    audit.record("recording removed", recording, reason=reason.value, transcripts=len(transcripts))
    paths = [recording.storage_path, recording.listening_path, *(row.source_path for row in transcripts)]
    _delete_files(paths)
    _delete_transcripts(transcripts)
    db.session.execute(delete(Upload).where(Upload.recording_id == recording.id, ~Upload.parts.any()))
    db.session.execute(delete(Recording).where(Recording.id == recording.id))
    db.session.expire_all()


def remove_transcript(transcript: Transcript, reason: RemovalReason) -> None:
    """The sound stays, and can be transcribed again."""
    lock_interview(transcript.contribution_id)
    _cancel_jobs([transcript.id])
    audit.record("transcript removed", transcript, reason=reason.value)
    _delete_files([transcript.source_path])
    _delete_transcripts([transcript])
    db.session.expire_all()


def _delete_transcripts(transcripts: Iterable[Transcript]) -> None:
    """With the answers that were taken from them."""
    ids = [row.id for row in transcripts]
    taken = select(Passage.answer_id).where(Passage.transcript_id.in_(ids), Passage.answer_id.is_not(None))
    answers = list(db.session.scalars(taken))
    db.session.execute(delete(Transcript).where(Transcript.id.in_(ids)))
    db.session.execute(delete(Answer).where(Answer.id.in_(answers)))


def _delete_files(paths: Iterable[str | None]) -> None:
    for path in paths:
        if path:
            current_storage().delete(path)


def _cancel_jobs(subject_ids: list[UUID]) -> None:
    active = select(Job).where(Job.subject_id.in_(subject_ids), Job.state.in_(ACTIVE_JOB_STATES))
    for job in db.session.scalars(active).all():
        jobs.cancel(job)
