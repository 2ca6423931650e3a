"""Create, find and close uploads. Their bytes are in parts.py and become a recording in assembly.py; callers commit."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from accounts import audit
from core import clock, jobs
from core.database import db
from core.errors import RuleError
from core.locks import lock_row
from core.models import Job, JobState
from evidence.models import Contribution
from transcripts.models import Upload, UploadState
from transcripts.recordings import recordings, track_groups
from transcripts.recordings.track_groups import ACTIVE_UPLOAD_STATES

ASSEMBLE_JOB = "join upload"
UPLOAD_LIFETIME = timedelta(days=7)  # after the last byte; the result can be read for as long again
MAX_UNFINISHED_UPLOADS = 50  # of one person for one interview
MAX_FINGERPRINT_LENGTH = 64
LISTED_UPLOAD_STATES = (*ACTIVE_UPLOAD_STATES, UploadState.REFUSED)


class TooManyUploadsError(RuleError): ...


class UploadClosedError(RuleError): ...


class UploadCompleteError(RuleError): ...


def create_upload(
    contribution: Contribution,
    length_bytes: int,
    fingerprint: str,
    *,
    by: UUID,
    language: str | None = None,
    track_group: UUID | None = None,
    modified_at: datetime | None = None,
) -> Upload:
    lock_row(contribution)
    recordings.require_recording_consent(contribution)
    if len(list_active_uploads(contribution.id, by)) >= MAX_UNFINISHED_UPLOADS:
        raise TooManyUploadsError("You have too many unfinished uploads for this interview. Please cancel some first.")
    now = clock.now()
    row = Upload(
        contribution_id=contribution.id,
        uploaded_by=by,
        position=recordings.find_next_position(contribution.id),
        fingerprint=fingerprint[:MAX_FINGERPRINT_LENGTH],
        language=language,
        modified_at=modified_at,
        length_bytes=length_bytes,
        offset_bytes=0,
        created_at=now,
        expires_at=now + UPLOAD_LIFETIME,
    )
    db.session.add(row)
    db.session.flush()
    if track_group is not None:
        track_groups.join_group(row, track_group)
    audit.record("upload begun", row, size_bytes=length_bytes)
    return row


def find_own_upload(upload_id: UUID, contribution_id: UUID, person_id: UUID) -> Upload | None:
    query = select(Upload).where(
        Upload.id == upload_id, Upload.contribution_id == contribution_id, Upload.uploaded_by == person_id
    )
    return db.session.scalars(query).first()


def list_own_uploads(contribution_id: UUID, person_id: UUID) -> list[Upload]:
    return _list_own_in_states(contribution_id, person_id, LISTED_UPLOAD_STATES)


def list_active_uploads(contribution_id: UUID, person_id: UUID) -> list[Upload]:
    return _list_own_in_states(contribution_id, person_id, ACTIVE_UPLOAD_STATES)


def require_open(row: Upload) -> None:
    if row.state is UploadState.EXPIRED or (row.state is UploadState.INCOMPLETE and row.expires_at <= clock.now()):
        raise UploadClosedError(
            f"Nothing more was uploaded for {UPLOAD_LIFETIME.days} days, so we deleted this file. Please upload it"
            " again."
        )
    if row.state is UploadState.CANCELLED:
        raise UploadClosedError("This upload was cancelled. Please upload the file again.")
    if row.state is UploadState.REFUSED:
        raise UploadClosedError(row.refusal)


def advance_offset(row: Upload, end_byte: int) -> None:
    """Counts everything up to that byte; the last byte enqueues the assembly."""
    row.offset_bytes, row.expires_at = end_byte, clock.now() + UPLOAD_LIFETIME
    if end_byte == row.length_bytes:
        row.state = UploadState.COMPLETE
        audit.record("upload arrived", row, size_bytes=end_byte)
        jobs.enqueue(ASSEMBLE_JOB, row.id)


def cancel_upload(row: Upload) -> None:
    lock_row(row)
    job = get_assembly_job(row)
    if row.state is UploadState.COMPLETE and (job is None or job.state is not JobState.FAILED):
        raise UploadCompleteError(
            "The whole file has been uploaded and is being processed, so you cannot cancel it now."
        )
    if row.state is UploadState.RECORDED:
        raise UploadCompleteError("This file is already a recording.")
    close_upload(row, UploadState.CANCELLED)
    audit.record("upload cancelled", row, arrived_bytes=row.offset_bytes)


def retry_assembly(row: Upload) -> None:
    if row.state is UploadState.COMPLETE:
        jobs.enqueue(ASSEMBLE_JOB, row.id)


def close_upload(row: Upload, state: UploadState, refusal: str = "") -> None:
    row.state, row.refusal, row.expires_at = state, refusal, clock.now() + UPLOAD_LIFETIME
    if state is not UploadState.RECORDED:
        track_groups.leave_group(row)


def get_assembly_job(row: Upload) -> Job | None:
    return jobs.find_latest(ASSEMBLE_JOB, row.id)


def find_position(row: Upload) -> int:
    earlier_recordings = sum(position < row.position for position in recordings.list_positions(row.contribution_id))
    earlier_uploads = select(func.count(Upload.id)).where(
        Upload.contribution_id == row.contribution_id,
        Upload.state.in_(ACTIVE_UPLOAD_STATES),
        Upload.position < row.position,
    )
    return 1 + earlier_recordings + (db.session.scalar(earlier_uploads) or 0)


def _list_own_in_states(contribution_id: UUID, person_id: UUID, states: tuple[UploadState, ...]) -> list[Upload]:
    query = select(Upload).where(
        Upload.contribution_id == contribution_id, Upload.uploaded_by == person_id, Upload.state.in_(states)
    )
    return list(db.session.scalars(query.order_by(Upload.position, Upload.created_at)))
