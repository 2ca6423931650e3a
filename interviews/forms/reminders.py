"""The form for the times of reminders."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextArea
from wtforms import TextAreaField
from wtforms.validators import Length

from core.text_cleaning import clean_text


class ReminderTimesForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    times = TextAreaField(
        "When to remind people",
        description="Enter each time on a new line. For example, “1 week before” or “90 minutes before”.",
        filters=[lambda text: clean_text(text or "").strip()],
        validators=[Length(max=1000, message="Enter fewer times.")],
        widget=GovTextArea(),
    )
