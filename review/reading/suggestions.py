"""Read suggestions that nobody has decided on. They are not answers: those are in answers.py."""

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager

from core.database import db
from core.exits import ExitUse
from evidence.consent_conditions import allows
from evidence.models import Call, Contribution, ContributionState, Participant
from review.reading.filters import NO_FILTERS, Filters
from transcripts.models import Passage, Transcript


def list_suggestions_for_question(call: Call, question_key: str, filters: Filters = NO_FILTERS) -> list[Passage]:
    query = _select_suggestions().where(
        Contribution.call_id == call.id,
        Passage.question_key == question_key,
        allows(ExitUse.READING),
        *filters.build_conditions(),
    )
    return list(db.session.scalars(query))


def list_suggestions_in_interview(contribution: Contribution) -> list[Passage]:
    """Callers check whether its words may be read."""
    return list(db.session.scalars(_select_suggestions().where(Contribution.id == contribution.id)))


def _select_suggestions() -> Select[Passage]:
    return (
        select(Passage)
        .join(Passage.transcript)
        .join(Transcript.contribution)
        .join(Contribution.participant)
        .where(Passage.is_open, Transcript.is_newest, Contribution.state != ContributionState.WITHDRAWN)
        .options(
            contains_eager(Passage.transcript)
            .contains_eager(Transcript.contribution)
            .contains_eager(Contribution.participant)
        )
        .order_by(Participant.reference, Transcript.position, Passage.start_seconds)
    )
