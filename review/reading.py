"""Read answers across all evidence: typed and spoken ones come out of one query. Writes nothing.

What the machine suggests is never an answer and has queries of its own: suggestions.py.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, selectinload

from core.database import db
from evidence.models import Answer, Call, Contribution, ContributionState, Mode, Participant
from review.filters import NO_FILTERS, Filters
from review.parts import SpokenPart, by_part
from transcripts.models import Passage, PassageState, Transcript


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """An answer that counts, with the passages it was spoken in; a typed one has none."""

    answer: Answer
    passages: tuple[Passage, ...]

    @property
    def contribution(self) -> Contribution:
        return self.answer.contribution

    @property
    def is_spoken(self) -> bool:
        return self.contribution.mode is Mode.INTERVIEW

    @property
    def parts(self) -> list[SpokenPart]:
        return by_part(self.passages)


def answers_to(call: Call, question_key: str, filters: Filters = NO_FILTERS) -> list[GivenAnswer]:
    """All answers to one question, in the order in which the contributions were given."""
    wanted = _given_answers().where(
        Contribution.call_id == call.id, Answer.question_key == question_key, *filters.conditions()
    )
    return _with_passages(db.session.scalars(wanted).all())


def answers_of(contribution: Contribution) -> dict[str, GivenAnswer]:
    """All answers of one contribution, by question key."""
    wanted = _given_answers().where(Answer.contribution_id == contribution.id)
    return {given.answer.question_key: given for given in _with_passages(db.session.scalars(wanted).all())}


def _given_answers() -> Select[Answer]:
    return (
        select(Answer)
        .join(Answer.contribution)
        .join(Contribution.participant)
        .where(Contribution.state == ContributionState.GIVEN, Answer.text != "")
        .options(
            contains_eager(Answer.contribution).options(
                contains_eager(Contribution.participant),
                selectinload(Contribution.places),
                selectinload(Contribution.aims),
            )
        )
        .order_by(Contribution.given_at, Participant.reference)
    )


def _with_passages(answers: Iterable[Answer]) -> list[GivenAnswer]:
    answers = list(answers)
    passages = _accepted_passages([answer.id for answer in answers])
    return [GivenAnswer(answer, tuple(passages[answer.id])) for answer in answers]


def _accepted_passages(answer_ids: list[UUID]) -> defaultdict[UUID | None, list[Passage]]:
    wanted = (
        select(Passage)
        .join(Passage.transcript)
        .where(Passage.answer_id.in_(answer_ids), Passage.state == PassageState.ACCEPTED)
        .options(contains_eager(Passage.transcript))
        .order_by(Transcript.position, Passage.start_seconds)
    )
    found: defaultdict[UUID | None, list[Passage]] = defaultdict(list)
    for passage in db.session.scalars(wanted) if answer_ids else []:
        found[passage.answer_id].append(passage)
    return found
