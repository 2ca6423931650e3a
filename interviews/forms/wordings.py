"""The form for a call's own wording of an email."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextArea
from wtforms import Field, TextAreaField
from wtforms.validators import DataRequired, Length

from core.form_fields import line_field
from core.text_cleaning import clean_text

MAX_MAIL_CHARACTERS = 10_000


def mail_text_field(label: str, *, hint: str = "") -> Field:
    return TextAreaField(
        label,
        description=hint,
        filters=[lambda text: clean_text(text or "").strip()],
        validators=[
            DataRequired("Write what the mail says."),
            Length(max=MAX_MAIL_CHARACTERS, message=f"Please shorten this to {MAX_MAIL_CHARACTERS} characters."),
        ],
        widget=GovTextArea(),
    )


class WordingForm(FlaskForm):  # type: ignore[misc]
    subject = line_field(
        "Subject", hint="Others may read it, so nothing in it tells of health.", required="Enter a subject."
    )
    text = mail_text_field("What the mail says")
