"""Files of transcripts that wait for their uploader: begun, arrived, given up, run out. They count for nothing yet.

Callers commit, except of what removes files.
"""

from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import Select, delete, select

from core import clock, jobs
from core.database import db
from core.errors import RuleError
from transcripts import recordings
from transcripts.importing import ReadTranscript, read_transcript
from transcripts.models import ImportDraft

KEPT = timedelta(days=1)
MARGIN = timedelta(hours=1)  # whoever brought it in at the last moment has committed by then


class DraftGoneError(RuleError):
    """The draft was brought in, removed or ran out."""


def begin(contribution_id: UUID, by: UUID) -> ImportDraft:
    """A place for a file that is about to arrive."""
    now = clock.now()
    row = ImportDraft(
        contribution_id=contribution_id,
        uploaded_by=by,
        storage_path=f"imports/{uuid4()}",
        created_at=now,
        expires_at=now + KEPT,
    )
    db.session.add(row)
    db.session.flush()
    return row


def note_arrival(draft: ImportDraft, sha256: str) -> None:
    """The file is here and can be read. It takes the place of earlier ones of its uploader."""
    for row in db.session.scalars(_own(draft.contribution_id, draft.uploaded_by).with_for_update()):
        give_up(row)
    draft.sha256 = sha256
    db.session.flush()


def find(draft_id: UUID, contribution_id: UUID, by: UUID) -> ImportDraft | None:
    """One that can be brought in, for the person who uploaded it; None for everybody else."""
    return db.session.scalars(_own(contribution_id, by).where(ImportDraft.id == draft_id)).first()


def latest(contribution_id: UUID, by: UUID) -> ImportDraft | None:
    return db.session.scalars(_own(contribution_id, by).order_by(ImportDraft.created_at.desc()).limit(1)).first()


def held(draft_id: UUID) -> ImportDraft:
    """The draft, locked. Raises DraftGoneError."""
    wanted = select(ImportDraft).where(ImportDraft.id == draft_id).with_for_update()
    row = db.session.scalars(wanted.execution_options(populate_existing=True)).first()
    if row is None or row.sha256 is None or row.expires_at <= clock.now():
        raise DraftGoneError("This file is no longer waiting here. Please choose it again.")
    return row


def read(path: str) -> ReadTranscript:
    """Takes seconds for a long file. Raises NotATranscriptError, SealBrokenError, FileNotFoundError."""
    storage = recordings.storage()
    return read_transcript(storage.read_range(path, 0, storage.size(path)))


def give_up(draft: ImportDraft) -> None:
    """Its file goes with the next tidying, or at once by `remove`."""
    draft.expires_at, draft.sha256 = clock.now() - MARGIN, None
    db.session.flush()


@jobs.at_each_sweep
def tidy() -> None:
    """Remove what ran out or was given up, file first. Commits for itself; safe to kill at any moment."""
    late = select(ImportDraft).where(ImportDraft.expires_at <= clock.now() - MARGIN)
    found = [(row.id, row.storage_path) for row in db.session.scalars(late)]
    db.session.rollback()
    for draft_id, path in found:
        remove(draft_id, path)


def remove(draft_id: UUID, path: str) -> None:
    """Of a draft that was given up, ran out, or whose file never arrived whole. Commits for itself."""
    recordings.storage().delete(path)
    db.session.execute(delete(ImportDraft).where(ImportDraft.id == draft_id))
    db.session.commit()


def _own(contribution_id: UUID, by: UUID) -> Select[ImportDraft]:
    return select(ImportDraft).where(
        ImportDraft.contribution_id == contribution_id,
        ImportDraft.uploaded_by == by,
        ImportDraft.sha256.is_not(None),
        ImportDraft.expires_at > clock.now(),
    )
