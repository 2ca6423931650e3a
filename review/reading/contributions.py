"""Which contributions can be read, and the progress of each. Their answers: answers.py."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import contains_eager, selectinload

from core.database import db
from core.exits import ExitUse
from evidence import consent
from evidence.consent_conditions import allows
from evidence.models import Answer, Call, Contribution, ContributionState, Mode, Participant
from review.reading.filters import NO_FILTERS, Filters
from transcripts.models import Coverage, CoverageStatus, Passage, Recording, Transcript

CountsByContribution = Mapping[UUID, int]


@dataclass(frozen=True, slots=True)
class ContributionSummary:
    """`coverage_counts`: questions by status; empty for a written contribution."""

    contribution: Contribution
    answer_count: int
    suggestion_count: int
    coverage_counts: Mapping[CoverageStatus, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HiddenContribution:
    contribution: Contribution
    reason: str


def is_readable() -> ColumnElement[bool]:
    """On Contribution: it was submitted, or it is an interview with a recording or transcript. Drafts stay private.

    Whether its words may be read now is for consent to say.
    """
    has_recording = exists().where(Recording.contribution_id == Contribution.id).correlate(Contribution)
    has_transcript = exists().where(Transcript.contribution_id == Contribution.id).correlate(Contribution)
    is_spoken = and_(Contribution.mode == Mode.INTERVIEW, or_(has_recording, has_transcript))
    return or_(
        Contribution.state == ContributionState.SUBMITTED,
        and_(Contribution.state == ContributionState.DRAFT, is_spoken),
    )


def find_readable_contribution(contribution_id: UUID, mode: Mode) -> Contribution | None:
    query = _select_readable().where(Contribution.id == contribution_id, Contribution.mode == mode)
    return db.session.scalars(query).first()


def list_readable_contributions(call: Call, filters: Filters = NO_FILTERS) -> list[ContributionSummary]:
    query = _select_readable().where(
        Contribution.call_id == call.id, allows(ExitUse.READING), *filters.build_conditions()
    )
    contributions = db.session.scalars(query).all()
    answers, suggestions, coverage = _count_answers(call), _count_suggestions(call), _count_coverage(call)
    return [
        ContributionSummary(row, answers.get(row.id, 0), suggestions.get(row.id, 0), coverage.get(row.id, {}))
        for row in contributions
    ]


def list_hidden_contributions(call: Call, filters: Filters = NO_FILTERS) -> list[HiddenContribution]:
    """Those whose words nobody may read at the moment, with the reason. They count nowhere."""
    query = _select_readable().where(
        Contribution.call_id == call.id, ~allows(ExitUse.READING), *filters.build_conditions()
    )
    contributions = db.session.scalars(query).all()
    reasons = consent.explain_refusals(ExitUse.READING, contributions)
    return [HiddenContribution(row, reasons[row.id]) for row in contributions]


def _select_readable() -> Select[Contribution]:
    return (
        select(Contribution)
        .join(Contribution.participant)
        .where(is_readable())
        .options(
            contains_eager(Contribution.participant),
            selectinload(Contribution.area_types),
            selectinload(Contribution.aims),
        )
        .order_by(Contribution.created_at, Participant.reference)
    )


def _count_answers(call: Call) -> CountsByContribution:
    query = (
        select(Answer.contribution_id, func.count())
        .join(Answer.contribution)
        .where(Contribution.call_id == call.id, Answer.text != "")
        .group_by(Answer.contribution_id)
    )
    return dict(db.session.execute(query).all())


def _count_suggestions(call: Call) -> CountsByContribution:
    query = (
        select(Transcript.contribution_id, func.count())
        .select_from(Passage)
        .join(Passage.transcript)
        .join(Transcript.contribution)
        .where(Contribution.call_id == call.id, Passage.is_open, Transcript.is_newest)
        .group_by(Transcript.contribution_id)
    )
    return dict(db.session.execute(query).all())


def _count_coverage(call: Call) -> dict[UUID, dict[CoverageStatus, int]]:
    query = (
        select(Transcript.contribution_id, Coverage.status, func.count())
        .select_from(Coverage)
        .join(Transcript, Coverage.transcript_id == Transcript.id)
        .join(Transcript.contribution)
        .where(Contribution.call_id == call.id, Transcript.is_newest)
        .group_by(Transcript.contribution_id, Coverage.status)
    )
    counts: dict[UUID, dict[CoverageStatus, int]] = {}
    for contribution_id, status, number in db.session.execute(query):
        counts.setdefault(contribution_id, {})[status] = number
    return counts
