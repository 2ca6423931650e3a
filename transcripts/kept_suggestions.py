"""How much of what the machine suggested people kept: whether the mapping gets better. Reads only; names nobody."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from core.database import db
from evidence.models import Call, Contribution, ContributionState
from transcripts.decisions import Action, passages_in, standing
from transcripts.models import Decision, Passage, Transcript
from transcripts.stretches import Questions, Said, first_counts


@dataclass(frozen=True, slots=True)
class Reckoning:
    """Of what people have decided in an interview."""

    kept: int  # passages whose question is what the machine said for most of their seconds
    moved: int
    boundaries: int  # moves of a boundary, and words given a question of their own, that stand
    seconds: float
    seconds_kept: float

    @property
    def decided(self) -> int:
        return self.kept + self.moved

    @property
    def share(self) -> float | None:
        """Of the seconds, those that kept their question."""
        return self.seconds_kept / self.seconds if self.seconds else None


def of(transcript: Transcript) -> Reckoning:
    return _reckoning(transcript, standing([transcript.id]))


def _reckoning(transcript: Transcript, steps: Sequence[Decision]) -> Reckoning:
    decided = [row for row in transcript.passages if row.decided_at is not None]
    moves = sum(step.action in {Action.BOUNDARY, Action.GIVEN} for step in steps)
    return reckoned([_said(row) for row in decided], machine_said(steps, decided), moves)


def machine_said(steps: Sequence[Decision], decided: Iterable[Passage]) -> list[Said]:
    """What the machine had said of each stretch when a person first decided about it.

    Of what was decided before steps were kept, a passage knows what was suggested for it.
    """
    before = [kept for step in reversed(steps) for kept in passages_in(step.before).values() if not kept["decided at"]]
    found = [Said(kept["question"], *kept["seconds"]) for kept in before]
    found += [Said(row.suggested_key, row.start_seconds, row.end_seconds) for row in decided]
    return first_counts(found)


def reckoned(decided: Sequence[Said], machine: Sequence[Said], boundaries: int) -> Reckoning:
    said = Questions(machine)
    shared = [(one.seconds, min(said.seconds_shared(one), one.seconds)) for one in decided]
    kept = sum(2 * same > length for length, same in shared)
    seconds, seconds_kept = sum(length for length, _ in shared), sum(same for _, same in shared)
    return Reckoning(kept, len(decided) - kept, boundaries, seconds, seconds_kept)


def _said(row: Passage) -> Said:
    return Said(row.question_key, row.start_seconds, row.end_seconds)


def in_order_of_review(call: Call) -> list[tuple[Transcript, Reckoning]]:
    """The parts of a call's interviews about which somebody has decided, the one reviewed first at the top."""
    first = func.min(Passage.decided_at)
    wanted = (
        select(Transcript)
        .join(Transcript.contribution)
        .join(Passage, Passage.transcript_id == Transcript.id)
        .where(Contribution.call_id == call.id, Contribution.state != ContributionState.WITHDRAWN)
        .where(Passage.decided_at.is_not(None))
        .group_by(Transcript.id)
        .order_by(first, Transcript.id)
        .options(selectinload(Transcript.passages))
    )
    found = list(db.session.scalars(wanted))
    steps: dict[UUID, list[Decision]] = {row.id: [] for row in found}
    for step in standing(list(steps)):
        steps[step.transcript_id].append(step)
    return [(row, _reckoning(row, steps[row.id])) for row in found]
