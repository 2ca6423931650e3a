"""The parts of an upload: each is an encrypted file, and counts once all of it is stored. Callers commit.

Two senders may both start a part at the same offset; the database lets the first one count and refuses the other.
"""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, select

from core import clock
from core.database import db
from core.file_storage import StoredFile
from core.locks import lock_row
from transcripts.models import Upload, UploadPart, UploadState
from transcripts.recordings import recordings
from transcripts.uploads import uploads
from transcripts.uploads.tus_protocol import CHECKSUM_MISMATCH, ProtocolError
from transcripts.uploads.upload_body import PART_SECONDS, UploadBody

MAX_SETTLE_SECONDS = 1.0  # how long to wait for the last part of a connection that just broke
POLL_SECONDS = 0.05


class OffsetConflictError(ProtocolError):
    def __init__(self, offset_bytes: int) -> None:
        super().__init__(409, f"{offset_bytes} bytes have arrived, so the next one has to be the one after them.")


@dataclass(frozen=True, slots=True)
class StoredPart:
    part_id: UUID
    path: str


def create_part(upload_id: UUID, start_byte: int) -> StoredPart:
    upload = _lock_upload(upload_id)
    _require_offset(upload, start_byte)
    part = UploadPart(
        upload_id=upload.id,
        start_byte=start_byte,
        storage_path=f"uploads/{upload.id}/{uuid4()}",
        begun_at=clock.now(),
    )
    db.session.add(part)
    db.session.flush()
    return StoredPart(part.id, part.storage_path)


def store_part(part: StoredPart, body: UploadBody) -> StoredFile:
    """Call it outside any transaction: the bytes may take a while. Raises StorageFullError, ProtocolError 460."""
    stored = recordings.get_storage().store(
        body,  # type: ignore[arg-type]  # only read() is used
        part.path,
        announced_bytes=None,
        max_bytes=recordings.get_max_recording_bytes(),
    )
    _require_checksum(body)
    return stored


def complete_part(part: StoredPart, size_bytes: int) -> int:
    row = db.session.get_one(UploadPart, part.part_id)
    upload = _lock_upload(row.upload_id)
    _require_offset(upload, row.start_byte)
    row.size_bytes = size_bytes
    end_byte = row.start_byte + size_bytes
    uploads.advance_offset(upload, end_byte)
    return end_byte


def delete_parts(parts: Sequence[StoredPart]) -> None:
    """Call it outside any transaction: files are deleted before rows, so that none is forgotten.

    A job and a sweep may delete the same part.
    """
    for part in parts:
        with suppress(FileNotFoundError):
            recordings.get_storage().delete(part.path)
    db.session.execute(delete(UploadPart).where(UploadPart.id.in_([part.part_id for part in parts])))


def wait_until_settled(upload: Upload) -> Upload:
    """Waits until a broken connection's last part counts: a client that resumes at once would send it twice."""
    until = time.monotonic() + MAX_SETTLE_SECONDS
    while _is_receiving(upload.id) and time.monotonic() < until:
        db.session.rollback()
        time.sleep(POLL_SECONDS)
    db.session.refresh(upload)
    return upload


def _is_receiving(upload_id: UUID) -> bool:
    recently = clock.now() - timedelta(seconds=2 * PART_SECONDS)
    uncounted = UploadPart.upload_id == upload_id, UploadPart.size_bytes.is_(None), UploadPart.begun_at > recently
    return db.session.scalars(select(UploadPart.id).where(*uncounted).limit(1)).first() is not None


def _lock_upload(upload_id: UUID) -> Upload:
    upload = db.session.get(Upload, upload_id)
    if upload is None:
        raise uploads.UploadClosedError("We no longer have this upload. Please upload the file again.")
    lock_row(upload)
    return upload


def _require_offset(upload: Upload, start_byte: int) -> None:
    uploads.require_open(upload)
    if upload.state is not UploadState.INCOMPLETE or upload.offset_bytes != start_byte:
        raise OffsetConflictError(upload.offset_bytes)


def _require_checksum(body: UploadBody) -> None:
    if not body.matches_checksum():
        raise ProtocolError(CHECKSUM_MISMATCH, "The bytes that arrived are not the ones that were sent.")
