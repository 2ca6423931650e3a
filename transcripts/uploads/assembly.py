"""Assemble the parts of an upload into one recording. Callers commit."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from core.database import db
from core.encryption import DamagedFileError
from core.errors import RuleError
from core.file_storage import PIECE_BYTES, Storage, StoredFile
from core.locks import lock_row
from transcripts.models import Upload, UploadState
from transcripts.recordings import processing_jobs, recordings
from transcripts.recordings.recordings import DuplicateRecordingError, RecordingNotAllowedError
from transcripts.uploads import uploads


@dataclass(frozen=True, slots=True)
class PartFile:
    path: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class AssemblyPlan:
    upload_id: UUID
    length_bytes: int
    parts: tuple[PartFile, ...]  # in order, without gaps


class PartsMissingError(RuleError): ...


class JoinedParts:
    """All parts in order, to be read once; only one piece at a time is in memory."""

    def __init__(self, storage: Storage, plan: AssemblyPlan, on_progress: Callable[[float], None]) -> None:
        self._pieces = _iterate_pieces(storage, plan.parts)
        self._length, self._done, self._on_progress = plan.length_bytes, 0, on_progress

    def read(self, _size: int = -1) -> bytes:
        self._on_progress(self._done / self._length)
        piece = next(self._pieces, b"")
        self._done += len(piece)
        return piece


def build_plan(upload: Upload) -> AssemblyPlan | None:
    if upload.state is not UploadState.COMPLETE:
        return None
    counted = [part for part in upload.parts if part.size_bytes is not None]
    end = 0
    for part in counted:
        if part.start_byte != end:
            raise PartsMissingError("Part of this file is missing. Please cancel it and upload the file again.")
        end += part.size_bytes or 0
    if end != upload.length_bytes:
        raise PartsMissingError("The end of this file is missing. Please cancel it and upload the file again.")
    return AssemblyPlan(upload.id, end, tuple(PartFile(part.storage_path, part.size_bytes or 0) for part in counted))


def choose_path(upload: Upload) -> tuple[str, str | None]:
    """The path for this attempt, and the one where a killed attempt may have left a file.

    A new path each time: overwriting a file also replaces its key, and an earlier attempt may still be running.
    """
    left, upload.joined_path = upload.joined_path, f"recordings/{uuid4()}"
    return upload.joined_path, left


def create_recording(upload: Upload, stored: StoredFile) -> bool:
    """Stores the reason if the recording is refused. Returns whether the joined file is needed."""
    lock_row(upload.contribution)
    lock_row(upload)
    if upload.state is not UploadState.COMPLETE or upload.joined_path != stored.path:
        return False
    try:
        recording = recordings.add_recording(
            upload.contribution_id,
            stored,
            by=upload.uploaded_by,
            position=uploads.find_position(upload),
            language=upload.language,
        )
    except (DuplicateRecordingError, RecordingNotAllowedError) as error:
        uploads.close_upload(upload, UploadState.REFUSED, str(error))
        return False
    db.session.flush()
    uploads.close_upload(upload, UploadState.RECORDED)
    upload.recording_id = recording.id
    recording.track_group, recording.track_count = upload.track_group, upload.track_count
    processing_jobs.enqueue_next_step(recording)
    return True


def _iterate_pieces(storage: Storage, parts: Sequence[PartFile]) -> Iterator[bytes]:
    for part in parts:
        if storage.get_size(part.path) != part.size_bytes:
            raise DamagedFileError(
                "Part of this file was damaged after it arrived. Please cancel it and upload it again."
            )
        for start in range(0, part.size_bytes, PIECE_BYTES):
            yield storage.read_range(part.path, start, min(start + PIECE_BYTES, part.size_bytes))
