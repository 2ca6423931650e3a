"""The form with which coordinators set what people may do alone with their bookings."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextInput
from wtforms import Field, IntegerField
from wtforms.validators import InputRequired, NumberRange

from interviews.rules import RuleChoices

MOST_HOURS = 14 * 24
MOST_CHANGES = 100


def whole_number(label: str, *, hint: str, least: int, most: int) -> Field:
    words = f"Enter a whole number from {least} to {most}."
    return IntegerField(
        label,
        description=hint,
        validators=[InputRequired(words), NumberRange(least, most, words)],
        widget=GovTextInput(),
    )


class BookingRulesForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    cutoff_hours = whole_number(
        "Until how many hours before the interview may people move and cancel alone?",
        hint="After that they write to you. 0: until it begins.",
        least=0,
        most=MOST_HOURS,
    )
    most_own_changes = whole_number(
        "How many times may one person move or cancel alone?",
        hint="After that they write to you.",
        least=0,
        most=MOST_CHANGES,
    )
    offer_hours = whole_number(
        "For how many hours is a freed place in a group session kept for one person?",
        hint="Then it goes to the next on the waiting list.",
        least=1,
        most=MOST_HOURS,
    )

    def choices(self) -> RuleChoices:
        """What a valid form says."""
        return RuleChoices(self.cutoff_hours.data, self.most_own_changes.data, self.offer_hours.data)
