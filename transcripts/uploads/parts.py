"""The bytes of an upload: each stretch that arrives becomes an encrypted file of its own, and counts once it is whole.

Commits for itself: what has come must count even when the next byte never comes, and no transaction may be open while
bytes arrive. Two who send at once both begin a part; the database lets the first count, and the other's is dropped.
"""

import time
from contextlib import suppress
from datetime import timedelta
from typing import IO
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from core import clock
from core.database import db
from core.file_storage import StoredFile
from core.locks import lock_row
from transcripts.models import Upload, UploadPart, UploadState
from transcripts.recordings import recordings
from transcripts.uploads import uploads
from transcripts.uploads.tus_protocol import CHECKSUM_MISMATCH, Checksum, ProtocolError

READ_BYTES = 64 * 1024  # of these at most all are lost when a connection is reset
PART_BYTES = 16 * 1024 * 1024  # a web process that is killed loses at most so much...
PART_SECONDS = 15.0  # ...or what came in so long
MAX_SETTLE_SECONDS = 1.0  # how long to wait for what a connection that just broke has brought
POLL_SECONDS = 0.05


class OffsetConflictError(ProtocolError):
    """Somebody else has sent these bytes, or the sender counts wrong."""

    def __init__(self, offset_bytes: int) -> None:
        super().__init__(409, f"{offset_bytes} bytes have arrived, so the next one has to be the one after them.")


class UploadBody:
    """The body of one request, cut into parts. A broken connection is its end, not an error."""

    def __init__(self, stream: IO[bytes], max_bytes: int, checksum: Checksum | None = None) -> None:
        self._stream, self._bytes_left, self._checksum = stream, max_bytes, checksum
        self._hash = checksum.new_hash() if checksum else None
        self._part_bytes_left, self._part_deadline, self._is_begun = 0, 0.0, False
        self.bytes_read = 0
        self.is_broken, self.has_ended = False, max_bytes <= 0

    def start_part(self) -> None:
        """One that has a checksum is not divided: before its end nobody knows whether it counts."""
        self._part_bytes_left = self._bytes_left if self._checksum else min(PART_BYTES, self._bytes_left)
        self._part_deadline, self._is_begun = time.monotonic() + PART_SECONDS, False

    def read(self, _size: int = -1) -> bytes:
        """The next bytes of this part; empty at its end."""
        if self._is_part_over():
            return b""
        piece = self._read_stream()
        self._part_bytes_left -= len(piece)
        self._bytes_left -= len(piece)
        self.bytes_read += len(piece)
        self._is_begun = True
        if self._hash:
            self._hash.update(piece)
        self.has_ended = not (piece and self._bytes_left)
        return piece

    def matches_checksum(self) -> bool:
        """Whether what came is what the sender wanted to send, as far as it can be known."""
        return self._hash is None or (self._checksum is not None and self._hash.digest() == self._checksum.digest)

    def _is_part_over(self) -> bool:
        is_late = self._is_begun and self._checksum is None and time.monotonic() > self._part_deadline
        return self.has_ended or not self._part_bytes_left or is_late

    def _read_stream(self) -> bytes:
        try:
            return self._stream.read(min(READ_BYTES, self._part_bytes_left))
        except (ClientDisconnected, RequestEntityTooLarge, OSError):
            self.is_broken = True
            return b""


def receive_body(upload_id: UUID, offset_bytes: int, body: UploadBody) -> int:
    """Take in what comes, from `offset_bytes` on. Returns the new offset.

    Raises OffsetMovedError, UploadOverError, StorageFullError, ProtocolError 460; what came before stays.
    """
    while not body.has_ended:
        body.start_part()
        offset_bytes = _receive_part(upload_id, offset_bytes, body)
    return offset_bytes


def wait_until_settled(upload: Upload) -> Upload:
    """The upload once its broken connection is noted: who asks right after a cut would else send some bytes twice."""
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


def _receive_part(upload_id: UUID, start_byte: int, body: UploadBody) -> int:
    part_id, path = _create_part(upload_id, start_byte)
    try:
        stored = recordings.get_storage().store(
            body,  # type: ignore[arg-type]  # only read() is used
            path,
            announced_bytes=None,
            max_bytes=recordings.get_max_recording_bytes(),
        )
        _require_checksum(body)
        if stored.size_bytes:
            return _complete_part(part_id, stored)
    except BaseException:
        db.session.rollback()
        delete_part(part_id, path)
        raise
    delete_part(part_id, path)
    return start_byte


def _create_part(upload_id: UUID, start_byte: int) -> tuple[UUID, str]:
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
    found = part.id, part.storage_path
    db.session.commit()
    return found


def _complete_part(part_id: UUID, stored: StoredFile) -> int:
    """From now on the part belongs to the upload, unless another came first."""
    part = db.session.get_one(UploadPart, part_id)
    upload = _lock_upload(part.upload_id)
    _require_offset(upload, part.start_byte)
    part.size_bytes = stored.size_bytes
    end_byte = part.start_byte + stored.size_bytes
    uploads.advance_offset(upload, end_byte)
    db.session.commit()
    return end_byte


def delete_part(part_id: UUID, path: str) -> None:
    """The file, then its row: a row without a file is found again, a file without a row is not.

    A job and a sweep may both be at it.
    """
    with suppress(FileNotFoundError):
        recordings.get_storage().delete(path)
    db.session.execute(delete(UploadPart).where(UploadPart.id == part_id))
    db.session.commit()


def _lock_upload(upload_id: UUID) -> Upload:
    upload = db.session.get(Upload, upload_id)
    if upload is None:
        raise uploads.UploadClosedError("This upload is no longer known. Please send the file again.")
    lock_row(upload)
    return upload


def _require_offset(upload: Upload, start_byte: int) -> None:
    uploads.require_open(upload)
    if upload.state is not UploadState.INCOMPLETE or upload.offset_bytes != start_byte:
        raise OffsetConflictError(upload.offset_bytes)


def _require_checksum(body: UploadBody) -> None:
    """A part that came only partly does not fit either, as nobody can say whether it is right."""
    if not body.matches_checksum():
        raise ProtocolError(CHECKSUM_MISMATCH, "The bytes that arrived are not the ones that were sent.")
