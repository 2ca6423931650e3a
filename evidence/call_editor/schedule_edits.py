"""Add, change, move, copy and remove sections and questions. Each gives a new schedule. Pure."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from enum import IntEnum
from typing import TypeVar

from core.errors import RuleError
from evidence.question_keys import build_key, list_section_keys
from evidence.schedule import Question, Schedule, Section

Item = TypeVar("Item")


class NotInScheduleError(RuleError):
    """Somebody else removed it meanwhile."""


class Direction(IntEnum):
    UP = -1
    DOWN = 1


def add_section(schedule: Schedule, title: str) -> Schedule:
    key = build_key(title, list_section_keys(schedule.sections), fallback="section")
    return Schedule(schedule.title, (*schedule.sections, Section(key, title, ())))


def rename_section(schedule: Schedule, key: str, title: str) -> Schedule:
    return _change_section(schedule, key, lambda section: replace(section, title=title))


def remove_section(schedule: Schedule, key: str) -> Schedule:
    find_section(schedule, key)
    return Schedule(schedule.title, tuple(section for section in schedule.sections if section.key != key))


def move_section(schedule: Schedule, key: str, direction: Direction) -> Schedule:
    index = schedule.sections.index(find_section(schedule, key))
    return Schedule(schedule.title, _move(schedule.sections, index, direction))


def copy_section(schedule: Schedule, key: str, taken: Collection[str]) -> Schedule:
    """`taken`: keys of questions that have ever been published."""
    section = find_section(schedule, key)
    keys = {*taken, *(question.key for question in schedule.iter_questions())}
    questions: list[Question] = []
    for question in section.questions:
        copied = replace(question, key=build_key(question.prompt, keys, fallback="question"))
        keys.add(copied.key)
        questions.append(copied)
    title = f"{section.title} (copy)"
    section_key = build_key(title, list_section_keys(schedule.sections), fallback="section")
    index = schedule.sections.index(section) + 1
    added = Section(section_key, title, tuple(questions))
    return Schedule(schedule.title, (*schedule.sections[:index], added, *schedule.sections[index:]))


def add_question(schedule: Schedule, section_key: str, question: Question, taken: Collection[str]) -> Schedule:
    """Its key is made here."""
    keyed = replace(question, key=_build_question_key(schedule, question, taken))
    return _change_section(
        schedule, section_key, lambda section: replace(section, questions=(*section.questions, keyed))
    )


def change_question(schedule: Schedule, key: str, question: Question) -> Schedule:
    """It keeps its key; saving the draft gives another one where its answers could no longer be compared."""
    return _change_questions(
        schedule,
        key,
        lambda questions, index: (*questions[:index], replace(question, key=key), *questions[index + 1 :]),
    )


def remove_question(schedule: Schedule, key: str) -> Schedule:
    return _change_questions(schedule, key, lambda questions, index: (*questions[:index], *questions[index + 1 :]))


def copy_question(schedule: Schedule, key: str, taken: Collection[str]) -> Schedule:
    question = find_question(schedule, key)
    copied = replace(question, key=_build_question_key(schedule, question, taken))
    return _change_questions(
        schedule, key, lambda questions, index: (*questions[: index + 1], copied, *questions[index + 1 :])
    )


def move_question(schedule: Schedule, key: str, direction: Direction) -> Schedule:
    """From the end of a section to the next one."""
    section = _find_section_of(schedule, key)
    index = [question.key for question in section.questions].index(key)
    if 0 <= index + direction < len(section.questions):
        return _change_questions(schedule, key, lambda questions, index: _move(questions, index, direction))
    neighbour = schedule.sections.index(section) + direction
    if not 0 <= neighbour < len(schedule.sections):
        return schedule
    question, target = section.questions[index], schedule.sections[neighbour].key
    return _change_section(
        remove_question(schedule, key),
        target,
        lambda other: replace(
            other,
            questions=(*other.questions, question) if direction is Direction.UP else (question, *other.questions),
        ),
    )


def find_section(schedule: Schedule, key: str) -> Section:
    section = next((section for section in schedule.sections if section.key == key), None)
    if section is None:
        raise NotInScheduleError("This section is no longer there. Somebody may have removed it.")
    return section


def find_question(schedule: Schedule, key: str) -> Question:
    if not schedule.has_question(key):
        raise NotInScheduleError("This question is no longer there. Somebody may have removed it.")
    return schedule.get_question(key)


def _find_section_of(schedule: Schedule, key: str) -> Section:
    question = find_question(schedule, key)
    return next(section for section in schedule.sections if question in section.questions)


def _build_question_key(schedule: Schedule, question: Question, taken: Collection[str]) -> str:
    keys = {*taken, *(known.key for known in schedule.iter_questions())}
    return build_key(question.prompt, keys, fallback="question")


def _change_section(schedule: Schedule, key: str, change: Callable[[Section], Section]) -> Schedule:
    find_section(schedule, key)
    return Schedule(
        schedule.title,
        tuple(change(section) if section.key == key else section for section in schedule.sections),
    )


def _change_questions(
    schedule: Schedule, key: str, change: Callable[[tuple[Question, ...], int], tuple[Question, ...]]
) -> Schedule:
    section = _find_section_of(schedule, key)
    index = [question.key for question in section.questions].index(key)
    changed = replace(section, questions=change(section.questions, index))
    return _change_section(schedule, section.key, lambda _section: changed)


def _move(items: Sequence[Item], index: int, direction: Direction) -> tuple[Item, ...]:
    target = index + direction
    if not 0 <= target < len(items):
        return tuple(items)
    moved = list(items)
    moved[index], moved[target] = moved[target], moved[index]
    return tuple(moved)
