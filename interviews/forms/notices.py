"""The forms of reminders, wordings and mails to many. Whether words can be used is checked in notices/."""

from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextArea
from wtforms import Field, TextAreaField
from wtforms.validators import DataRequired, Length

from evidence.fields import offered, one_of
from evidence.words import cleaned
from interviews.forms.fields import line

MOST_MAIL_CHARACTERS = 10_000
WHOLE_CALL = "whole call"


def mail_words(label: str, *, hint: str = "") -> Field:
    return TextAreaField(
        label,
        description=hint,
        filters=[lambda text: cleaned(text or "").strip()],
        validators=[
            DataRequired("Write what the mail says."),
            Length(max=MOST_MAIL_CHARACTERS, message=f"Please shorten this to {MOST_MAIL_CHARACTERS} characters."),
        ],
        widget=GovTextArea(),
    )


class ReminderTimesForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    times = TextAreaField(
        "Remind people",
        description="One time on each line, for example “1 week before”, “2 days before”, “90 minutes before”.",
        filters=[lambda text: cleaned(text or "").strip()],
        validators=[Length(max=1000, message="Please give fewer times.")],
        widget=GovTextArea(),
    )


class WordingForm(FlaskForm):  # type: ignore[misc]
    subject = line("Subject", hint="Others may read it, so nothing in it tells of health.", required="Enter a subject.")
    text = mail_words("What the mail says")


class MassMailForm(FlaskForm):  # type: ignore[misc]
    audience = one_of("Who gets it?", [], required="Choose who gets it.")
    site = one_of("At which site?", [])
    subject = line("Subject", hint="Others may read it, so nothing in it tells of health.", required="Enter a subject.")
    text = mail_words("What the mail says")

    def __init__(
        self, *args: Any, audiences: list[tuple[str, str]], sites: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self["audience"].choices = offered(audiences)
        self["site"].choices = offered([(WHOLE_CALL, "Everybody, whichever site"), *sites])
        if not self.is_submitted() and not self["site"].data:
            self["site"].data = WHOLE_CALL


class ReleaseForm(FlaskForm):  # type: ignore[misc]
    """A button and its token."""
