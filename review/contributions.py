"""Which contributions can be read, and how far each has come. Their words stand in reading.py."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import contains_eager, selectinload

from core.database import db
from evidence.models import Answer, Call, Contribution, ContributionState, Mode, Participant
from review.filters import NO_FILTERS, Filters
from review.suggestions import SUGGESTED, is_newest
from transcripts.models import Coverage, CoverageStatus, Passage, Recording, Transcript

Numbers = Mapping[UUID, int]


@dataclass(frozen=True, slots=True)
class ContributionLine:
    """One contribution and its figures. `coverage`: questions by what became of them; empty for a written one."""

    contribution: Contribution
    answers: int
    suggestions: int
    coverage: Mapping[CoverageStatus, int] = field(default_factory=dict)


def is_readable() -> ColumnElement[bool]:
    """On Contribution: it was given, or it was spoken and its sound or text is here. Nobody reads another's draft."""
    is_recorded = exists().where(Recording.contribution_id == Contribution.id)
    is_written_down = exists().where(Transcript.contribution_id == Contribution.id)
    is_spoken = and_(Contribution.mode == Mode.INTERVIEW, or_(is_recorded, is_written_down))
    return or_(
        Contribution.state == ContributionState.GIVEN,
        and_(Contribution.state == ContributionState.DRAFT, is_spoken),
    )


def find_contribution(contribution_id: UUID, mode: Mode) -> Contribution | None:
    """A contribution of that mode, if it can be read."""
    wanted = _readable().where(Contribution.id == contribution_id, Contribution.mode == mode)
    return db.session.scalars(wanted).first()


def contributions_to(call: Call, filters: Filters = NO_FILTERS) -> list[ContributionLine]:
    """Everything that can be read, in the order in which it was begun."""
    wanted = _readable().where(Contribution.call_id == call.id, *filters.conditions())
    contributions = db.session.scalars(wanted).all()
    answers, suggestions, coverage = _answers(call), _suggestions(call), _coverage(call)
    return [
        ContributionLine(row, answers.get(row.id, 0), suggestions.get(row.id, 0), coverage.get(row.id, {}))
        for row in contributions
    ]


def _readable() -> Select[Contribution]:
    return (
        select(Contribution)
        .join(Contribution.participant)
        .where(is_readable())
        .options(
            contains_eager(Contribution.participant),
            selectinload(Contribution.places),
            selectinload(Contribution.aims),
        )
        .order_by(Contribution.created_at, Participant.reference)
    )


def _answers(call: Call) -> Numbers:
    wanted = (
        select(Answer.contribution_id, func.count())
        .join(Answer.contribution)
        .where(Contribution.call_id == call.id, Answer.text != "")
        .group_by(Answer.contribution_id)
    )
    return dict(db.session.execute(wanted).all())


def _suggestions(call: Call) -> Numbers:
    wanted = (
        select(Transcript.contribution_id, func.count())
        .select_from(Passage)
        .join(Passage.transcript)
        .join(Transcript.contribution)
        .where(Contribution.call_id == call.id, *SUGGESTED, is_newest())
        .group_by(Transcript.contribution_id)
    )
    return dict(db.session.execute(wanted).all())


def _coverage(call: Call) -> dict[UUID, dict[CoverageStatus, int]]:
    wanted = (
        select(Transcript.contribution_id, Coverage.status, func.count())
        .select_from(Coverage)
        .join(Transcript, Coverage.transcript_id == Transcript.id)
        .join(Transcript.contribution)
        .where(Contribution.call_id == call.id, is_newest())
        .group_by(Transcript.contribution_id, Coverage.status)
    )
    found: dict[UUID, dict[CoverageStatus, int]] = {}
    for contribution_id, status, number in db.session.execute(wanted):
        found.setdefault(contribution_id, {})[status] = number
    return found
