"""Log people's decisions about passages, with what undo.py needs to undo them. Callers commit.

A step keeps positions and states, never text: that is only in the segments.
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
from transcripts.models import Coverage, CoverageStatus, Decision, Passage, Transcript
from transcripts.passages import remapping
from transcripts.text import reviewed_transcripts

SavedState = dict[str, Any]  # a passage's or a coverage's state, as JSON


class DecisionAction(StrEnum):
    ACCEPTED = "accepted"
    SURE_ACCEPTED = "all sure accepted"
    MOVED = "moved"
    REOPENED = "put back"
    BOUNDARY_MOVED = "boundary moved"
    QUESTION_ASSIGNED = "question given"


ACTION_DESCRIPTIONS = {
    DecisionAction.ACCEPTED: "a passage accepted for {}",
    DecisionAction.MOVED: "a passage moved to {}",
    DecisionAction.REOPENED: "a passage for {} reopened",
    DecisionAction.QUESTION_ASSIGNED: "chosen words moved to {}",
}


@contextmanager
def log_step(transcript: Transcript, by: UUID, action: DecisionAction) -> Iterator[None]:
    before, was_reviewed = _serialise_transcript(transcript), reviewed_transcripts.is_reviewed(transcript)
    yield
    db.session.flush()
    after = _serialise_transcript(transcript)
    changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    if changed:
        _add_decision(transcript, by, action, _pick_states(before, changed), _pick_states(after, changed))
        remapping.enqueue_remapping_after_decision(transcript, was_reviewed=was_reviewed)


def serialise_passage(passage: Passage) -> SavedState:
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


def index_passages(states: Iterable[SavedState]) -> dict[str, SavedState]:
    return {item["id"]: item for item in states if "id" in item}


def index_coverage(states: Iterable[SavedState]) -> dict[str, CoverageStatus]:
    return {item["covers"]: CoverageStatus(item["status"]) for item in states if "covers" in item}


def describe_decision(step: Decision, schedule: Schedule) -> str:
    touched = [saved for saved in index_passages(step.after).values() if saved["decided at"]]
    action, keys = DecisionAction(step.action), sorted({saved["question"] or "" for saved in touched})
    if action is DecisionAction.SURE_ACCEPTED:
        return f"{len(touched)} {'passages' if len(touched) > 1 else 'passage'} accepted together"
    if action is DecisionAction.BOUNDARY_MOVED:
        return "a boundary moved"
    names = [f"“{schedule.get_question(key).prompt}”" if schedule.has_question(key) else "no question" for key in keys]
    return ACTION_DESCRIPTIONS[action].format(" and ".join(names))


def list_active_decisions(transcript_ids: Sequence[UUID]) -> list[Decision]:
    query = select(Decision).where(Decision.transcript_id.in_(transcript_ids), Decision.undone_at.is_(None))
    return list(db.session.scalars(query.order_by(Decision.transcript_id, Decision.number)))


def _serialise_transcript(transcript: Transcript) -> dict[str, SavedState]:
    passages = {str(row.id): serialise_passage(row) for row in transcript.passages}
    return passages | {f"covers {row.question_key}": _serialise_coverage(row) for row in transcript.coverage}


def _serialise_coverage(row: Coverage) -> SavedState:
    return {"covers": row.question_key, "status": row.status.value}


def _pick_states(states: dict[str, SavedState], names: Iterable[str]) -> list[SavedState]:
    return [states[name] for name in names if name in states]


def _add_decision(
    transcript: Transcript, by: UUID, action: DecisionAction, before: list[SavedState], after: list[SavedState]
) -> None:
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
