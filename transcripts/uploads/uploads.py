"""Begin, find and end uploads. Their bytes are in parts.py, what becomes of them in joining.py; callers commit."""

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

ASSEMBLE_JOB = "join upload"
UPLOAD_LIFETIME = timedelta(days=7)  # after the last byte; and what became of an upload can be read for as long again
MAX_UNFINISHED_UPLOADS = 50  # unfinished uploads of one person for one interview
MAX_FINGERPRINT_LENGTH = 64
LISTED_STATES = (UploadState.INCOMPLETE, UploadState.COMPLETE, UploadState.REFUSED)
ACTIVE_STATES = (UploadState.INCOMPLETE, UploadState.COMPLETE)


class TooManyUploadsError(RuleError):
    """More files are on their way than one interview can have."""


class UploadClosedError(RuleError):
    """The upload was cancelled, ran out or was refused: nothing can be added."""


class UploadCompleteError(RuleError):
    """All of it is here and becomes a recording, so that it cannot be cancelled."""


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
    """`group`: shared by files that ran at the same time. `modified_at`: the file's own time.

    Raises RecordingNotAllowedError, TooManyUploadsError, NotTogetherError.
    """
    lock_row(contribution)
    recordings.require_recording_consent(contribution)
    if len(list_active_uploads(contribution.id, by)) >= MAX_UNFINISHED_UPLOADS:
        raise TooManyUploadsError("Too many files are on their way for this interview. Please cancel some first.")
    now = clock.now()
    row = Upload(
        contribution_id=contribution.id,
        uploaded_by=by,
        position=_find_next_position(contribution.id),
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
    """An upload of this interview, by the person who began it; None for everybody else."""
    wanted = select(Upload).where(
        Upload.id == upload_id, Upload.contribution_id == contribution_id, Upload.uploaded_by == person_id
    )
    return db.session.scalars(wanted).first()


def list_own_uploads(contribution_id: UUID, person_id: UUID) -> list[Upload]:
    """A person's own uploads that are not recordings yet, in the order of the conversation."""
    return _list_own_in_states(contribution_id, person_id, LISTED_STATES)


def list_active_uploads(contribution_id: UUID, person_id: UUID) -> list[Upload]:
    return _list_own_in_states(contribution_id, person_id, ACTIVE_STATES)


def require_open(row: Upload) -> None:
    """Raises UploadOverError."""
    if row.state is UploadState.EXPIRED or (row.state is UploadState.INCOMPLETE and row.expires_at <= clock.now()):
        raise UploadClosedError(
            f"Nothing more came for {UPLOAD_LIFETIME.days} days, so what had arrived was removed. Please send the file again."
        )
    if row.state is UploadState.CANCELLED:
        raise UploadClosedError("This upload was cancelled. Please send the file again.")
    if row.state is UploadState.REFUSED:
        raise UploadClosedError(row.refusal)


def advance_offset(row: Upload, end_byte: int) -> None:
    """What came up to that byte counts; the last one asks for the parts to be put together."""
    row.offset_bytes, row.expires_at = end_byte, clock.now() + UPLOAD_LIFETIME
    if end_byte == row.length_bytes:
        row.state = UploadState.COMPLETE
        audit.record("upload arrived", row, size_bytes=end_byte)
        jobs.enqueue(ASSEMBLE_JOB, row.id)


def cancel_upload(row: Upload) -> None:
    """Its parts are removed afterwards (ending.py). Raises AlreadyWholeError."""
    lock_row(row)
    job = get_assembly_job(row)
    if row.state is UploadState.COMPLETE and (job is None or job.state is not JobState.FAILED):
        raise UploadCompleteError("The whole file has arrived and becomes a recording, so it cannot be cancelled now.")
    if row.state is UploadState.RECORDED:
        raise UploadCompleteError("This file is a recording already.")
    close_upload(row, UploadState.CANCELLED)
    audit.record("upload cancelled", row, arrived_bytes=row.offset_bytes)


def retry_assembly(row: Upload) -> None:
    """After the parts could not be put together."""
    if row.state is UploadState.COMPLETE:
        jobs.enqueue(ASSEMBLE_JOB, row.id)


def close_upload(row: Upload, state: UploadState, refusal: str = "") -> None:
    row.state, row.refusal, row.expires_at = state, refusal, clock.now() + UPLOAD_LIFETIME
    if state is not UploadState.RECORDED:
        track_groups.leave_group(row)


def get_assembly_job(row: Upload) -> Job | None:
    """The job that puts the parts together."""
    return jobs.find_latest(ASSEMBLE_JOB, row.id)


def find_position(row: Upload) -> int:
    """Where the recording stands now: behind what stands before it, be that here or still on its way."""
    here = sum(position < row.position for position in recordings.list_positions(row.contribution_id))
    coming = select(func.count(Upload.id)).where(
        Upload.contribution_id == row.contribution_id, Upload.state.in_(ACTIVE_STATES), Upload.position < row.position
    )
    return 1 + here + (db.session.scalar(coming) or 0)


def _list_own_in_states(contribution_id: UUID, person_id: UUID, states: tuple[UploadState, ...]) -> list[Upload]:
    wanted = select(Upload).where(
        Upload.contribution_id == contribution_id, Upload.uploaded_by == person_id, Upload.state.in_(states)
    )
    return list(db.session.scalars(wanted.order_by(Upload.position, Upload.created_at)))


def _find_next_position(contribution_id: UUID) -> int:
    here = max(recordings.list_positions(contribution_id), default=0)
    coming = select(func.max(Upload.position)).where(
        Upload.contribution_id == contribution_id, Upload.state.in_(ACTIVE_STATES)
    )
    return max(here, db.session.scalar(coming) or 0) + 1
