"""The ordered questions of a call as frozen values, from JSON and to JSON. Pure.

`Question.key` is a question's identity everywhere: form field, script line, passage, export column.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from evidence.answer_kinds import AnswerKind
from evidence.json_reading import JsonReader


class ScheduleError(ValueError): ...


READER = JsonReader(ScheduleError)


@dataclass(frozen=True, slots=True)
class Question:
    key: str
    prompt: str  # as written in the form
    details: tuple[str, ...] = ()
    spoken_prompts: tuple[str, ...] = ()  # as asked aloud; may be empty
    kind: AnswerKind = AnswerKind.LONG_TEXT
    choices: tuple[str, ...] = ()
    guide_word_count: int | None = None  # guidance only: longer answers are accepted
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    title: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Schedule:
    title: str
    sections: tuple[Section, ...]
    _by_key: dict[str, Question] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_key", {q.key: q for q in self.iter_questions()})

    def iter_questions(self) -> Iterator[Question]:
        for section in self.sections:
            yield from section.questions

    def get_question(self, key: str) -> Question:
        return self._by_key[key]

    def has_question(self, key: str) -> bool:
        return key in self._by_key

    def get_section(self, key: str) -> Section:
        return {section.key: section for section in self.sections}[key]


def schedule_from_json(data: Mapping[str, Any], *, may_lack_questions: bool = False) -> Schedule:
    """Read the JSON of docs/formats.md. Raises ScheduleError."""
    sections = tuple(
        _parse_section(item, f"section {n}")
        for n, item in enumerate(READER.read_items(data, "sections", "the schedule"), 1)
    )
    schedule = Schedule(title=READER.read_text(data, "title", "the schedule"), sections=sections)
    READER.refuse_repeated([section.key for section in sections], "section key")
    READER.refuse_repeated([question.key for question in schedule.iter_questions()], "question key")
    if not may_lack_questions and not any(True for _ in schedule.iter_questions()):
        raise ScheduleError("The schedule has no questions.")
    return schedule


def schedule_to_json(schedule: Schedule) -> dict[str, Any]:
    """Defaults are left out, so that a file survives a round trip."""
    return {
        "title": schedule.title,
        "sections": [
            {"key": s.key, "title": s.title, "questions": [_question_to_json(q) for q in s.questions]}
            for s in schedule.sections
        ],
    }


def _parse_section(data: Any, where: str) -> Section:
    questions = tuple(
        _parse_question(item, f"{where}, question {n}")
        for n, item in enumerate(READER.read_items(data, "questions", where), 1)
    )
    return Section(key=READER.read_key(data, where), title=READER.read_text(data, "title", where), questions=questions)


def _parse_question(data: Any, where: str) -> Question:
    key = READER.read_key(data, where)
    where = f"question “{key}”"
    question = Question(
        key=key,
        prompt=READER.read_text(data, "prompt", where),
        details=READER.read_texts(data, "details", where),
        spoken_prompts=READER.read_texts(data, "spoken", where),
        kind=_parse_kind(data, where),
        choices=READER.read_texts(data, "choices", where),
        guide_word_count=data.get("guide_words"),
        is_required=bool(data.get("required", False)),
    )
    if question.kind.needs_choices and len(question.choices) < 2:
        raise ScheduleError(f"{where}: an answer of kind “{question.kind}” needs at least two choices.")
    if any("\n" in choice for choice in question.choices):
        raise ScheduleError(f"{where}: a choice cannot contain a line break.")
    if question.guide_word_count is not None and not (
        type(question.guide_word_count) is int and question.guide_word_count > 0
    ):
        raise ScheduleError(f"{where}: “guide_words” has to be a whole number above 0.")
    return question


def _question_to_json(question: Question) -> dict[str, Any]:
    data: dict[str, Any] = {
        "key": question.key,
        "prompt": question.prompt,
        "details": list(question.details),
        "spoken": list(question.spoken_prompts),
    }
    if question.kind is not AnswerKind.LONG_TEXT:
        data["kind"] = question.kind.value
    if question.choices:
        data["choices"] = list(question.choices)
    if question.guide_word_count is not None:
        data["guide_words"] = question.guide_word_count
    if question.is_required:
        data["required"] = True
    return data


def _parse_kind(data: Mapping[str, Any], where: str) -> AnswerKind:
    try:
        return AnswerKind(data.get("kind", AnswerKind.LONG_TEXT.value))
    except ValueError as error:
        known = ", ".join(kind.value for kind in AnswerKind)
        raise ScheduleError(f"{where}: unknown kind “{data['kind']}”. Use one of {known}.") from error
