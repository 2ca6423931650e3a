"""Forms of quotes, for staff and for the participant."""

from collections.abc import Collection
from typing import Any

from flask_wtf import FlaskForm

from core.form_fields import date_field, line_field, multiline_field, radio_field
from review.models import Attribution, QuoteState
from review.quotes.quote_text import MAX_QUOTE_CHARACTERS

ATTRIBUTION_LABELS = {Attribution.UNNAMED: "Without name", Attribution.NAMED: "With name"}
ANSWER_LABELS = {
    QuoteState.APPROVED: "Yes, use it like this",
    QuoteState.CHANGED: "Yes, but use my own version",
    QuoteState.REFUSED: "No, do not use it",
}


class QuoteForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    text = multiline_field(
        "Text",
        hint="Leave words out with […] and put what you change or add in [square brackets].",
        required="The quote is empty.",
        max_characters=MAX_QUOTE_CHARACTERS,
    )
    attribution = radio_field("Attribution", [], required_message="Choose how the person is described.")
    intended_use = line_field("Where it may be used (optional)", hint="For example “report, chapter 2”.")

    def offer(self, allowed: Collection[Attribution]) -> "QuoteForm":
        field: Any = self.attribution
        field.choices = [(kind.value, label) for kind, label in ATTRIBUTION_LABELS.items() if kind in allowed]
        return self


class SendQuotesForm(FlaskForm):  # type: ignore[misc]
    answer_by = date_field("They can answer until")


class UseQuoteForm(FlaskForm):  # type: ignore[misc]
    used_in = line_field(
        "Where it is used", hint="For example “report, chapter 2”.", required="Enter where it is used."
    )


class AnswerQuoteForm(FlaskForm):  # type: ignore[misc]
    answer = radio_field(
        "What do you say?",
        [(state.value, label) for state, label in ANSWER_LABELS.items()],
        required_message="Choose an answer.",
    )
    text = multiline_field("Your own version (only if you choose it)", max_characters=MAX_QUOTE_CHARACTERS)
