"""Transcript files that were uploaded and not imported yet. Callers commit."""

from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import Select, delete, select

from core import clock
from core.database import db
from core.errors import RuleError
from transcripts.importing import NO_CORRECTIONS, Corrections, ImportedTranscript
from transcripts.importing.limited_reading import read_limited
from transcripts.models import ImportDraft
from transcripts.recordings import recordings

DRAFT_LIFETIME = timedelta(days=1)
DELETION_DELAY = timedelta(hours=1)  # an import that began at the last moment has committed by then


class DraftGoneError(RuleError): ...


def create_draft(contribution_id: UUID, by: UUID) -> ImportDraft:
    """Commit the row before storing the file, so that no file is left without one."""
    now = clock.now()
    row = ImportDraft(
        contribution_id=contribution_id,
        uploaded_by=by,
        storage_path=f"imports/{uuid4()}",
        created_at=now,
        expires_at=now + DRAFT_LIFETIME,
    )
    db.session.add(row)
    db.session.flush()
    return row


def mark_received(draft: ImportDraft, sha256: str) -> None:
    for row in db.session.scalars(_select_own_drafts(draft.contribution_id, draft.uploaded_by).with_for_update()):
        discard_draft(row)
    draft.sha256 = sha256
    db.session.flush()


def find_draft(draft_id: UUID, contribution_id: UUID, by: UUID) -> ImportDraft | None:
    return db.session.scalars(_select_own_drafts(contribution_id, by).where(ImportDraft.id == draft_id)).first()


def get_latest_draft(contribution_id: UUID, by: UUID) -> ImportDraft | None:
    return db.session.scalars(
        _select_own_drafts(contribution_id, by).order_by(ImportDraft.created_at.desc()).limit(1)
    ).first()


def lock_draft(draft_id: UUID) -> ImportDraft:
    query = select(ImportDraft).where(ImportDraft.id == draft_id).with_for_update()
    row = db.session.scalars(query.execution_options(populate_existing=True)).first()
    if row is None or row.sha256 is None or row.expires_at <= clock.now():
        raise DraftGoneError("This file is no longer here. Please choose it again.")
    return row


def read_draft(path: str, corrections: Corrections = NO_CORRECTIONS) -> ImportedTranscript:
    """Takes seconds for a long file. Raises NotATranscriptError, SealBrokenError, FileNotFoundError."""
    storage = recordings.get_storage()
    return read_limited(storage.read_range(path, 0, storage.get_size(path)), corrections)


def discard_draft(draft: ImportDraft) -> None:
    """Its file is deleted at the next sweep, or at once by `delete_draft`."""
    draft.expires_at, draft.sha256 = clock.now() - DELETION_DELAY, None
    db.session.flush()


def delete_draft(draft_id: UUID, path: str) -> None:
    recordings.get_storage().delete(path)
    db.session.execute(delete(ImportDraft).where(ImportDraft.id == draft_id))


def _select_own_drafts(contribution_id: UUID, by: UUID) -> Select[ImportDraft]:
    return select(ImportDraft).where(
        ImportDraft.contribution_id == contribution_id,
        ImportDraft.uploaded_by == by,
        ImportDraft.sha256.is_not(None),
        ImportDraft.expires_at > clock.now(),
    )
