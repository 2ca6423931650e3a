"""Record answers, typed and spoken alike, and read their versions. Earlier versions are kept; callers commit."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from core import clock
from core.database import db
from core.errors import RuleError
from core.text_cleaning import clean_text
from evidence.answer_kinds import AnswerValue, format_answer
from evidence.calls import get_schedule
from evidence.models import Answer, AnswerVersion, Contribution, WithdrawnAnswer
from evidence.schedule import Question

MAX_ANSWER_CHARACTERS = 50_000
MAX_CONTRIBUTION_CHARACTERS = 2_000_000  # of all kept versions of a written contribution


class UnknownQuestionError(RuleError): ...


class AnswerTooLongError(RuleError): ...


class ContributionFullError(RuleError): ...


class AnswerWithdrawnError(RuleError): ...


def record_answer(contribution: Contribution, question_key: str, value: AnswerValue, *, by: UUID | None) -> Answer:
    """Add a version if the text differs from the newest one. `by`: the staff member who accepted it.

    What a contributor saves several times within an hour becomes one version.

    Text is accepted for a question of any kind: someone may answer a choice out loud.
    """
    question = _get_question(contribution, question_key)
    text = build_stored_text(question, value)
    _settle_withdrawal(contribution, question_key, by)
    answer = _find_locked_answer(contribution, question_key) or _create_answer(contribution, question_key)
    number = get_newest_version_number(answer)
    if number and answer.text == text:
        return answer
    now = clock.now()
    if by is None:
        _remove_version_of_this_hour(answer, number, now)
    answer.text, answer.updated_at = text, now
    db.session.add(AnswerVersion(answer_id=answer.id, number=number + 1, text=text, recorded_at=now, recorded_by=by))
    db.session.flush()
    db.session.expire(answer, ["versions"])
    return answer


def require_room(contribution: Contribution, texts: Iterable[str]) -> None:
    """Raises AnswerTooLongError, ContributionFullError."""
    lengths = [len(text) for text in texts]
    if longest := max((length for length in lengths if length > MAX_ANSWER_CHARACTERS), default=0):
        raise AnswerTooLongError(explain_too_long(longest))
    stored = (
        select(func.sum(func.length(AnswerVersion.text)))
        .join(Answer, Answer.id == AnswerVersion.answer_id)
        .where(Answer.contribution_id == contribution.id)
    )
    if (db.session.scalar(stored) or 0) + sum(lengths) > MAX_CONTRIBUTION_CHARACTERS:
        raise ContributionFullError(
            "We cannot save any more versions of your answers. Contact the people who run this call for evidence."
        )


def explain_too_long(length: int) -> str:
    return f"Your answer has {length:,} characters. Shorten it to {MAX_ANSWER_CHARACTERS:,} characters or fewer."


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


def _settle_withdrawal(contribution: Contribution, question_key: str, by: UUID | None) -> None:
    withdrawn = db.session.get(WithdrawnAnswer, (contribution.id, question_key))
    if withdrawn is not None and by is not None:
        raise AnswerWithdrawnError("This person had their answer to this question erased, so only they can give it.")
    if withdrawn is not None:
        db.session.delete(withdrawn)


def _get_question(contribution: Contribution, key: str) -> Question:
    schedule = get_schedule(contribution.schedule_version)
    if not schedule.has_question(key):
        raise UnknownQuestionError(f"This contribution has no question with the key “{key}”.")
    return schedule.get_question(key)


def _find_locked_answer(contribution: Contribution, key: str) -> Answer | None:
    query = select(Answer).where(Answer.contribution_id == contribution.id, Answer.question_key == key)
    return db.session.scalars(query.with_for_update().execution_options(populate_existing=True)).first()


def _remove_version_of_this_hour(answer: Answer, number: int, now: datetime) -> None:
    """The one that replaces it gets a higher number, so that another window notices the change."""
    db.session.execute(
        delete(AnswerVersion).where(
            AnswerVersion.answer_id == answer.id,
            AnswerVersion.number == number,
            AnswerVersion.recorded_by.is_(None),
            AnswerVersion.recorded_at >= now.replace(minute=0, second=0, microsecond=0),
        )
    )


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
