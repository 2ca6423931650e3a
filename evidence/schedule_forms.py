"""The forms of the schedule editor: a section, a question."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.validators import ValidationError

from core.form_fields import checkbox_field, line_field, multiline_field, radio_field
from evidence.answer_kinds import AnswerKind
from evidence.call_forms import split_lines
from evidence.labels import ANSWER_KIND_LABELS
from evidence.schedule import Question

MIN_CHOICES = 2
MAX_PROMPT_CHARACTERS = 500
MAX_GUIDE_WORDS = 10_000
REQUIRED = "required"


class SectionTitleForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    title = line_field("Title of the section", required="Enter a title.")


class QuestionForm(FlaskForm):  # type: ignore[misc]
    prompt = line_field(
        "The question, as it is written in the form",
        required="Enter the question.",
        max_characters=MAX_PROMPT_CHARACTERS,
    )
    details = multiline_field("Hints below it", hint="One on each line. Leave it blank if there are none.")
    spoken = multiline_field(
        "How would you say it at a kitchen table?",
        hint="One wording on each line, most natural first. Interviewers read them from the script, and the more there"
        " are, the better we find the answer in a recording.",
    )
    kind = radio_field(
        "What kind of answer",
        [(kind.value, label) for kind, label in ANSWER_KIND_LABELS.items()],
        required_message="Select a kind of answer.",
    )
    choices = multiline_field("Choices", hint="One on each line. Only where people choose from several.")
    guide_words = line_field(
        "How many words, as a guide",
        hint="For long texts. People can write more. Leave it blank for 400.",
        max_characters=6,
    )
    is_required = checkbox_field("", [(REQUIRED, "People have to answer this before they can send the form")])

    def validate_choices(self, field: Field) -> None:
        kind = self.kind.data
        if kind in set(AnswerKind) and AnswerKind(kind).needs_choices and len(split_lines(field.data)) < MIN_CHOICES:
            raise ValidationError("Enter at least two choices, one on each line.")

    def validate_guide_words(self, field: Field) -> None:
        text = field.data or ""
        if text and not (text.isascii() and text.isdigit() and 0 < int(text) <= MAX_GUIDE_WORDS):
            raise ValidationError(f"Enter a whole number from 1 to {MAX_GUIDE_WORDS:,}, or leave it blank.")

    def read_question(self, key: str = "") -> Question:
        """Without a key, where it does not have one yet."""
        kind = AnswerKind(self.kind.data)
        return Question(
            key=key,
            prompt=self.prompt.data,
            details=split_lines(self.details.data),
            spoken_prompts=split_lines(self.spoken.data),
            kind=kind,
            choices=split_lines(self.choices.data) if kind.needs_choices else (),
            guide_word_count=int(self.guide_words.data) if self.guide_words.data else None,
            is_required=REQUIRED in (self.is_required.data or ()),
        )


def question_to_form_data(question: Question | None) -> dict[str, Any]:
    if question is None:
        return {"kind": AnswerKind.LONG_TEXT.value}
    return {
        "prompt": question.prompt,
        "details": "\n".join(question.details),
        "spoken": "\n".join(question.spoken_prompts),
        "kind": question.kind.value,
        "choices": "\n".join(question.choices),
        "guide_words": str(question.guide_word_count or ""),
        "is_required": [REQUIRED] if question.is_required else [],
    }
