"""The interviewer's script: the schedule as it is asked out loud. Pure."""

from dataclasses import dataclass

from evidence.schedule import Question, Schedule


@dataclass(frozen=True, slots=True)
class ScriptQuestion:
    number: int  # counted through all sections
    question: Question
    spoken: tuple[str, ...]  # what to say; the written prompt if there is nothing else


@dataclass(frozen=True, slots=True)
class ScriptSection:
    title: str
    questions: tuple[ScriptQuestion, ...]


def build_script(schedule: Schedule) -> tuple[ScriptSection, ...]:
    numbers = {question.key: number for number, question in enumerate(schedule.iter_questions(), 1)}
    return tuple(
        ScriptSection(section.title, tuple(_build_question(numbers[q.key], q) for q in section.questions))
        for section in schedule.sections
    )


def _build_question(number: int, question: Question) -> ScriptQuestion:
    return ScriptQuestion(number, question, question.spoken_prompts or (question.prompt,))
