"""The form for a message to staff."""

from flask_wtf import FlaskForm

from core.form_fields import multiline_field


class MessageToStaffForm(FlaskForm):  # type: ignore[misc]
    text = multiline_field(
        "Your message",
        hint="For example, tell us which days and times would suit you.",
        required="Enter a message.",
    )
