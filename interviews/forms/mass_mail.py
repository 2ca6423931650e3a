"""The forms of group emails. Whether a text can be used: mass_mails.py."""

from typing import Any

from flask_wtf import FlaskForm

from core.form_fields import build_select_choices, line_field, radio_field
from interviews.forms.wordings import mail_text_field

WHOLE_CALL = "whole call"


class MassMailForm(FlaskForm):  # type: ignore[misc]
    audience = radio_field("Who should get it?", [], required_message="Select who should get it.")
    site = radio_field("Which site?", [])
    subject = line_field(
        "Subject", hint="Other people may see this, so do not mention health.", required="Enter a subject."
    )
    text = mail_text_field("Text of the email")

    def __init__(
        self, *args: Any, audiences: list[tuple[str, str]], sites: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self["audience"].choices = build_select_choices(audiences)
        self["site"].choices = build_select_choices([(WHOLE_CALL, "All sites"), *sites])
        if not self.is_submitted() and not self["site"].data:
            self["site"].data = WHOLE_CALL


class ReleaseForm(FlaskForm):  # type: ignore[misc]
    ...
