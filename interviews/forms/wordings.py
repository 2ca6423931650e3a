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
            DataRequired("Enter the text of the email."),
            Length(max=MAX_MAIL_CHARACTERS, message=f"The text must be {MAX_MAIL_CHARACTERS} characters or fewer."),
        ],
        widget=GovTextArea(),
    )


class WordingForm(FlaskForm):  # type: ignore[misc]
    subject = line_field(
        "Subject", hint="Other people may see this, so do not mention health.", required="Enter a subject."
    )
    text = mail_text_field("Text of the email")
