"""How many answers each question has, written and spoken, and how many suggestions wait. Numbers only, no words."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import Select, func, select

from core.database import db
from evidence.models import Answer, Call, Contribution, ContributionState, Mode
from review.filters import NO_FILTERS, Filters
from review.suggestions import SUGGESTED, is_newest
from transcripts.models import Passage, Transcript


@dataclass(slots=True)
class QuestionNumbers:
    written: int = 0
    spoken: int = 0
    suggested: int = 0


def numbers_by_question(call: Call, filters: Filters = NO_FILTERS) -> defaultdict[str, QuestionNumbers]:
    """By question key. Suggestions are counted apart, because they are not answers."""
    found: defaultdict[str, QuestionNumbers] = defaultdict(QuestionNumbers)
    for key, mode, number in db.session.execute(_answers(call, filters)):
        if mode is Mode.INTERVIEW:
            found[key].spoken = number
        else:
            found[key].written = number
    for suggested_key, number in db.session.execute(_suggestions(call, filters)):
        found[suggested_key or ""].suggested = number
    return found


def _answers(call: Call, filters: Filters) -> Select[str, Mode, int]:
    return (
        select(Answer.question_key, Contribution.mode, func.count())
        .join(Answer.contribution)
        .where(Contribution.call_id == call.id, Contribution.state == ContributionState.GIVEN, Answer.text != "")
        .where(*filters.conditions())
        .group_by(Answer.question_key, Contribution.mode)
    )


def _suggestions(call: Call, filters: Filters) -> Select[str | None, int]:
    return (
        select(Passage.question_key, func.count())
        .join(Passage.transcript)
        .join(Transcript.contribution)
        .where(Contribution.call_id == call.id, Contribution.state != ContributionState.WITHDRAWN)
        .where(*SUGGESTED, is_newest(), *filters.conditions())
        .group_by(Passage.question_key)
    )
