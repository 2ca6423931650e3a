"""Notice that what somebody said or wrote has changed, and index it in the same transaction.

What is deleted with a statement goes by the database's own cascades.
"""

from uuid import UUID

from sqlalchemy import event, inspect
from sqlalchemy.orm import Session, UOWTransaction

from core.database import Model
from evidence.models import Answer, Contribution
from review.search.search_index import index_contributions
from transcripts.models import Passage, Segment, SegmentCorrection, Transcript

CHANGED = "contributions_to_index"
INDEXED_COLUMNS: dict[type[Model], set[str]] = {
    Answer: {"text"},
    Contribution: {"state", "mode"},
    Transcript: {"roles", "speaker_source", "number", "position"},
    Passage: {"question_key", "state", "text", "first_segment", "last_segment", "first_word", "last_word"},
    Segment: {"text"},
    SegmentCorrection: {"undone_at"},
}


@event.listens_for(Session, "after_flush")
def _collect_changes(session: Session, _context: UOWTransaction) -> None:
    changed: set[UUID] = session.info.setdefault(CHANGED, set())
    for row in (*session.new, *session.deleted):
        changed |= _find_contribution(session, row)
    for row in session.dirty:
        if _has_indexed_change(row):
            changed |= _find_contribution(session, row)


@event.listens_for(Session, "before_commit")
def _index_changes(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.flush()
    changed = session.info.pop(CHANGED, set())
    if changed:
        index_contributions(session, sorted(changed))


@event.listens_for(Session, "after_rollback")
def _forget_changes(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop(CHANGED, None)


def _has_indexed_change(row: Model) -> bool:
    state = inspect(row)
    columns = INDEXED_COLUMNS.get(type(row), set())
    return any(state.attrs[name].history.has_changes() for name in columns)


def _find_contribution(session: Session, row: object) -> set[UUID]:
    if isinstance(row, Answer | Transcript):
        return {row.contribution_id}
    if isinstance(row, Contribution):
        return {row.id}
    if isinstance(row, Passage | Segment | SegmentCorrection):
        with session.no_autoflush:
            transcript = session.get(Transcript, row.transcript_id)
        return {transcript.contribution_id} if transcript is not None else set()
    return set()
