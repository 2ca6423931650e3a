"""Record answers, typed and spoken alike, and read their versions. Earlier versions are kept; callers commit."""

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


class UnknownQuestionError(RuleError): ...


def record_answer(contribution: Contribution, question_key: str, value: AnswerValue, *, by: UUID | None) -> Answer:
    """Add a version if the text differs from the newest one. `by`: the staff member who accepted it.

    Text is accepted for a question of any kind: someone may answer a choice out loud.
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
    return clean_text(value).strip() if isinstance(value, str) else format_answer(question.kind, value)


def get_answers_by_question(contribution: Contribution) -> dict[str, Answer]:
    """Includes answers that were deleted (empty text)."""
    query = select(Answer).where(Answer.contribution_id == contribution.id)
    return {answer.question_key: answer for answer in db.session.scalars(query)}


def get_newest_version_number(answer: Answer) -> int:
    query = select(func.max(AnswerVersion.number)).where(AnswerVersion.answer_id == answer.id)
    return db.session.scalar(query) or 0


def get_newest_version_numbers(contribution: Contribution) -> dict[str, int]:
    query = (
        select(Answer.question_key, func.max(AnswerVersion.number))
        .join(AnswerVersion, AnswerVersion.answer_id == Answer.id)
        .where(Answer.contribution_id == contribution.id)
        .group_by(Answer.question_key)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def get_version_text(contribution: Contribution, question_key: str, number: int) -> str:
    query = (
        select(AnswerVersion.text)
        .join(Answer, Answer.id == AnswerVersion.answer_id)
        .where(Answer.contribution_id == contribution.id, Answer.question_key == question_key)
        .where(AnswerVersion.number == number)
    )
    return db.session.scalar(query) or ""


def _get_question(contribution: Contribution, key: str) -> Question:
    schedule = get_schedule(contribution.schedule_version)
    if not schedule.has_question(key):
        raise UnknownQuestionError(f"This contribution has no question with the key “{key}”.")
    return schedule.get_question(key)


def _find_locked_answer(contribution: Contribution, key: str) -> Answer | None:
    query = select(Answer).where(Answer.contribution_id == contribution.id, Answer.question_key == key)
    return db.session.scalars(query.with_for_update().execution_options(populate_existing=True)).first()


def _create_answer(contribution: Contribution, key: str) -> Answer:
    answer = Answer(contribution_id=contribution.id, question_key=key, text="", updated_at=clock.now())
    try:
        with db.session.begin_nested():
            db.session.add(answer)
    except IntegrityError:  # created elsewhere at the same moment
        existing = _find_locked_answer(contribution, key)
        if existing is None:
            raise
        return existing
    return answer
