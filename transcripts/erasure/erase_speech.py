"""What an interview left behind is found and erased, files first. Erasing again does no harm. Callers commit."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, select

from accounts import audit
from core.database import Model, db
from core.file_storage import current_storage
from evidence import consent_changes
from evidence.models import Answer, ConsentChange, Contribution, Mode
from transcripts.models import ImportDraft, Marker, Recording, Transcript, Upload, UploadPart

HOLDERS: tuple[type[Model], ...] = (Transcript, ImportDraft, Marker, Recording, Answer)  # in the order of deleting


def erase_speech(change: ConsentChange) -> None:
    """Everything that one person said in the interviews of one call. The interviews themselves stay, without words."""
    ids = list(db.session.scalars(_select_interviews(change.participant_id, change.call_id)))
    files = list(_list_files(ids))
    for path in files:
        current_storage().delete(path)
    for holder in HOLDERS:
        db.session.execute(delete(holder).where(_belongs_to(holder, ids)))
    uploads = select(Upload.id).where(_belongs_to(Upload, ids))
    db.session.execute(delete(UploadPart).where(UploadPart.upload_id.in_(uploads)))
    db.session.execute(delete(Upload).where(_belongs_to(Upload, ids)))
    consent_changes.mark_erased(change.participant_id, change.call_id)
    audit.record("speech erased", change, interviews=len(ids), files=len(files))


def _select_interviews(participant_id: UUID, call_id: UUID) -> Select[UUID]:
    own = Contribution.participant_id == participant_id, Contribution.call_id == call_id
    return select(Contribution.id).where(*own, Contribution.mode == Mode.INTERVIEW)


def _belongs_to(holder: type[Model], contribution_ids: list[UUID]) -> ColumnElement[bool]:
    column: ColumnElement[UUID] = holder.__table__.c.contribution_id
    return column.in_(contribution_ids)


def _list_files(contribution_ids: list[UUID]) -> Iterator[str]:
    recordings = select(Recording).where(_belongs_to(Recording, contribution_ids))
    for recording in db.session.scalars(recordings):
        yield from filter(None, (recording.storage_path, recording.listening_path))
    sources = select(Transcript.source_path).where(_belongs_to(Transcript, contribution_ids))
    yield from filter(None, db.session.scalars(sources))
    drafts = select(ImportDraft.storage_path).where(_belongs_to(ImportDraft, contribution_ids))
    yield from db.session.scalars(drafts)
    uploads = select(Upload).where(_belongs_to(Upload, contribution_ids))
    for upload in db.session.scalars(uploads):
        yield from filter(None, (upload.joined_path, *(part.storage_path for part in upload.parts)))
