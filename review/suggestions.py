"""Read what the machine suggests and nobody has accepted. None of it is an answer, so none of it is in reading.py."""

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import aliased, contains_eager

from core.database import db
from evidence.models import Call, Contribution, ContributionState, Participant
from review.filters import NO_FILTERS, Filters
from transcripts.models import Passage, PassageState, Transcript

SUGGESTED = (Passage.state == PassageState.SUGGESTED, Passage.question_key.is_not(None))


def suggestions_to(call: Call, question_key: str, filters: Filters = NO_FILTERS) -> list[Passage]:
    """Open suggestions for one question, interview by interview, in the order of the conversation."""
    wanted = _suggestions().where(
        Contribution.call_id == call.id, Passage.question_key == question_key, *filters.conditions()
    )
    return list(db.session.scalars(wanted))


def suggestions_in(contribution: Contribution) -> list[Passage]:
    """Open suggestions of one interview, in the order of the conversation."""
    return list(db.session.scalars(_suggestions().where(Contribution.id == contribution.id)))


def is_newest() -> ColumnElement[bool]:
    """On Transcript: no later version of the same part of the interview exists."""
    later = aliased(Transcript)
    return ~exists().where(
        later.contribution_id == Transcript.contribution_id,
        later.position == Transcript.position,
        later.number > Transcript.number,
    )


def _suggestions() -> Select[Passage]:
    return (
        select(Passage)
        .join(Passage.transcript)
        .join(Transcript.contribution)
        .join(Contribution.participant)
        .where(*SUGGESTED, is_newest(), Contribution.state != ContributionState.WITHDRAWN)
        .options(
            contains_eager(Passage.transcript)
            .contains_eager(Transcript.contribution)
            .contains_eager(Contribution.participant)
        )
        .order_by(Participant.reference, Transcript.position, Passage.start_seconds)
    )
