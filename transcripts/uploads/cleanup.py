"""Remove what uploads leave: parts of those that are over, those that nobody went on with, old rows.

Commits for itself, since a file is removed between two transactions.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select, update

from accounts import audit
from core import clock
from core.database import db
from transcripts.models import Recording, Upload, UploadPart, UploadState
from transcripts.recordings import recordings, track_groups
from transcripts.uploads import parts, uploads

FOLLOW_UP_PERIOD = timedelta(days=1)  # a file of which the plain form said that it comes next
ABANDONED_AFTER = timedelta(days=1)  # a part that does not count and whose web process was killed
FAILED_STATES = (UploadState.REFUSED, UploadState.CANCELLED, UploadState.EXPIRED)
CLOSED_STATES = (UploadState.RECORDED, *FAILED_STATES)


def clean_up_uploads() -> None:
    """What a sweep does; safe to kill at any moment."""
    _expire_uploads()
    for part_id, path in _list_unneeded_parts():
        parts.delete_part(part_id, path)
    _delete_orphaned_files()
    _delete_old_rows()
    track_groups.release_incomplete_groups(clock.now() - FOLLOW_UP_PERIOD)
    db.session.commit()


def delete_parts(upload_id: UUID) -> None:
    """The counted parts of an upload that is over. One that still arrives is dropped by whoever receives it."""
    counted = UploadPart.upload_id == upload_id, UploadPart.size_bytes.is_not(None)
    found = [(row.id, row.storage_path) for row in db.session.scalars(select(UploadPart).where(*counted))]
    db.session.rollback()
    for part_id, path in found:
        parts.delete_part(part_id, path)


def _expire_uploads() -> None:
    late = select(Upload).where(Upload.state == UploadState.INCOMPLETE, Upload.expires_at <= clock.now())
    for row in db.session.scalars(late.with_for_update(skip_locked=True)):
        uploads.close_upload(row, UploadState.EXPIRED)
        audit.record("upload expired", row, arrived_bytes=row.offset_bytes)
    db.session.commit()


def _list_unneeded_parts() -> list[tuple[UUID, str]]:
    counted = UploadPart.size_bytes.is_not(None)
    of_ended = select(UploadPart).join(Upload).where(counted, Upload.state.in_(CLOSED_STATES))
    left_behind = select(UploadPart).where(~counted, UploadPart.begun_at < clock.now() - ABANDONED_AFTER)
    found = [(row.id, row.storage_path) for wanted in (of_ended, left_behind) for row in db.session.scalars(wanted)]
    db.session.rollback()
    return found


def _delete_orphaned_files() -> None:
    """What a worker that was killed had put together, and nobody wants any more."""
    is_recording = select(Recording.id).where(Recording.storage_path == Upload.joined_path).exists()
    left = select(Upload).where(Upload.state.in_(FAILED_STATES), Upload.joined_path.is_not(None), ~is_recording)
    found = [(row.id, row.joined_path or "") for row in db.session.scalars(left)]
    db.session.rollback()
    for upload_id, path in found:
        recordings.get_storage().delete(path)
        db.session.execute(update(Upload).where(Upload.id == upload_id).values(joined_path=None))
        db.session.commit()


def _delete_old_rows() -> None:
    has_parts = select(UploadPart.id).where(UploadPart.upload_id == Upload.id).exists()
    db.session.execute(
        delete(Upload).where(Upload.state.in_(CLOSED_STATES), Upload.expires_at <= clock.now(), ~has_parts)
    )
    db.session.commit()
