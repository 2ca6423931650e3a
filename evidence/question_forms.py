"""The schedule as forms: a section becomes a form class, an answer kind a field.

A new kind of answer needs a row in `FIELD_BUILDERS` and two rows in answer_kinds.py.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, ValidationError

from core.form_fields import (
    checkbox_field,
    date_field,
    long_text_field,
    radio_field,
    short_text_field,
)
from evidence.answer_kinds import AnswerKind, AnswerValue, parse_answer
from evidence.answers import MAX_ANSWER_CHARACTERS, explain_too_long
from evidence.schedule import Question, Section
from evidence.written_contributions import AnswerEdit, calculate_text_digest

ANSWER_PREFIX = "answer_"  # a key alone might clash with an attribute of the form
SEEN_PREFIX = "seen_"  # number of the version that the page shows


def _build_choices(question: Question) -> list[tuple[str, str]]:
    return [(choice, choice) for choice in question.choices]


def _check_length(_form: FlaskForm, field: Field) -> None:
    if len(field.data or "") > MAX_ANSWER_CHARACTERS:
        raise ValidationError(explain_too_long(len(field.data)))


FIELD_BUILDERS: dict[AnswerKind, Callable[[Question], Field]] = {
    AnswerKind.LONG_TEXT: lambda question: long_text_field(question.prompt, validators=[_check_length]),
    AnswerKind.SHORT_TEXT: lambda question: short_text_field(question.prompt, validators=[_check_length]),
    AnswerKind.ONE_OF: lambda question: radio_field(question.prompt, _build_choices(question)),
    AnswerKind.SOME_OF: lambda question: checkbox_field(question.prompt, _build_choices(question)),
    AnswerKind.DATE: lambda question: date_field(question.prompt),
}


class SectionForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    """One section's questions. Nothing is required here, because drafts may have gaps."""

    questions: tuple[Question, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conflicting_texts: dict[str, str] = {}  # by question key: what another window saved meanwhile

    def read_edits(self) -> dict[str, AnswerEdit]:
        return {
            question.key: AnswerEdit(self._get_value(question), *self._get_seen_version(question))
            for question in self.questions
            if not self[get_field_name(question)].errors
        }

    def show_stored_answer(self, question: Question, text: str) -> None:
        field = self[get_field_name(question)]
        field.data, field.raw_data = parse_answer(question.kind, text), None

    def set_seen_versions(self, texts: Mapping[str, str], numbers: Mapping[str, int]) -> None:
        for question in self.questions:
            field = self[get_seen_field_name(question)]
            field.data, field.raw_data = build_seen_value(question, texts, numbers), None

    def _get_value(self, question: Question) -> AnswerValue:
        value: AnswerValue = self[get_field_name(question)].data
        return value

    def _get_seen_version(self, question: Question) -> tuple[int, str]:
        number, _, digest = (self[get_seen_field_name(question)].data or "").partition(" ")
        is_number = number.isascii() and number.isdigit() and len(number) < 10
        return (int(number), digest if digest.isascii() else "") if is_number else (0, "")


def build_section_form_class(section: Section) -> type[SectionForm]:
    fields: dict[str, Any] = {"questions": section.questions}
    for question in section.questions:
        fields[get_field_name(question)] = FIELD_BUILDERS[question.kind](question)
        fields[get_seen_field_name(question)] = HiddenField(default="0")
    return type("AnswersForm", (SectionForm,), fields)


def build_form_data(
    questions: Iterable[Question], texts: Mapping[str, str], numbers: Mapping[str, int]
) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for question in questions:
        data[get_field_name(question)] = parse_answer(question.kind, texts.get(question.key, ""))
        data[get_seen_field_name(question)] = build_seen_value(question, texts, numbers)
    return data


def build_seen_value(question: Question, texts: Mapping[str, str], numbers: Mapping[str, int]) -> str:
    return f"{numbers.get(question.key, 0)} {calculate_text_digest(texts.get(question.key, ''))}"


def get_field_name(question: Question) -> str:
    return f"{ANSWER_PREFIX}{question.key}"


def get_seen_field_name(question: Question) -> str:
    return f"{SEEN_PREFIX}{question.key}"
