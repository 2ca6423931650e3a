"""The schedule as forms: a section becomes a form class, an answer kind a field. Stores nothing.

A new kind of answer needs a row in `FIELDS` here and its two rows in answer_kinds.py.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, HiddenField

from evidence.answer_kinds import AnswerKind, Value, from_text
from evidence.fields import long_text, one_of, plain_date, short_text, some_of
from evidence.schedule import Question, Section
from evidence.writing import Edit

ANSWER_PREFIX = "answer_"  # a question's key alone might be the name of something that every form has
SEEN_PREFIX = "seen_"  # the number of the version that the page shows


def _choices(question: Question) -> list[tuple[str, str]]:
    return [(choice, choice) for choice in question.choices]


FIELDS: dict[AnswerKind, Callable[[Question], Field]] = {
    AnswerKind.LONG_TEXT: lambda question: long_text(question.prompt),
    AnswerKind.SHORT_TEXT: lambda question: short_text(question.prompt),
    AnswerKind.ONE_OF: lambda question: one_of(question.prompt, _choices(question)),
    AnswerKind.SOME_OF: lambda question: some_of(question.prompt, _choices(question)),
    AnswerKind.DATE: lambda question: plain_date(question.prompt),
}


class SectionForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    """One section's questions; made by `section_form`. Nothing is required here: drafts may have gaps."""

    questions: tuple[Question, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.elsewhere: dict[str, str] = {}  # question key -> what was stored from another window meanwhile

    def edits(self) -> dict[str, Edit]:
        """What was typed into the fields that have no error, by question key."""
        return {
            question.key: Edit(self._value(question), self._seen(question))
            for question in self.questions
            if not self[field_name(question)].errors
        }

    def show_stored(self, question: Question, text: str) -> None:
        """Put the stored answer into the page in place of what the browser sent."""
        field = self[field_name(question)]
        field.data, field.raw_data = from_text(question.kind, text), None

    def note_seen(self, numbers: Mapping[str, int]) -> None:
        """From now on the page shows these versions."""
        for question in self.questions:
            field = self[seen_name(question)]
            field.data, field.raw_data = str(numbers.get(question.key, 0)), None

    def _value(self, question: Question) -> Value:
        value: Value = self[field_name(question)].data
        return value

    def _seen(self, question: Question) -> int:
        text = self[seen_name(question)].data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def section_form(section: Section) -> type[SectionForm]:
    """The form class of one section's page."""
    fields: dict[str, Any] = {"questions": section.questions}
    for question in section.questions:
        fields[field_name(question)] = FIELDS[question.kind](question)
        fields[seen_name(question)] = HiddenField(default="0")
    return type("AnswersForm", (SectionForm,), fields)


def stored_data(questions: Iterable[Question], texts: Mapping[str, str], numbers: Mapping[str, int]) -> dict[str, Any]:
    """For `data=` of a section's form: the answers as they stand."""
    data: dict[str, Any] = {}
    for question in questions:
        data[field_name(question)] = from_text(question.kind, texts.get(question.key, ""))
        data[seen_name(question)] = str(numbers.get(question.key, 0))
    return data


def field_name(question: Question) -> str:
    return f"{ANSWER_PREFIX}{question.key}"


def seen_name(question: Question) -> str:
    return f"{SEEN_PREFIX}{question.key}"
