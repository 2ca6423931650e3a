"""The questions of a call as a reader walks through them, those of earlier versions last. Writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from evidence.calls import get_schedule
from evidence.models import Call
from evidence.schedule import Question, Section


@dataclass(frozen=True, slots=True)
class CallQuestion:
    section: Section
    question: Question
    is_asked_now: bool  # False: only an earlier version of the schedule has it


def list_call_questions(call: Call) -> list[CallQuestion]:
    """Each question once, as its newest version words it; what has answers must stay within reach."""
    found: dict[str, CallQuestion] = {}
    for version in reversed(call.versions):
        schedule = get_schedule(version)
        for section in schedule.sections:
            for question in section.questions:
                found.setdefault(question.key, CallQuestion(section, question, version is call.versions[-1]))
    return list(found.values())


def find_with_neighbours(
    questions: Sequence[CallQuestion], key: str
) -> tuple[CallQuestion | None, CallQuestion, CallQuestion | None]:
    """The question before, the question itself, the one after. KeyError when the call has no such question."""
    for index, item in enumerate(questions):
        if item.question.key == key:
            after = questions[index + 1] if index + 1 < len(questions) else None
            return (questions[index - 1] if index else None), item, after
    raise KeyError(key)
