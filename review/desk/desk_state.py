"""What of an interview is decided and what comes next, as the desk's script reads it: nothing that was said."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from core.database import db
from evidence.calls import get_schedule
from evidence.models import Contribution
from transcripts.models import Decision, Passage, Transcript
from transcripts.passages import acceptance, undo
from transcripts.passages.boundary_edits import build_overall_revision
from transcripts.passages.decision_log import describe_decision
from transcripts.passages.passage_spans import get_span
from transcripts.passages.transcript_view import describe_certainty
from transcripts.passages.undo import Undoer

SavedPassage = dict[str, Any]


@dataclass(frozen=True, slots=True)
class DeskProgress:
    decided_count: int
    total_count: int  # passages with a question, and those that somebody has given none
    sure_count: int


def list_newest_transcripts(contribution: Contribution) -> list[Transcript]:
    query = select(Transcript).where(Transcript.contribution_id == contribution.id, Transcript.is_newest)
    return list(db.session.scalars(query.order_by(Transcript.position)))


def list_passages(contribution: Contribution) -> list[Passage]:
    """In the order of the conversation."""
    query = (
        select(Passage)
        .join(Passage.transcript)
        .where(Transcript.contribution_id == contribution.id, Transcript.is_newest)
        .options(contains_eager(Passage.transcript))
    )
    return sorted(db.session.scalars(query), key=lambda row: (row.transcript.position, get_span(row).start))


def count_progress(passages: Sequence[Passage]) -> DeskProgress:
    counted = [row for row in passages if row.question_key is not None or row.decided_at is not None]
    decided = sum(not row.is_open for row in counted)
    return DeskProgress(decided, len(counted), sum(acceptance.is_sure(row) for row in passages))


def find_undo(transcripts: Sequence[Transcript], undoer: Undoer) -> tuple[Transcript, Decision] | None:
    """The newest of all parts."""
    found = [(row, step) for row in transcripts if (step := undo.find_next_undo(row, undoer))]
    return max(found, key=lambda pair: pair[1].made_at, default=None)


def find_redo(transcripts: Sequence[Transcript], undoer: Undoer) -> tuple[Transcript, Decision] | None:
    found = [(row, step) for row in transcripts if (step := undo.find_next_redo(row, undoer))]
    return min(found, key=lambda pair: pair[1].made_at, default=None)


def build_state(contribution: Contribution, undoer: Undoer) -> dict[str, Any]:
    passages, transcripts = list_passages(contribution), list_newest_transcripts(contribution)
    progress = count_progress(passages)
    questions = enumerate(get_schedule(contribution.schedule_version).iter_questions(), start=1)
    return {
        "questions": [{"key": item.key, "number": number, "prompt": item.prompt} for number, item in questions],
        "passages": [_serialise_passage(row) for row in passages],
        "decided": progress.decided_count,
        "total": progress.total_count,
        "sure": progress.sure_count,
        "undo": _describe(contribution, find_undo(transcripts, undoer)),
        "redo": _describe(contribution, find_redo(transcripts, undoer)),
        "revisions": {str(row.id): build_overall_revision(row) for row in transcripts},
    }


def _serialise_passage(row: Passage) -> SavedPassage:
    return {
        "id": str(row.id),
        "transcript": str(row.transcript_id),
        "part": row.transcript.position,
        "question": row.question_key,
        "state": "outside" if row.question_key is None else row.state.value,
        "isOpen": bool(row.is_open),
        "isDecided": row.decided_at is not None,
        "certainty": describe_certainty(row.confidence),
        "percent": round(row.confidence * 100),
        "seen": acceptance.build_revision(row),
        "start": round(row.start_seconds, 2) if row.transcript.has_times else None,
        "end": round(row.end_seconds, 2) if row.transcript.has_times else None,
    }


def _describe(contribution: Contribution, found: tuple[Transcript, Decision] | None) -> str | None:
    return describe_decision(found[1], get_schedule(contribution.schedule_version)) if found else None
