"""Remove what uploads leave: parts of those that are over, those that nobody went on with, old rows.

Commits for itself, since a file is removed between two transactions.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select, update

from accounts import audit
from core import clock
from core.database import db
from transcripts import recordings, together
from transcripts.models import Recording, Upload, UploadPart, UploadState
from transcripts.uploads import parts, uploads

FOLLOWS_WITHIN = timedelta(days=1)  # a file of which the plain form said that it comes next
FORGOTTEN_AFTER = timedelta(days=1)  # a part that does not count and whose web process was killed
WITHOUT_RECORDING = (UploadState.REFUSED, UploadState.CANCELLED, UploadState.EXPIRED)
OVER = (UploadState.TAKEN_IN, *WITHOUT_RECORDING)


def tidy() -> None:
    """What a sweep does; safe to kill at any moment."""
    _expire()
    for part_id, path in _parts_nobody_needs():
        parts.forget(part_id, path)
    _remove_joined()
    _forget_old_rows()
    together.stop_waiting(clock.now() - FOLLOWS_WITHIN)
    db.session.commit()


def remove_parts(upload_id: UUID) -> None:
    """The counted parts of an upload that is over. One that still arrives is dropped by whoever receives it."""
    counted = UploadPart.upload_id == upload_id, UploadPart.size_bytes.is_not(None)
    found = [(row.id, row.storage_path) for row in db.session.scalars(select(UploadPart).where(*counted))]
    db.session.rollback()
    for part_id, path in found:
        parts.forget(part_id, path)


def _expire() -> None:
    late = select(Upload).where(Upload.state == UploadState.ARRIVING, Upload.expires_at <= clock.now())
    for row in db.session.scalars(late.with_for_update(skip_locked=True)):
        uploads.end(row, UploadState.EXPIRED)
        audit.record("upload expired", row, arrived_bytes=row.offset_bytes)
    db.session.commit()


def _parts_nobody_needs() -> list[tuple[UUID, str]]:
    counted = UploadPart.size_bytes.is_not(None)
    of_ended = select(UploadPart).join(Upload).where(counted, Upload.state.in_(OVER))
    left_behind = select(UploadPart).where(~counted, UploadPart.begun_at < clock.now() - FORGOTTEN_AFTER)
    found = [(row.id, row.storage_path) for wanted in (of_ended, left_behind) for row in db.session.scalars(wanted)]
    db.session.rollback()
    return found


def _remove_joined() -> None:
    """What a worker that was killed had put together, and nobody wants any more."""
    is_recording = select(Recording.id).where(Recording.storage_path == Upload.joined_path).exists()
    left = select(Upload).where(Upload.state.in_(WITHOUT_RECORDING), Upload.joined_path.is_not(None), ~is_recording)
    found = [(row.id, row.joined_path or "") for row in db.session.scalars(left)]
    db.session.rollback()
    for upload_id, path in found:
        recordings.storage().delete(path)
        db.session.execute(update(Upload).where(Upload.id == upload_id).values(joined_path=None))
        db.session.commit()


def _forget_old_rows() -> None:
    has_parts = select(UploadPart.id).where(UploadPart.upload_id == Upload.id).exists()
    db.session.execute(delete(Upload).where(Upload.state.in_(OVER), Upload.expires_at <= clock.now(), ~has_parts))
    db.session.commit()
