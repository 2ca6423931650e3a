"""Which contributions can be read, and the progress of each. Their answers: answers.py."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased, contains_eager, selectinload

from core.database import db
from core.exits import ExitUse
from evidence import consent
from evidence.consent_conditions import allows
from evidence.models import Answer, Call, Contribution, ContributionState, Mode, Participant
from review.reading.coverage_rank import COVERAGE_RANK
from review.reading.filters import NO_FILTERS, Filters
from transcripts.models import Coverage, CoverageStatus, Passage, Recording, Transcript

CountsByContribution = Mapping[UUID, int]


@dataclass(frozen=True, slots=True)
class ContributionSummary:
    """Counts of questions, each in one count. `coverage_counts`: by status, those without answer and suggestion."""

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
    """Questions that are only suggested, as answers count questions too."""
    query = (
        select(Transcript.contribution_id, func.count(Passage.question_key.distinct()))
        .select_from(Passage)
        .join(Passage.transcript)
        .join(Transcript.contribution)
        .where(Contribution.call_id == call.id, Passage.is_open, Transcript.is_newest)
        .where(~_is_answered(Passage.question_key))
        .group_by(Transcript.contribution_id)
    )
    return dict(db.session.execute(query).all())


def _count_coverage(call: Call) -> dict[UUID, dict[CoverageStatus, int]]:
    """Of questions that are neither answered nor suggested. Of several recordings the best status counts."""
    rank = func.max(case(COVERAGE_RANK, value=Coverage.status))
    by_question = (
        select(Transcript.contribution_id, rank.label("rank"))
        .select_from(Coverage)
        .join(Transcript, Coverage.transcript_id == Transcript.id)
        .join(Transcript.contribution)
        .where(Contribution.call_id == call.id, Transcript.is_newest)
        .where(~_is_answered(Coverage.question_key), ~_is_suggested(Coverage.question_key))
        .group_by(Transcript.contribution_id, Coverage.question_key)
        .subquery()
    )
    columns = by_question.c
    query = select(columns.contribution_id, columns.rank, func.count()).group_by(columns.contribution_id, columns.rank)
    statuses = {number: status for status, number in COVERAGE_RANK.items()}
    counts: dict[UUID, dict[CoverageStatus, int]] = {}
    for contribution_id, number, count in db.session.execute(query):
        counts.setdefault(contribution_id, {})[statuses[number]] = count
    return counts


def _is_answered(question_key: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    own = Answer.contribution_id == Contribution.id, Answer.question_key == question_key
    return exists().where(*own, Answer.text != "").correlate(Contribution, Passage, Coverage)


def _is_suggested(question_key: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    part = aliased(Transcript)
    return exists().where(
        Passage.transcript_id == part.id,
        part.contribution_id == Contribution.id,
        part.is_newest,
        Passage.question_key == question_key,
        Passage.is_open,
    )
