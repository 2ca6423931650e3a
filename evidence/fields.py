"""Form fields with our look that keep every character typed: text, choices, dates, yes or no. Knows no call."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import (
    GovCharacterCount,
    GovCheckboxesInput,
    GovDateInput,
    GovRadioInput,
    GovTextInput,
)
from wtforms import DateField, EmailField, Field, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its type hints
from wtforms.validators import Email, InputRequired, Length, Optional, StopValidation

from evidence.words import cleaned, one_line

LONGEST_ADDRESS = 254  # RFC 5321 §4.5.3.1.3
YES, NO = "yes", "no"
DATE_PARTS = 3


def _clean(value: str | None) -> str:
    return cleaned(value or "")


def _clean_line(value: str | None) -> str:
    return one_line(value or "")


class Chosen:
    """Say when no choice was made, or, without words, let it pass. A choice that is not on the list stays refused."""

    def __init__(self, words: str = "") -> None:
        self.words = words

    def __call__(self, _form: object, field: Field) -> None:
        if not field.data:
            field.errors = []
            raise StopValidation(self.words)


class _NoEmptyHint:
    """The library describes a group by its hint even when there is none."""

    def map_gov_params(self, field: Field, **kwargs: Any) -> dict[str, Any]:
        params: dict[str, Any] = super().map_gov_params(field, **kwargs)  # type: ignore[misc]  # of the widget beside it
        if not any(params["hint"].values()):
            del params["hint"]
        return params


class PlainRadioInput(_NoEmptyHint, GovRadioInput):  # type: ignore[misc]  # govuk_frontend_wtf is untyped
    pass


class PlainCheckboxesInput(_NoEmptyHint, GovCheckboxesInput):  # type: ignore[misc]
    pass


class PlainDateInput(GovDateInput):  # type: ignore[misc]  # govuk_frontend_wtf is untyped
    """Three boxes; the first has the field's name as id, so that the error summary leads to it."""

    def map_gov_params(self, field: Field, **kwargs: Any) -> dict[str, Any]:
        params: dict[str, Any] = super().map_gov_params(field, **kwargs)
        params["id"] = f"{field.id}-date"
        params["items"][0]["id"] = field.id
        return params


class PlainDateField(DateField):
    """Day, month, year. What was typed stays in the boxes, also when it is no date."""

    widget = PlainDateInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        parts = [one_line(part) for part in (*valuelist, "", "", "")[:DATE_PARTS]]
        self.raw_data = parts
        self.data = None
        if any(parts):
            self.data = _date(parts)


def plain_date(label: str, *, name: str | None = None) -> Field:
    return PlainDateField(label, name=name)


def _date(parts: Sequence[str]) -> date:
    try:
        day, month, year = (int(part) for part in parts)
        return date(year, month, day)
    except (ValueError, OverflowError) as error:
        raise ValueError("Enter a real date, for example 27 3 2026.") from error


def long_text(label: str, *, name: str | None = None) -> Field:
    return TextAreaField(label, name=name, filters=[_clean], widget=GovCharacterCount())


def short_text(label: str, *, name: str | None = None) -> Field:
    return StringField(label, name=name, filters=[_clean_line], widget=GovTextInput())


def offered(choices: Sequence[tuple[str, str]]) -> list[SelectChoice]:
    """Values with their words, as select fields want them."""
    return [SelectChoice(value, words) for value, words in choices]


def one_of(
    label: str, choices: Sequence[tuple[str, str]], *, name: str | None = None, required: str = "", hint: str = ""
) -> Field:
    """Radios. `required`: the words to say when nothing is chosen; without them nothing need be."""
    return RadioField(
        label,
        name=name,
        description=hint,
        choices=offered(choices),
        validators=[Chosen(required)],
        coerce=_choice,
        widget=PlainRadioInput(),
    )


def some_of(
    label: str, choices: Sequence[tuple[str, str]], *, name: str | None = None, required: str = "", hint: str = ""
) -> Field:
    """Checkboxes."""
    return SelectMultipleField(
        label,
        name=name,
        description=hint,
        choices=offered(choices),
        validators=[Chosen(required)],
        widget=PlainCheckboxesInput(),
    )


def email_address(label: str, *, hint: str = "", required: str = "Enter your email address.") -> Field:
    """`required`: the words to say when it is missing; without them it need not be there."""
    return EmailField(
        label,
        description=hint,
        filters=[_clean_line],
        validators=[
            InputRequired(required) if required else Optional(),
            Length(max=LONGEST_ADDRESS, message="This email address is too long."),
            Email("Enter an email address in the usual form, like name@example.org.", allow_smtputf8=False),
        ],
        widget=GovTextInput(),
    )


def refuse(form: FlaskForm, field_name: str, words: str) -> None:
    """Say at a field why a rule was broken; the field is one that can mend it."""
    field = form[field_name]
    field.errors = [*field.errors, words]


def _choice(value: object) -> str:
    return "" if value is None else str(value)
