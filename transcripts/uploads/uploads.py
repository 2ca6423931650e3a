"""Begin, find and end uploads. Their bytes are in parts.py, what becomes of them in joining.py; callers commit."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from accounts import audit
from core import clock, jobs
from core.database import db
from core.errors import RuleError
from core.models import Job, JobState
from evidence.models import Contribution
from interviews.holding import hold
from transcripts import recordings, together
from transcripts.models import Upload, UploadState

JOIN = "join upload"
KEPT = timedelta(days=7)  # after the last byte; and what became of an upload can be read for as long again
MOST_AT_ONCE = 50  # unfinished uploads of one person for one interview
MOST_FINGERPRINT = 64
ON_PAGE = (UploadState.ARRIVING, UploadState.WHOLE, UploadState.REFUSED)
UNDER_WAY = (UploadState.ARRIVING, UploadState.WHOLE)


class TooManyUploadsError(RuleError):
    """More files are on their way than one interview can have."""


class UploadOverError(RuleError):
    """The upload was cancelled, ran out or was refused: nothing can be added."""


class AlreadyWholeError(RuleError):
    """All of it is here and becomes a recording, so that it cannot be cancelled."""


def begin(
    contribution: Contribution,
    length_bytes: int,
    fingerprint: str,
    *,
    by: UUID,
    language: str | None = None,
    group: UUID | None = None,
    modified_at: datetime | None = None,
) -> Upload:
    """`group`: shared by files that ran at the same time. `modified_at`: the file's own time.

    Raises RecordingNotAllowedError, TooManyUploadsError, NotTogetherError.
    """
    hold(contribution)
    recordings.refuse_without_consent(contribution)
    if len(under_way(contribution.id, by)) >= MOST_AT_ONCE:
        raise TooManyUploadsError("Too many files are on their way for this interview. Please cancel some first.")
    now = clock.now()
    row = Upload(
        contribution_id=contribution.id,
        uploaded_by=by,
        place=_next_place(contribution.id),
        fingerprint=fingerprint[:MOST_FINGERPRINT],
        language=language,
        modified_at=modified_at,
        length_bytes=length_bytes,
        offset_bytes=0,
        created_at=now,
        expires_at=now + KEPT,
    )
    db.session.add(row)
    db.session.flush()
    if group is not None:
        together.put_in(row, group)
    audit.record("upload begun", row, size_bytes=length_bytes)
    return row


def find_own(upload_id: UUID, contribution_id: UUID, person_id: UUID) -> Upload | None:
    """An upload of this interview, by the person who began it; None for everybody else."""
    wanted = select(Upload).where(
        Upload.id == upload_id, Upload.contribution_id == contribution_id, Upload.uploaded_by == person_id
    )
    return db.session.scalars(wanted).first()


def on_page(contribution_id: UUID, person_id: UUID) -> list[Upload]:
    """A person's own uploads that are not recordings yet, in the order of the conversation."""
    return _own(contribution_id, person_id, ON_PAGE)


def under_way(contribution_id: UUID, person_id: UUID) -> list[Upload]:
    return _own(contribution_id, person_id, UNDER_WAY)


def require_arriving(row: Upload) -> None:
    """Raises UploadOverError."""
    if row.state is UploadState.EXPIRED or (row.state is UploadState.ARRIVING and row.expires_at <= clock.now()):
        raise UploadOverError(
            f"Nothing more came for {KEPT.days} days, so what had arrived was removed. Please send the file again."
        )
    if row.state is UploadState.CANCELLED:
        raise UploadOverError("This upload was cancelled. Please send the file again.")
    if row.state is UploadState.REFUSED:
        raise UploadOverError(row.refusal)


def note_arrival(row: Upload, end_byte: int) -> None:
    """What came up to that byte counts; the last one asks for the parts to be put together."""
    row.offset_bytes, row.expires_at = end_byte, clock.now() + KEPT
    if end_byte == row.length_bytes:
        row.state = UploadState.WHOLE
        audit.record("upload arrived", row, size_bytes=end_byte)
        jobs.request(JOIN, row.id)


def cancel(row: Upload) -> None:
    """Its parts are removed afterwards (ending.py). Raises AlreadyWholeError."""
    hold(row)
    job = job_of(row)
    if row.state is UploadState.WHOLE and (job is None or job.state is not JobState.FAILED):
        raise AlreadyWholeError("The whole file has arrived and becomes a recording, so it cannot be cancelled now.")
    if row.state is UploadState.TAKEN_IN:
        raise AlreadyWholeError("This file is a recording already.")
    end(row, UploadState.CANCELLED)
    audit.record("upload cancelled", row, arrived_bytes=row.offset_bytes)


def try_again(row: Upload) -> None:
    """After the parts could not be put together."""
    if row.state is UploadState.WHOLE:
        jobs.request(JOIN, row.id)


def end(row: Upload, state: UploadState, refusal: str = "") -> None:
    row.state, row.refusal, row.expires_at = state, refusal, clock.now() + KEPT
    if state is not UploadState.TAKEN_IN:
        together.leave(row)


def job_of(row: Upload) -> Job | None:
    """The job that puts the parts together."""
    return jobs.latest(JOIN, row.id)


def place_of(row: Upload) -> int:
    """Where the recording stands now: behind what stands before it, be that here or still on its way."""
    here = sum(position < row.place for position in recordings.positions(row.contribution_id))
    coming = select(func.count(Upload.id)).where(
        Upload.contribution_id == row.contribution_id, Upload.state.in_(UNDER_WAY), Upload.place < row.place
    )
    return 1 + here + (db.session.scalar(coming) or 0)


def _own(contribution_id: UUID, person_id: UUID, states: tuple[UploadState, ...]) -> list[Upload]:
    wanted = select(Upload).where(
        Upload.contribution_id == contribution_id, Upload.uploaded_by == person_id, Upload.state.in_(states)
    )
    return list(db.session.scalars(wanted.order_by(Upload.place, Upload.created_at)))


def _next_place(contribution_id: UUID) -> int:
    here = max(recordings.positions(contribution_id), default=0)
    coming = select(func.max(Upload.place)).where(
        Upload.contribution_id == contribution_id, Upload.state.in_(UNDER_WAY)
    )
    return max(here, db.session.scalar(coming) or 0) + 1
