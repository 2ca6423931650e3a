"""The forms of reminders, wordings and mails to many. Whether words can be used is checked in notices/."""

from typing import Any

from flask_wtf import FlaskForm

from core.form_fields import build_select_choices, line_field, radio_field
from interviews.forms.wordings import mail_text_field

WHOLE_CALL = "whole call"


class MassMailForm(FlaskForm):  # type: ignore[misc]
    audience = radio_field("Who gets it?", [], required_message="Choose who gets it.")
    site = radio_field("At which site?", [])
    subject = line_field(
        "Subject", hint="Others may read it, so nothing in it tells of health.", required="Enter a subject."
    )
    text = mail_text_field("What the mail says")

    def __init__(
        self, *args: Any, audiences: list[tuple[str, str]], sites: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self["audience"].choices = build_select_choices(audiences)
        self["site"].choices = build_select_choices([(WHOLE_CALL, "Everybody, whichever site"), *sites])
        if not self.is_submitted() and not self["site"].data:
            self["site"].data = WHOLE_CALL


class ReleaseForm(FlaskForm):  # type: ignore[misc]
    """A button and its token."""
