"""What people decided about passages, step by step, and what it takes to undo a step (undoing.py does that).

A step keeps places and states, never words: those stand in the segments alone. Callers commit.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from core import clock
from core.database import db
from evidence.schedule import Schedule
from transcripts import reviewed
from transcripts.models import Coverage, CoverageStatus, Decision, Passage, Transcript

Kept = dict[str, Any]  # a passage's or a coverage's state, as JSON


class Action(StrEnum):
    ACCEPTED = "accepted"
    ALL_SURE = "all sure accepted"
    MOVED = "moved"
    PUT_BACK = "put back"
    BOUNDARY = "boundary moved"
    GIVEN = "question given"


WORDS = {
    Action.ACCEPTED: "a passage accepted for {}",
    Action.MOVED: "a passage moved to {}",
    Action.PUT_BACK: "a passage for {} put back",
    Action.GIVEN: "chosen words given to {}",
}


@contextmanager
def noted(transcript: Transcript, by: UUID, action: Action) -> Iterator[None]:
    """Note what is changed inside as one step; nothing where nothing changes."""
    before, was_reviewed = _states(transcript), reviewed.is_reviewed(transcript)
    yield
    db.session.flush()
    after = _states(transcript)
    changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    if changed:
        _note(transcript, by, action, _those(before, changed), _those(after, changed))
        reviewed.note_decision(transcript, was_reviewed=was_reviewed)


def state_of(passage: Passage) -> Kept:
    return {
        "id": str(passage.id),
        "question": passage.question_key,
        "suggested": passage.suggested_key,
        "segments": [passage.first_segment, passage.last_segment],
        "words": [passage.first_word, passage.last_word],
        "seconds": [passage.start_seconds, passage.end_seconds],
        "confidence": passage.confidence,
        "state": passage.state.value,
        "decided by": str(passage.decided_by) if passage.decided_by else None,
        "decided at": passage.decided_at.isoformat() if passage.decided_at else None,
    }


def passages_in(kept: Iterable[Kept]) -> dict[str, Kept]:
    """By the passage's id."""
    return {item["id"]: item for item in kept if "id" in item}


def coverage_in(kept: Iterable[Kept]) -> dict[str, CoverageStatus]:
    """By the question's key."""
    return {item["covers"]: CoverageStatus(item["status"]) for item in kept if "covers" in item}


def in_words(step: Decision, schedule: Schedule) -> str:
    """What was decided, without saying who and when."""
    touched = [kept for kept in passages_in(step.after).values() if kept["decided at"]]
    action, keys = Action(step.action), sorted({kept["question"] or "" for kept in touched})
    if action is Action.ALL_SURE:
        return f"{len(touched)} {'passages' if len(touched) > 1 else 'passage'} accepted together"
    if action is Action.BOUNDARY:
        return "a boundary moved"
    names = [f"“{schedule.question(key).prompt}”" if schedule.has_question(key) else "no question" for key in keys]
    return WORDS[action].format(" and ".join(names))


def standing(transcript_ids: Sequence[UUID]) -> list[Decision]:
    """The steps that are not undone, in their order."""
    wanted = select(Decision).where(Decision.transcript_id.in_(transcript_ids), Decision.undone_at.is_(None))
    return list(db.session.scalars(wanted.order_by(Decision.transcript_id, Decision.number)))


def _states(transcript: Transcript) -> dict[str, Kept]:
    kept = {str(row.id): state_of(row) for row in transcript.passages}
    return kept | {f"covers {row.question_key}": _state_of_coverage(row) for row in transcript.coverage}


def _state_of_coverage(row: Coverage) -> Kept:
    return {"covers": row.question_key, "status": row.status.value}


def _those(states: dict[str, Kept], names: Iterable[str]) -> list[Kept]:
    return [states[name] for name in names if name in states]


def _note(transcript: Transcript, by: UUID, action: Action, before: list[Kept], after: list[Kept]) -> None:
    newest = db.session.scalar(select(func.max(Decision.number)).where(Decision.transcript_id == transcript.id))
    db.session.add(
        Decision(
            transcript_id=transcript.id,
            number=(newest or 0) + 1,
            made_by=by,
            made_at=clock.now(),
            action=action.value,
            before=before,
            after=after,
        )
    )
    db.session.flush()
