"""What uploads leave behind: expired ones, parts and files that nothing needs, old rows. Callers commit."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select, update

from accounts import audit
from core import clock
from core.database import db
from transcripts.models import Recording, Upload, UploadPart, UploadState
from transcripts.uploads import uploads
from transcripts.uploads.parts import StoredPart

FOLLOW_UP_PERIOD = timedelta(days=1)  # how long to wait for a file that the plain form announced
ABANDONED_AFTER = timedelta(days=1)  # a part that was never counted because its web process was killed
FAILED_STATES = (UploadState.REFUSED, UploadState.CANCELLED, UploadState.EXPIRED)
CLOSED_STATES = (UploadState.RECORDED, *FAILED_STATES)


def expire_uploads() -> None:
    late = select(Upload).where(Upload.state == UploadState.INCOMPLETE, Upload.expires_at <= clock.now())
    for row in db.session.scalars(late.with_for_update(skip_locked=True)):
        uploads.close_upload(row, UploadState.EXPIRED)
        audit.record("upload expired", row, arrived_bytes=row.offset_bytes)


def list_counted_parts(upload_id: UUID) -> list[StoredPart]:
    """For a closed upload. A request that is still receiving a part removes that one itself."""
    counted = UploadPart.upload_id == upload_id, UploadPart.size_bytes.is_not(None)
    return [StoredPart(row.id, row.storage_path) for row in db.session.scalars(select(UploadPart).where(*counted))]


def list_unneeded_parts() -> list[StoredPart]:
    counted = UploadPart.size_bytes.is_not(None)
    of_closed = select(UploadPart).join(Upload).where(counted, Upload.state.in_(CLOSED_STATES))
    abandoned = select(UploadPart).where(~counted, UploadPart.begun_at < clock.now() - ABANDONED_AFTER)
    return [
        StoredPart(row.id, row.storage_path) for query in (of_closed, abandoned) for row in db.session.scalars(query)
    ]


def list_orphaned_files() -> list[tuple[UUID, str]]:
    is_recording = select(Recording.id).where(Recording.storage_path == Upload.joined_path).exists()
    left = select(Upload).where(Upload.state.in_(FAILED_STATES), Upload.joined_path.is_not(None), ~is_recording)
    return [(row.id, row.joined_path or "") for row in db.session.scalars(left)]


def clear_joined_path(upload_id: UUID) -> None:
    db.session.execute(update(Upload).where(Upload.id == upload_id).values(joined_path=None))


def delete_old_rows() -> None:
    has_parts = select(UploadPart.id).where(UploadPart.upload_id == Upload.id).exists()
    db.session.execute(
        delete(Upload).where(Upload.state.in_(CLOSED_STATES), Upload.expires_at <= clock.now(), ~has_parts)
    )
