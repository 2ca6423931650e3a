"""What a changed schedule means for answers that are here already. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from evidence.question_keys import NUMBERED
from evidence.schedule import Question, Schedule


class ChangeKind(StrEnum):
    REWORDED = "wording changed"
    NEW = "new question"
    REMOVED = "removed"
    OTHER_ANSWERS = "kind of answer or choices changed"


@dataclass(frozen=True, slots=True)
class QuestionChange:
    kind: ChangeKind
    before: Question | None
    after: Question | None

    @property
    def answered_key(self) -> str:
        """Whose earlier answers the change is about."""
        return self.before.key if self.before else ""


def compare_schedules(before: Schedule, after: Schedule) -> list[QuestionChange]:
    """In the order of `after`, then what was removed. Moves, details and guide lengths change nothing for answers."""
    replaced = _find_replaced(before, after)
    changes = [
        _describe_change(question, before, replaced.get(question.key))
        for question in after.iter_questions()
        if not before.has_question(question.key) or before.get_question(question.key).prompt != question.prompt
    ]
    kept = {question.key for question in replaced.values()} | {question.key for question in after.iter_questions()}
    return changes + [
        QuestionChange(ChangeKind.REMOVED, question, None)
        for question in before.iter_questions()
        if question.key not in kept
    ]


def _find_replaced(before: Schedule, after: Schedule) -> Mapping[str, Question]:
    """By the key of the question that took over from one that asked for another kind of answer."""
    removed = {
        NUMBERED.sub("", question.key): question
        for question in before.iter_questions()
        if not after.has_question(question.key)
    }
    return {
        question.key: removed[base]
        for question in after.iter_questions()
        if not before.has_question(question.key) and (base := NUMBERED.sub("", question.key)) in removed
    }


def _describe_change(question: Question, before: Schedule, replaced: Question | None) -> QuestionChange:
    if before.has_question(question.key):
        return QuestionChange(ChangeKind.REWORDED, before.get_question(question.key), question)
    kind = ChangeKind.NEW if replaced is None else ChangeKind.OTHER_ANSWERS
    return QuestionChange(kind, replaced, question)
