"""Remove files that nobody imported."""

from sqlalchemy import select

from core import clock, jobs
from core.database import db
from transcripts.importing import drafts
from transcripts.models import ImportDraft


@jobs.run_at_each_sweep
def delete_expired_drafts() -> None:
    """Each draft is committed separately, file first, so that it is safe to kill at any moment."""
    expired = select(ImportDraft).where(ImportDraft.expires_at <= clock.now() - drafts.DELETION_DELAY)
    pairs = [(row.id, row.storage_path) for row in db.session.scalars(expired)]
    db.session.rollback()
    for draft_id, path in pairs:
        drafts.delete_draft(draft_id, path)
        db.session.commit()
