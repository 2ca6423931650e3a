"""The questions of a call in reading order, those of earlier versions last."""

from collections.abc import Sequence
from dataclasses import dataclass

from evidence.calls import get_schedule
from evidence.models import Call
from evidence.schedule import Question, Section


@dataclass(frozen=True, slots=True)
class CallQuestion:
    section: Section
    question: Question
    is_asked_now: bool  # False: only in an earlier version of the schedule


def list_call_questions(call: Call) -> list[CallQuestion]:
    """Each question once, in its newest wording. Earlier questions stay, because they may have answers."""
    questions: dict[str, CallQuestion] = {}
    for version in reversed(call.versions):
        schedule = get_schedule(version)
        for section in schedule.sections:
            for question in section.questions:
                questions.setdefault(question.key, CallQuestion(section, question, version is call.versions[-1]))
    return list(questions.values())


def find_with_neighbours(
    questions: Sequence[CallQuestion], key: str
) -> tuple[CallQuestion | None, CallQuestion, CallQuestion | None]:
    for index, item in enumerate(questions):
        if item.question.key == key:
            following = questions[index + 1] if index + 1 < len(questions) else None
            return (questions[index - 1] if index else None), item, following
    raise KeyError(key)
