"""Files of transcripts that wait for their uploader: begun, arrived, given up, run out. They count for nothing yet.

Callers commit, except of what removes files.
"""

from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import Select, delete, select

from core import clock, jobs
from core.database import db
from core.errors import RuleError
from transcripts.importing import ImportedTranscript, read_transcript
from transcripts.models import ImportDraft
from transcripts.recordings import recordings

DRAFT_LIFETIME = timedelta(days=1)
DELETION_DELAY = timedelta(hours=1)  # whoever brought it in at the last moment has committed by then


class DraftGoneError(RuleError):
    """The draft was brought in, removed or ran out."""


def create_draft(contribution_id: UUID, by: UUID) -> ImportDraft:
    """A place for a file that is about to arrive."""
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
    """The file is here and can be read. It takes the place of earlier ones of its uploader."""
    for row in db.session.scalars(_select_own_drafts(draft.contribution_id, draft.uploaded_by).with_for_update()):
        discard_draft(row)
    draft.sha256 = sha256
    db.session.flush()


def find_draft(draft_id: UUID, contribution_id: UUID, by: UUID) -> ImportDraft | None:
    """One that can be brought in, for the person who uploaded it; None for everybody else."""
    return db.session.scalars(_select_own_drafts(contribution_id, by).where(ImportDraft.id == draft_id)).first()


def get_latest_draft(contribution_id: UUID, by: UUID) -> ImportDraft | None:
    return db.session.scalars(
        _select_own_drafts(contribution_id, by).order_by(ImportDraft.created_at.desc()).limit(1)
    ).first()


def lock_draft(draft_id: UUID) -> ImportDraft:
    """The draft, locked. Raises DraftGoneError."""
    wanted = select(ImportDraft).where(ImportDraft.id == draft_id).with_for_update()
    row = db.session.scalars(wanted.execution_options(populate_existing=True)).first()
    if row is None or row.sha256 is None or row.expires_at <= clock.now():
        raise DraftGoneError("This file is no longer waiting here. Please choose it again.")
    return row


def read_draft(path: str) -> ImportedTranscript:
    """Takes seconds for a long file. Raises NotATranscriptError, SealBrokenError, FileNotFoundError."""
    storage = recordings.get_storage()
    return read_transcript(storage.read_range(path, 0, storage.get_size(path)))


def discard_draft(draft: ImportDraft) -> None:
    """Its file goes with the next tidying, or at once by `remove`."""
    draft.expires_at, draft.sha256 = clock.now() - DELETION_DELAY, None
    db.session.flush()


@jobs.run_at_each_sweep
def delete_expired_drafts() -> None:
    """Remove what ran out or was given up, file first. Commits for itself; safe to kill at any moment."""
    late = select(ImportDraft).where(ImportDraft.expires_at <= clock.now() - DELETION_DELAY)
    found = [(row.id, row.storage_path) for row in db.session.scalars(late)]
    db.session.rollback()
    for draft_id, path in found:
        delete_draft(draft_id, path)


def delete_draft(draft_id: UUID, path: str) -> None:
    """Of a draft that was given up, ran out, or whose file never arrived whole. Commits for itself."""
    recordings.get_storage().delete(path)
    db.session.execute(delete(ImportDraft).where(ImportDraft.id == draft_id))
    db.session.commit()


def _select_own_drafts(contribution_id: UUID, by: UUID) -> Select[ImportDraft]:
    return select(ImportDraft).where(
        ImportDraft.contribution_id == contribution_id,
        ImportDraft.uploaded_by == by,
        ImportDraft.sha256.is_not(None),
        ImportDraft.expires_at > clock.now(),
    )
