"""How many of the machine's suggestions people kept. Reads only; names nobody."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from core.database import db
from core.exits import ExitUse
from evidence.consent_conditions import allows
from evidence.models import Call, Contribution
from transcripts.models import Decision, Passage, Transcript
from transcripts.passages.decision_log import DecisionAction, index_passages, list_active_decisions
from transcripts.passages.question_intervals import QuestionIndex, QuestionInterval, resolve_overlaps


@dataclass(frozen=True, slots=True)
class AcceptanceRate:
    """Counts only what people have decided about."""

    kept_count: int  # passages whose question is the suggested one for most of their time
    moved_count: int
    boundary_count: int  # moved boundaries and chosen words given a question, without undone ones
    seconds: float
    seconds_kept: float

    @property
    def decided_count(self) -> int:
        return self.kept_count + self.moved_count

    @property
    def share(self) -> float | None:
        return self.seconds_kept / self.seconds if self.seconds else None


def calculate_rate(transcript: Transcript) -> AcceptanceRate:
    return _calculate_from_steps(transcript, list_active_decisions([transcript.id]))


def _calculate_from_steps(transcript: Transcript, steps: Sequence[Decision]) -> AcceptanceRate:
    decided = [row for row in transcript.passages if row.decided_at is not None]
    moves = sum(step.action in {DecisionAction.BOUNDARY_MOVED, DecisionAction.QUESTION_ASSIGNED} for step in steps)
    return calculate_from_intervals(
        [_to_interval(row) for row in decided], reconstruct_suggestions(steps, decided), moves
    )


def reconstruct_suggestions(steps: Sequence[Decision], decided: Iterable[Passage]) -> list[QuestionInterval]:
    """What was suggested when a person first decided; for decisions older than the log, from the passage's own row."""
    undecided = [
        saved for step in reversed(steps) for saved in index_passages(step.before).values() if not saved["decided at"]
    ]
    intervals = [QuestionInterval(saved["question"], *saved["seconds"]) for saved in undecided]
    intervals += [QuestionInterval(row.suggested_key, row.start_seconds, row.end_seconds) for row in decided]
    return resolve_overlaps(intervals)


def calculate_from_intervals(
    decided: Sequence[QuestionInterval], suggested: Sequence[QuestionInterval], boundary_count: int
) -> AcceptanceRate:
    index = QuestionIndex(suggested)
    shared = [(one.seconds, min(index.measure_overlap(one), one.seconds)) for one in decided]
    kept_count = sum(2 * same > length for length, same in shared)
    seconds, seconds_kept = sum(length for length, _ in shared), sum(same for _, same in shared)
    return AcceptanceRate(
        kept_count=kept_count,
        moved_count=len(decided) - kept_count,
        boundary_count=boundary_count,
        seconds=seconds,
        seconds_kept=seconds_kept,
    )


def _to_interval(row: Passage) -> QuestionInterval:
    return QuestionInterval(row.question_key, row.start_seconds, row.end_seconds)


def list_rates_by_review_date(call: Call) -> list[tuple[Transcript, AcceptanceRate]]:
    first = func.min(Passage.decided_at)
    query = (
        select(Transcript)
        .join(Transcript.contribution)
        .join(Passage, Passage.transcript_id == Transcript.id)
        .where(Contribution.call_id == call.id, allows(ExitUse.LEARNING))
        .where(Passage.decided_at.is_not(None))
        .group_by(Transcript.id)
        .order_by(first, Transcript.id)
        .options(selectinload(Transcript.passages))
    )
    transcripts = list(db.session.scalars(query))
    steps: dict[UUID, list[Decision]] = {row.id: [] for row in transcripts}
    for step in list_active_decisions(list(steps)):
        steps[step.transcript_id].append(step)
    return [(row, _calculate_from_steps(row, steps[row.id])) for row in transcripts]
