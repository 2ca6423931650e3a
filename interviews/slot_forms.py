"""The form with which an interviewer offers times, once or as a series."""

import re
from datetime import time
from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextInput
from wtforms import Field, StringField
from wtforms.validators import InputRequired, ValidationError

from evidence.fields import PlainDateField, offered, one_of
from evidence.models import Call
from interviews.availability.moments import Repeat, Series
from interviews.forms import line
from interviews.wording import KIND_WORDS

REPEAT_WORDS = {
    Repeat.ONCE: "On this day only",
    Repeat.WEEKDAYS: "Every day from Monday to Friday, until the last day",
    Repeat.WEEKLY: "Every week on the same day, until the last day",
}
FIRST_YEAR, LAST_YEAR = 2000, 2999  # far from where a calendar ends and a day cannot be reckoned with
CLOCK_TIME = re.compile(r"(\d{1,2})[:.](\d{2})")


class TimesField(StringField):
    """Clock times with commas or blanks between them; what was typed stays in the box."""

    widget = GovTextInput()

    def clock_times(self) -> tuple[time, ...]:
        return tuple(_clock_time(part) for part in re.split(r"[,;\s]+", (self.data or "").strip()))

    def pre_validate(self, form: Any) -> None:  # noqa: ARG002 WTForms passes it
        try:
            self.clock_times()
        except ValueError as error:
            raise ValidationError("Enter times like 9:30, 11:00 or 14:15, with commas between them.") from error


class PublishSlotsForm(FlaskForm):  # type: ignore[misc]
    call = one_of("For which call?", [], required="Choose a call.")
    first_on = PlainDateField("First day", validators=[InputRequired("Enter the first day.")])
    times = TimesField("Times", description="For example 9:30, 11:00, 14:15", filters=[])
    repeat = one_of(
        "Repeat", [(repeat.value, words) for repeat, words in REPEAT_WORDS.items()], required="Say whether it repeats."
    )
    last_on = PlainDateField("Last day", description="Only if it repeats.")
    kind = one_of(
        "How do you meet?",
        [(kind.value, words) for kind, words in KIND_WORDS.items()],
        required="Say how you meet.",
    )
    place = line(
        "Link, or room and address", hint="It goes into people's calendars. Leave it empty for the telephone.", most=500
    )

    def __init__(self, *args: Any, calls: list[Call], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self["call"].choices = offered([(call.slug, call.title) for call in calls])
        if not self.is_submitted():
            self.repeat.data = Repeat.ONCE.value
            self.call.data = calls[0].slug if len(calls) == 1 else None

    def validate_first_on(self, field: Field) -> None:
        if field.data is not None and not FIRST_YEAR <= field.data.year <= LAST_YEAR:
            raise ValidationError(f"Enter a day between {FIRST_YEAR} and {LAST_YEAR}.")

    def validate_last_on(self, field: Field) -> None:
        if self.repeat.data != Repeat.ONCE and field.data is None:
            raise ValidationError("Enter the last day, or choose “On this day only”.")

    def series(self, zone: str) -> Series:
        """What a valid form says; call it after validation."""
        first: Any = self.first_on.data
        return Series(first, self.last_on.data or first, Repeat(self.repeat.data), self.times.clock_times(), zone)


def _clock_time(text: str) -> time:
    found = CLOCK_TIME.fullmatch(text)
    if not found:
        raise ValueError(text)
    return time(int(found[1]), int(found[2]))
