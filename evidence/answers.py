"""Record answers: the one door, for typed and spoken words alike. Earlier wordings are kept; callers commit."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from core import clock
from core.database import db
from core.errors import RuleError
from core.text_cleaning import clean_text
from evidence.answer_kinds import AnswerValue, format_answer
from evidence.calls import get_schedule
from evidence.models import Answer, AnswerVersion, Contribution
from evidence.schedule import Question


class UnknownQuestionError(RuleError):
    """The contribution's schedule has no such question."""


def record_answer(contribution: Contribution, question_key: str, value: AnswerValue, *, by: UUID | None) -> Answer:
    """Make `value` the answer; a new version only when its text differs. `by`: the staff member who accepted it.

    Text is taken as it is for a question of any kind: somebody may answer a choice in spoken words.
    """
    question = _get_question(contribution, question_key)
    text = build_stored_text(question, value)
    answer = _find_locked_answer(contribution, question_key) or _create_answer(contribution, question_key)
    number = get_newest_version_number(answer)
    if number and answer.text == text:
        return answer
    now = clock.now()
    answer.text, answer.updated_at = text, now
    db.session.add(AnswerVersion(answer_id=answer.id, number=number + 1, text=text, recorded_at=now, recorded_by=by))
    db.session.flush()
    db.session.expire(answer, ["versions"])
    return answer


def build_stored_text(question: Question, value: AnswerValue) -> str:
    """What would be stored for a value."""
    return clean_text(value).strip() if isinstance(value, str) else format_answer(question.kind, value)


def get_answers_by_question(contribution: Contribution) -> dict[str, Answer]:
    """All answers of one contribution by question key, emptied ones too."""
    wanted = select(Answer).where(Answer.contribution_id == contribution.id)
    return {answer.question_key: answer for answer in db.session.scalars(wanted)}


def get_newest_version_number(answer: Answer) -> int:
    """Of the newest version; 0 before the first."""
    wanted = select(func.max(AnswerVersion.number)).where(AnswerVersion.answer_id == answer.id)
    return db.session.scalar(wanted) or 0


def get_newest_version_numbers(contribution: Contribution) -> dict[str, int]:
    """The number of the newest version by question key, for those that were answered."""
    wanted = (
        select(Answer.question_key, func.max(AnswerVersion.number))
        .join(AnswerVersion, AnswerVersion.answer_id == Answer.id)
        .where(Answer.contribution_id == contribution.id)
        .group_by(Answer.question_key)
    )
    return {row[0]: row[1] for row in db.session.execute(wanted)}


def get_version_text(contribution: Contribution, question_key: str, number: int) -> str:
    """The wording with that number; the empty string when there is none."""
    wanted = (
        select(AnswerVersion.text)
        .join(Answer, Answer.id == AnswerVersion.answer_id)
        .where(Answer.contribution_id == contribution.id, Answer.question_key == question_key)
        .where(AnswerVersion.number == number)
    )
    return db.session.scalar(wanted) or ""


def _get_question(contribution: Contribution, key: str) -> Question:
    schedule = get_schedule(contribution.schedule_version)
    if not schedule.has_question(key):
        raise UnknownQuestionError(f"This contribution's questions have none with the key “{key}”.")
    return schedule.get_question(key)


def _find_locked_answer(contribution: Contribution, key: str) -> Answer | None:
    wanted = select(Answer).where(Answer.contribution_id == contribution.id, Answer.question_key == key)
    return db.session.scalars(wanted.with_for_update().execution_options(populate_existing=True)).first()


def _create_answer(contribution: Contribution, key: str) -> Answer:
    answer = Answer(contribution_id=contribution.id, question_key=key, text="", updated_at=clock.now())
    try:
        with db.session.begin_nested():
            db.session.add(answer)
    except IntegrityError:  # written from elsewhere at the same moment
        found = _find_locked_answer(contribution, key)
        if found is None:
            raise
        return found
    return answer
