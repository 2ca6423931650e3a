"""Store recordings, and find them. A job checks later whether one can be played; callers commit."""

from collections.abc import Collection
from uuid import UUID, uuid4

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from accounts import audit
from core import clock
from core.database import db
from core.errors import RuleError
from core.exits import ExitUse
from core.file_storage import Storage, StoredFile
from core.settings import current_settings
from evidence import consent
from evidence.models import Contribution
from transcripts.models import Recording, RecordingState, Transcript, Upload
from transcripts.recordings.streaming_form import StreamedFile
from transcripts.recordings.track_groups import ACTIVE_UPLOAD_STATES

UNKNOWN_MEDIA_TYPE = "application/octet-stream"  # until a job has checked the file


class RecordingNotAllowedError(RuleError): ...


class DuplicateRecordingError(RuleError): ...


class EmptyFileError(RuleError): ...


def get_storage() -> Storage:
    storage: Storage = current_app.extensions["storage"]
    return storage


def may_record(contribution: Contribution) -> bool:
    return consent.decide(ExitUse.LISTENING, contribution).is_allowed


def require_recording_consent(contribution: Contribution) -> None:
    decision = consent.decide(ExitUse.LISTENING, contribution)
    if not decision.is_allowed:
        reason = decision.explain(contribution.participant.reference)
        raise RecordingNotAllowedError(f"{reason} So nothing can be uploaded.")


def get_max_recording_bytes() -> int:
    return current_settings().max_recording_bytes


def store_incoming_file(file: StreamedFile) -> StoredFile:
    """Call it outside any transaction: it may take an hour. Raises RuleError."""
    stored = get_storage().store(
        file,  # type: ignore[arg-type]  # only read() is used
        f"recordings/{uuid4()}",
        announced_bytes=None,
        max_bytes=get_max_recording_bytes(),
    )
    if not stored.size_bytes:
        get_storage().delete(stored.path)
        raise EmptyFileError("This file is empty. It may not have been copied completely: please choose it again.")
    return stored


def add_recording(
    contribution_id: UUID,
    stored: StoredFile,
    *,
    by: UUID | None,
    model: str | None = None,
    position: int | None = None,
    language: str | None = None,
) -> Recording:
    """Last in its interview unless `position` is free. Raises DuplicateRecordingError, RecordingNotAllowedError."""
    contribution = db.session.scalars(
        select(Contribution).where(Contribution.id == contribution_id).with_for_update()
    ).one()
    require_recording_consent(contribution)
    row = Recording(
        contribution_id=contribution_id,
        position=find_free_position(contribution_id, position),
        storage_path=stored.path,
        media_type=UNKNOWN_MEDIA_TYPE,
        size_bytes=stored.size_bytes,
        sha256=stored.sha256,
        model=model,
        language=language,
        uploaded_by=by,
        uploaded_at=clock.now(),
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError as error:
        raise DuplicateRecordingError(_describe_duplicate(contribution, stored.sha256)) from error
    audit.record("recording uploaded", row, size_bytes=row.size_bytes, position=row.position)
    return row


def find_free_position(contribution_id: UUID, preferred: int | None = None) -> int:
    taken = list_positions(contribution_id)
    return preferred if preferred and preferred not in taken else max(taken, default=0) + 1


def list_positions(contribution_id: UUID) -> set[int]:
    of_recordings = select(Recording.position).where(Recording.contribution_id == contribution_id)
    of_transcripts = select(Transcript.position).where(Transcript.contribution_id == contribution_id)
    return {*db.session.scalars(of_recordings), *db.session.scalars(of_transcripts)}


def find_next_position(contribution_id: UUID) -> int:
    of_uploads = select(Upload.position).where(
        Upload.contribution_id == contribution_id, Upload.state.in_(ACTIVE_UPLOAD_STATES)
    )
    return max({*list_positions(contribution_id), *db.session.scalars(of_uploads)}, default=0) + 1


def list_recordings(contribution_id: UUID) -> list[Recording]:
    query = select(Recording).where(Recording.contribution_id == contribution_id).order_by(Recording.position)
    return list(db.session.scalars(query))


def get_newest_transcript(recording: Recording) -> Transcript | None:
    query = select(Transcript).where(Transcript.recording_id == recording.id)
    return db.session.scalars(query.order_by(Transcript.number.desc()).limit(1)).first()


def get_newest_transcripts(recording_ids: Collection[UUID]) -> dict[UUID, Transcript]:
    query = select(Transcript).where(Transcript.recording_id.in_(recording_ids)).order_by(Transcript.number)
    return {row.recording_id: row for row in db.session.scalars(query) if row.recording_id}


def _describe_duplicate(contribution: Contribution, sha256: str) -> str:
    earlier = db.session.scalars(
        select(Recording).where(Recording.contribution_id == contribution.id, Recording.sha256 == sha256)
    ).one()
    uploaded = clock.format_day_and_time(earlier.uploaded_at, contribution.call.zone)
    message = f"This file was already uploaded on {uploaded}, as recording {earlier.position} of this interview."
    if earlier.state is RecordingState.REFUSED:
        return f"{message} It was refused then: {earlier.refusal}"
    return f"{message} It was not stored again."
