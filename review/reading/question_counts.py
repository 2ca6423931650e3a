"""How many written answers, spoken answers and open suggestions each question has."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import Select, func, select

from core.database import db
from core.exits import ExitUse
from evidence.consent_conditions import allows
from evidence.models import Answer, Call, Contribution, ContributionState, Mode
from review.reading.filters import NO_FILTERS, Filters
from transcripts.models import Passage, Transcript


@dataclass(slots=True)
class QuestionCounts:
    written: int = 0
    spoken: int = 0
    suggested: int = 0


def count_by_question(call: Call, filters: Filters = NO_FILTERS) -> defaultdict[str, QuestionCounts]:
    counts: defaultdict[str, QuestionCounts] = defaultdict(QuestionCounts)
    for key, mode, number in db.session.execute(_select_answer_counts(call, filters)):
        if mode is Mode.INTERVIEW:
            counts[key].spoken = number
        else:
            counts[key].written = number
    for suggested_key, number in db.session.execute(_select_suggestion_counts(call, filters)):
        counts[suggested_key or ""].suggested = number
    return counts


def _select_answer_counts(call: Call, filters: Filters) -> Select[str, Mode, int]:
    return (
        select(Answer.question_key, Contribution.mode, func.count())
        .join(Answer.contribution)
        .where(Contribution.call_id == call.id, Contribution.state == ContributionState.SUBMITTED, Answer.text != "")
        .where(allows(ExitUse.READING), *filters.build_conditions())
        .group_by(Answer.question_key, Contribution.mode)
    )


def _select_suggestion_counts(call: Call, filters: Filters) -> Select[str | None, int]:
    return (
        select(Passage.question_key, func.count())
        .join(Passage.transcript)
        .join(Transcript.contribution)
        .where(Contribution.call_id == call.id, allows(ExitUse.READING))
        .where(Passage.is_open, Transcript.is_newest, *filters.build_conditions())
        .group_by(Passage.question_key)
    )
