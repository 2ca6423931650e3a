"""Form fields for every package. They keep what was typed, also if it is invalid."""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, time
from typing import Any

from govuk_frontend_wtf.wtforms_widgets import (
    GovCharacterCount,
    GovCheckboxesInput,
    GovDateInput,
    GovRadioInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import (
    DateField,
    EmailField,
    Field,
    IntegerField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its type hints
from wtforms.validators import (
    DataRequired,
    Email,
    InputRequired,
    Length,
    NumberRange,
    Optional,
    StopValidation,
    ValidationError,
)

from core.text_cleaning import clean_single_line, clean_text

MAX_EMAIL_LENGTH = 254  # RFC 5321 §4.5.3.1.3
YES, NO = "yes", "no"
DATE_PART_COUNT = 3
MAX_LINE_CHARACTERS = 200
MAX_MULTILINE_CHARACTERS = 2000
CLOCK_TIME = re.compile(r"(\d{1,2})[:.](\d{2})")


def _clean_text(value: str | None) -> str:
    return clean_text(value or "")


class RequireChoice:
    """Require a choice, or allow none if there is no message. An unknown choice is always an error."""

    def __init__(self, message: str = "") -> None:
        self.message = message

    def __call__(self, _form: object, field: Field) -> None:
        if not field.data:
            field.errors = []
            raise StopValidation(self.message)


class _NoEmptyHintMixin:
    """The library adds a description for the hint even if there is none."""

    def map_gov_params(self, field: Field, **kwargs: Any) -> dict[str, Any]:
        params: dict[str, Any] = super().map_gov_params(field, **kwargs)  # type: ignore[misc]  # of the widget beside it
        if not any(params["hint"].values()):
            del params["hint"]
        return params


class PlainRadioInput(_NoEmptyHintMixin, GovRadioInput):  # type: ignore[misc]  # govuk_frontend_wtf is untyped
    pass


class PlainCheckboxesInput(_NoEmptyHintMixin, GovCheckboxesInput):  # type: ignore[misc]
    pass


class PlainDateInput(GovDateInput):  # type: ignore[misc]  # govuk_frontend_wtf is untyped
    """The first box has the field's name as its id, so that the error summary links to it."""

    def map_gov_params(self, field: Field, **kwargs: Any) -> dict[str, Any]:
        params: dict[str, Any] = super().map_gov_params(field, **kwargs)
        params["id"] = f"{field.id}-date"
        params["items"][0]["id"] = field.id
        return params


class PlainDateField(DateField):
    """What was typed stays in the boxes, even if it is not a date."""

    widget = PlainDateInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        parts = [clean_single_line(part) for part in (*valuelist, "", "", "")[:DATE_PART_COUNT]]
        self.raw_data = parts
        self.data = None
        if any(parts):
            self.data = _parse_date(parts)


def date_field(label: str, *, name: str | None = None) -> Field:
    return PlainDateField(label, name=name)


def _parse_date(parts: Sequence[str]) -> date:
    try:
        day, month, year = (int(part) for part in parts)
        return date(year, month, day)
    except (ValueError, OverflowError) as error:
        raise ValueError("Enter a real date, like 27 3 2026.") from error


def long_text_field(label: str, *, name: str | None = None, validators: list[Any] | None = None) -> Field:
    return TextAreaField(label, name=name, filters=[_clean_text], validators=validators, widget=GovCharacterCount())


def short_text_field(label: str, *, name: str | None = None, validators: list[Any] | None = None) -> Field:
    return StringField(label, name=name, filters=[clean_single_line], validators=validators, widget=GovTextInput())


def line_field(label: str, *, hint: str = "", required: str = "", max_characters: int = MAX_LINE_CHARACTERS) -> Field:
    """`required`: the message if it is empty; without one the field is optional."""
    return StringField(
        label,
        description=hint,
        filters=[clean_single_line],
        validators=_text_validators(required, max_characters),
        widget=GovTextInput(),
    )


def multiline_field(
    label: str, *, hint: str = "", required: str = "", max_characters: int = MAX_MULTILINE_CHARACTERS
) -> Field:
    return TextAreaField(
        label,
        description=hint,
        filters=[lambda text: clean_text(text or "").strip()],
        validators=_text_validators(required, max_characters),
        widget=GovTextArea(),
    )


def _text_validators(required: str, max_characters: int) -> list[object]:
    too_long = Length(max=max_characters, message=f"Enter {max_characters} characters or fewer.")
    return [DataRequired(required), too_long] if required else [too_long]


class ClockTimesField(StringField):
    widget = GovTextInput()

    def parse_times(self) -> tuple[time, ...]:
        return tuple(_parse_clock_time(part) for part in re.split(r"[,;\s]+", (self.data or "").strip()))

    def pre_validate(self, form: object) -> None:  # noqa: ARG002 WTForms passes it
        try:
            self.parse_times()
        except ValueError as error:
            raise ValidationError("Enter times like 9:30, 11:00 or 14:15, separated by commas.") from error


class ClockTimeField(ClockTimesField):
    def parse_time(self) -> time | None:
        with suppress(ValueError):
            return self.parse_times()[0]
        return None

    def pre_validate(self, form: object) -> None:  # noqa: ARG002 WTForms passes it
        if (self.data or "").strip() and not self._is_single_time():
            raise ValidationError("Enter one time with minutes, like 9:30 or 14:00.")

    def _is_single_time(self) -> bool:
        try:
            return len(self.parse_times()) == 1
        except ValueError:
            return False


def _parse_clock_time(text: str) -> time:
    match = CLOCK_TIME.fullmatch(text)
    if match is None:
        raise ValueError(f"{text} is not a time")
    return time(int(match[1]), int(match[2]))


class _WholeNumberField(IntegerField):
    widget = GovTextInput()

    def __init__(self, label: str, *, minimum: int, maximum: int, hint: str = "", **kwargs: Any) -> None:
        self.range_message = f"Enter a whole number from {minimum} to {maximum}."
        validators = [InputRequired(self.range_message), NumberRange(minimum, maximum, self.range_message)]
        super().__init__(label, description=hint, validators=validators, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(self.range_message) from error


def whole_number_field(label: str, *, minimum: int, maximum: int, hint: str = "") -> Field:
    return _WholeNumberField(label, minimum=minimum, maximum=maximum, hint=hint)


def build_select_choices(choices: Sequence[tuple[str, str]]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in choices]


def radio_field(
    label: str,
    choices: Sequence[tuple[str, str]],
    *,
    name: str | None = None,
    required_message: str = "",
    hint: str = "",
) -> Field:
    return RadioField(
        label,
        name=name,
        description=hint,
        choices=build_select_choices(choices),
        validators=[RequireChoice(required_message)],
        coerce=_coerce_choice,
        widget=PlainRadioInput(),
    )


def checkbox_field(
    label: str,
    choices: Sequence[tuple[str, str]],
    *,
    name: str | None = None,
    required_message: str = "",
    hint: str = "",
) -> Field:
    return SelectMultipleField(
        label,
        name=name,
        description=hint,
        choices=build_select_choices(choices),
        validators=[RequireChoice(required_message)],
        widget=PlainCheckboxesInput(),
    )


def email_field(label: str, *, hint: str = "", required_message: str = "Enter your email address.") -> Field:
    return EmailField(
        label,
        description=hint,
        filters=[clean_single_line],
        validators=[
            InputRequired(required_message) if required_message else Optional(),
            Length(max=MAX_EMAIL_LENGTH, message="Enter a shorter email address."),
            Email("Enter an email address in the correct format, like name@example.org.", allow_smtputf8=False),
        ],
        widget=GovTextInput(),
    )


def add_field_error(field: Field, error: Exception | str) -> None:
    field.errors = [*field.errors, str(error)]


def _coerce_choice(value: object) -> str:
    return "" if value is None else str(value)
