"""Undo and redo decisions about passages; updates answers and coverage. Callers commit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from accounts import audit
from core import clock
from core.database import db
from transcripts.models import Coverage, Decision, Passage, PassageState, Transcript
from transcripts.passages import remapping
from transcripts.passages.acceptance import PassageChangedError, lock_for_decision
from transcripts.passages.decision_log import SavedState, index_coverage, index_passages, serialise_passage
from transcripts.passages.passage_spans import get_span, set_span
from transcripts.passages.passage_texts import refresh_texts
from transcripts.passages.spoken_answers import write_answer
from transcripts.text import reviewed_transcripts
from transcripts.text.spans import make_span
from transcripts.text.spoken import SpokenSegment
from transcripts.text.stored_transcripts import load_segments


@dataclass(frozen=True, slots=True)
class Undoer:
    """People undo their own decisions; coordinators undo anyone's."""

    id: UUID
    may_undo_others: bool = False


@dataclass(frozen=True, slots=True)
class UndoableSteps:
    undo: Decision | None
    redo: Decision | None


def find_next_steps(transcript: Transcript, undoer: Undoer) -> UndoableSteps:
    return UndoableSteps(find_next_undo(transcript, undoer), find_next_redo(transcript, undoer))


def find_next_undo(transcript: Transcript, undoer: Undoer) -> Decision | None:
    return next((row for row in reversed(_list_decisions(transcript, undoer)) if row.undone_at is None), None)


def find_next_redo(transcript: Transcript, undoer: Undoer) -> Decision | None:
    undone: Decision | None = None
    for row in reversed(_list_decisions(transcript, undoer)):
        if row.undone_at is None:
            return undone
        undone = row
    return undone


def undo_decision(transcript: Transcript, number: int, undoer: Undoer) -> Decision:
    """Raises PassageChangedError if another step is the newest, or its passages have changed since."""
    lock_for_decision(transcript)
    step = _require_number(find_next_undo(transcript, undoer), number)
    was_reviewed = reviewed_transcripts.is_reviewed(transcript)
    _replace_states(transcript, step.after, step.before, undoer.id)
    step.undone_at = clock.now()
    db.session.flush()
    remapping.enqueue_remapping_after_decision(transcript, was_reviewed=was_reviewed)
    audit.record("decision undone", transcript, number=number, step=step.action)
    return step


def redo_decision(transcript: Transcript, number: int, undoer: Undoer) -> Decision:
    lock_for_decision(transcript)
    step = _require_number(find_next_redo(transcript, undoer), number)
    was_reviewed = reviewed_transcripts.is_reviewed(transcript)
    _replace_states(transcript, step.before, step.after, undoer.id)
    step.undone_at = None
    db.session.flush()
    remapping.enqueue_remapping_after_decision(transcript, was_reviewed=was_reviewed)
    audit.record("decision done again", transcript, number=number, step=step.action)
    return step


def _list_decisions(transcript: Transcript, undoer: Undoer) -> list[Decision]:
    query = select(Decision).where(Decision.transcript_id == transcript.id).order_by(Decision.number)
    if not undoer.may_undo_others:
        query = query.where(Decision.made_by == undoer.id)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def _require_number(step: Decision | None, number: int) -> Decision:
    if step is None or step.number != number:
        raise PassageChangedError(
            "Another decision was made while you had the page open. Nothing was changed. Check the page and try again."
        )
    return step


def _replace_states(transcript: Transcript, now: Iterable[SavedState], then: Iterable[SavedState], by: UUID) -> None:
    db.session.expire(transcript, ["passages", "coverage"])
    rows = {str(row.id): row for row in transcript.passages}
    current, target = index_passages(now), index_passages(then)
    if any(key not in rows or _has_changed(rows[key], saved) for key, saved in current.items()):
        raise PassageChangedError(
            "Someone has changed these passages since, or the suggestions were updated. Nothing was changed."
            " Please decide about each passage separately."
        )
    for key in current.keys() - target.keys():
        transcript.passages.remove(rows[key])
    segments = load_segments(transcript)
    for saved in target.values():
        _restore_passage(transcript, rows.get(saved["id"]), saved, segments)
    db.session.flush()
    db.session.expire(transcript, ["passages"])
    refresh_texts(transcript, transcript.passages)
    for key in _collect_answered(current.values()) | _collect_answered(target.values()):
        write_answer(transcript, key, by)
    _restore_coverage(transcript, now, then)


def _has_changed(row: Passage, saved: SavedState) -> bool:
    """Mapping again may have changed only its confidence, which does not count."""
    return serialise_passage(row) != {**saved, "confidence": row.confidence}


def _restore_passage(
    transcript: Transcript, row: Passage | None, saved: SavedState, segments: Sequence[SpokenSegment]
) -> None:
    if row is None:
        row = Passage(id=UUID(saved["id"]), transcript_id=transcript.id)
        transcript.passages.append(row)
    (first, last), (first_word, last_word) = saved["segments"], saved["words"]
    span = make_span(first, last, first_word, last_word)
    if row.first_segment is None or get_span(row) != span:
        set_span(row, span, segments)
    row.question_key, row.suggested_key = saved["question"], saved["suggested"]
    row.confidence, row.state = saved["confidence"], PassageState(saved["state"])
    row.decided_by = UUID(saved["decided by"]) if saved["decided by"] else None
    row.decided_at = datetime.fromisoformat(saved["decided at"]) if saved["decided at"] else None
    row.answer_id = None


def _collect_answered(states: Iterable[SavedState]) -> set[str]:
    return {saved["question"] for saved in states if saved["state"] == PassageState.ACCEPTED.value}


def _restore_coverage(transcript: Transcript, now: Iterable[SavedState], then: Iterable[SavedState]) -> None:
    current, target = index_coverage(now), index_coverage(then)
    for row in [row for row in transcript.coverage if row.question_key in current.keys() | target.keys()]:
        transcript.coverage.remove(row)
    db.session.flush()
    transcript.coverage.extend(Coverage(question_key=key, status=status) for key, status in target.items())
    db.session.flush()
