"""Receive the bytes of an upload part by part. Each part is committed by itself, so that what has arrived counts."""

from collections.abc import Sequence
from uuid import UUID

from core.database import db
from transcripts.uploads import cleanup, parts
from transcripts.uploads.parts import StoredPart
from transcripts.uploads.upload_body import UploadBody


def receive_body(upload_id: UUID, offset_bytes: int, body: UploadBody) -> int:
    """Stores what arrives, from `offset_bytes` on. Returns the new offset.

    Raises OffsetConflictError, UploadClosedError, StorageFullError, ProtocolError 460; earlier parts stay.
    """
    while not body.has_ended:
        body.start_part()
        offset_bytes = _receive_part(upload_id, offset_bytes, body)
    return offset_bytes


def delete_counted_parts(upload_id: UUID) -> None:
    counted = cleanup.list_counted_parts(upload_id)
    db.session.rollback()  # no transaction is open while files are deleted
    _delete_parts(counted)


def _receive_part(upload_id: UUID, start_byte: int, body: UploadBody) -> int:
    part = parts.create_part(upload_id, start_byte)
    db.session.commit()
    try:
        stored = parts.store_part(part, body)
        if stored.size_bytes:
            end_byte = parts.complete_part(part, stored.size_bytes)
            db.session.commit()
            return end_byte
    except BaseException:
        db.session.rollback()
        _delete_parts([part])
        raise
    _delete_parts([part])
    return start_byte


def _delete_parts(unneeded: Sequence[StoredPart]) -> None:
    parts.delete_parts(unneeded)
    db.session.commit()
