"""Read answers across all evidence, typed and spoken alike.

A suggestion is never an answer: see suggestions.py.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, selectinload

from core.database import db
from core.exits import ExitUse
from evidence.consent_conditions import allows
from evidence.models import Answer, Call, Contribution, ContributionState, Mode, Participant
from review.reading.filters import NO_FILTERS, Filters
from review.reading.passage_groups import PassageGroup, group_by_transcript
from transcripts.models import Passage, PassageState, Transcript


@dataclass(frozen=True, slots=True)
class AnswerWithPassages:
    """A submitted answer with its accepted passages; a typed answer has none."""

    answer: Answer
    passages: tuple[Passage, ...]

    @property
    def contribution(self) -> Contribution:
        return self.answer.contribution

    @property
    def is_spoken(self) -> bool:
        return self.contribution.mode is Mode.INTERVIEW

    @property
    def own_texts(self) -> list[str]:
        """What the participant says: transcripts/passages/spoken_answers.py leaves out the interviewer's words."""
        return self.answer.text.split("\n\n")

    @property
    def has_text_of_each(self) -> bool:
        """False where nobody but the interviewer speaks in one of the passages."""
        return len(self.own_texts) == len(self.passages)

    def get_own_text(self, passage: Passage) -> str:
        return self.own_texts[self.passages.index(passage)]

    @property
    def passage_groups(self) -> list[PassageGroup]:
        return group_by_transcript(self.passages)


def list_answers_to_question(call: Call, question_key: str, filters: Filters = NO_FILTERS) -> list[AnswerWithPassages]:
    query = _select_submitted_answers().where(
        Contribution.call_id == call.id,
        Answer.question_key == question_key,
        allows(ExitUse.READING),
        *filters.build_conditions(),
    )
    return _attach_passages(db.session.scalars(query).all())


def get_answers_with_passages(contribution: Contribution) -> dict[str, AnswerWithPassages]:
    """Callers check whether its words may be read."""
    query = _select_submitted_answers().where(Answer.contribution_id == contribution.id)
    return {answer.answer.question_key: answer for answer in _attach_passages(db.session.scalars(query).all())}


def _select_submitted_answers() -> Select[Answer]:
    return (
        select(Answer)
        .join(Answer.contribution)
        .join(Contribution.participant)
        .where(Contribution.state == ContributionState.SUBMITTED, Answer.text != "")
        .options(
            contains_eager(Answer.contribution).options(
                contains_eager(Contribution.participant),
                selectinload(Contribution.area_types),
                selectinload(Contribution.aims),
            )
        )
        .order_by(Contribution.submitted_at, Participant.reference)
    )


def _attach_passages(answers: Iterable[Answer]) -> list[AnswerWithPassages]:
    answers = list(answers)
    passages = _load_accepted_passages([answer.id for answer in answers])
    return [AnswerWithPassages(answer, tuple(passages[answer.id])) for answer in answers]


def _load_accepted_passages(answer_ids: list[UUID]) -> defaultdict[UUID | None, list[Passage]]:
    query = (
        select(Passage)
        .join(Passage.transcript)
        .where(Passage.answer_id.in_(answer_ids), Passage.state == PassageState.ACCEPTED)
        .options(contains_eager(Passage.transcript))
        .order_by(Transcript.position, Passage.start_seconds)
    )
    passages: defaultdict[UUID | None, list[Passage]] = defaultdict(list)
    for passage in db.session.scalars(query) if answer_ids else []:
        passages[passage.answer_id].append(passage)
    return passages
