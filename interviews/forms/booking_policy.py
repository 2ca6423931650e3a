"""The form with which coordinators set what people may do alone with their bookings."""

from flask_wtf import FlaskForm

from core.form_fields import whole_number_field
from interviews.bookings.booking_policy import BookingPolicyChoices

MAX_HOURS = 14 * 24
MAX_CHANGES = 100


class BookingPolicyForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    cutoff_hours = whole_number_field(
        "Until how many hours before the interview may people move and cancel alone?",
        hint="After that they write to you. 0: until it begins.",
        minimum=0,
        maximum=MAX_HOURS,
    )
    most_own_changes = whole_number_field(
        "How many times may one person move or cancel alone?",
        hint="After that they write to you.",
        minimum=0,
        maximum=MAX_CHANGES,
    )
    offer_hours = whole_number_field(
        "For how many hours is a freed place in a group session kept for one person?",
        hint="Then it goes to the next on the waiting list.",
        minimum=1,
        maximum=MAX_HOURS,
    )

    def build_choices(self) -> BookingPolicyChoices:
        """What a valid form says."""
        return BookingPolicyChoices(self.cutoff_hours.data, self.most_own_changes.data, self.offer_hours.data)
