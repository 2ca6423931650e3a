"""Undo a step of what was decided about passages, and do it again. Answers and coverage follow; callers commit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from accounts import audit
from core import clock
from core.database import db
from transcripts import reviewed
from transcripts.decisions import Kept, coverage_in, passages_in, state_of
from transcripts.models import Coverage, Decision, Passage, PassageState, Transcript
from transcripts.passages import ChangedMeanwhileError, lock_to_decide
from transcripts.places import place, span_of
from transcripts.spans import span
from transcripts.spoken import SpokenSegment
from transcripts.spoken_answers import write_answer
from transcripts.stored_transcripts import spoken_segments


@dataclass(frozen=True, slots=True)
class Undoer:
    """Everybody undoes what they did; a coordinator what anybody did."""

    id: UUID
    may_undo_others: bool = False


@dataclass(frozen=True, slots=True)
class NextSteps:
    undo: Decision | None
    redo: Decision | None


def next_steps(transcript: Transcript, who: Undoer) -> NextSteps:
    return NextSteps(next_undo(transcript, who), next_redo(transcript, who))


def next_undo(transcript: Transcript, who: Undoer) -> Decision | None:
    """The newest step that stands."""
    return next((row for row in reversed(_steps(transcript, who)) if row.undone_at is None), None)


def next_redo(transcript: Transcript, who: Undoer) -> Decision | None:
    """The earliest step that was undone and that nothing was decided after."""
    undone: Decision | None = None
    for row in reversed(_steps(transcript, who)):
        if row.undone_at is None:
            return undone
        undone = row
    return undone


def undo(transcript: Transcript, number: int, who: Undoer) -> Decision:
    """Raises ChangedMeanwhileError: another step is the newest now, or somebody has changed its passages since."""
    lock_to_decide(transcript)
    step = _the_one(next_undo(transcript, who), number)
    was_reviewed = reviewed.is_reviewed(transcript)
    _replace(transcript, step.after, step.before, who.id)
    step.undone_at = clock.now()
    db.session.flush()
    reviewed.note_decision(transcript, was_reviewed=was_reviewed)
    audit.record("decision undone", transcript, number=number, step=step.action)
    return step


def redo(transcript: Transcript, number: int, who: Undoer) -> Decision:
    """Raises ChangedMeanwhileError."""
    lock_to_decide(transcript)
    step = _the_one(next_redo(transcript, who), number)
    was_reviewed = reviewed.is_reviewed(transcript)
    _replace(transcript, step.before, step.after, who.id)
    step.undone_at = None
    db.session.flush()
    reviewed.note_decision(transcript, was_reviewed=was_reviewed)
    audit.record("decision done again", transcript, number=number, step=step.action)
    return step


def _steps(transcript: Transcript, who: Undoer) -> list[Decision]:
    wanted = select(Decision).where(Decision.transcript_id == transcript.id).order_by(Decision.number)
    if not who.may_undo_others:
        wanted = wanted.where(Decision.made_by == who.id)
    return list(db.session.scalars(wanted.execution_options(populate_existing=True)))


def _the_one(step: Decision | None, number: int) -> Decision:
    if step is None or step.number != number:
        raise ChangedMeanwhileError(
            "Something else was decided while you had the page open. Nothing was changed: please look again."
        )
    return step


def _replace(transcript: Transcript, now: Iterable[Kept], then: Iterable[Kept], by: UUID) -> None:
    db.session.expire(transcript, ["passages", "coverage"])
    rows = {str(row.id): row for row in transcript.passages}
    current, wanted = passages_in(now), passages_in(then)
    if any(name not in rows or _differs(rows[name], kept) for name, kept in current.items()):
        raise ChangedMeanwhileError(
            "Somebody has changed these passages since, or they were suggested anew. Nothing was changed:"
            " please decide about each passage itself."
        )
    for name in current.keys() - wanted.keys():
        transcript.passages.remove(rows[name])
    segments = spoken_segments(transcript)
    for kept in wanted.values():
        _restore(transcript, rows.get(kept["id"]), kept, segments)
    db.session.flush()
    db.session.expire(transcript, ["passages"])
    for key in _answered(current.values()) | _answered(wanted.values()):
        write_answer(transcript, key, by)
    _cover(transcript, now, then)


def _differs(row: Passage, kept: Kept) -> bool:
    """Mapping again may have found the same words for the same question, and been more or less sure."""
    return state_of(row) != {**kept, "confidence": row.confidence}


def _restore(transcript: Transcript, row: Passage | None, kept: Kept, segments: Sequence[SpokenSegment]) -> None:
    if row is None:
        row = Passage(id=UUID(kept["id"]), transcript_id=transcript.id)
        transcript.passages.append(row)
    (first, last), (first_word, last_word) = kept["segments"], kept["words"]
    part = span(first, last, first_word, last_word)
    if row.first_segment is None or span_of(row) != part:
        place(row, part, segments)
    row.question_key, row.suggested_key = kept["question"], kept["suggested"]
    row.confidence, row.state = kept["confidence"], PassageState(kept["state"])
    row.decided_by = UUID(kept["decided by"]) if kept["decided by"] else None
    row.decided_at = datetime.fromisoformat(kept["decided at"]) if kept["decided at"] else None
    row.answer_id = None


def _answered(states: Iterable[Kept]) -> set[str]:
    return {kept["question"] for kept in states if kept["state"] == PassageState.ACCEPTED.value}


def _cover(transcript: Transcript, now: Iterable[Kept], then: Iterable[Kept]) -> None:
    left, wanted = coverage_in(now), coverage_in(then)
    for row in [row for row in transcript.coverage if row.question_key in left.keys() | wanted.keys()]:
        transcript.coverage.remove(row)
    db.session.flush()
    transcript.coverage.extend(Coverage(question_key=key, status=status) for key, status in wanted.items())
    db.session.flush()
