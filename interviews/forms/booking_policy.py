"""The form for what people can do with their bookings themselves."""

from flask_wtf import FlaskForm

from core.form_fields import whole_number_field
from interviews.bookings.booking_policy import BookingPolicyChoices

MAX_HOURS = 14 * 24
MAX_CHANGES = 100


class BookingPolicyForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    cutoff_hours = whole_number_field(
        "How many hours before the interview can people still move or cancel it themselves?",
        hint="After that, they have to write to you. Enter 0 to allow it until the interview starts.",
        minimum=0,
        maximum=MAX_HOURS,
    )
    max_self_service_changes = whole_number_field(
        "How many times can one person move or cancel an interview themselves?",
        hint="After that, they have to write to you.",
        minimum=0,
        maximum=MAX_CHANGES,
    )
    offer_hours = whole_number_field(
        "How many hours do we keep a free place in a group session for the next person on the waiting list?",
        hint="After that, we offer the place to the next person.",
        minimum=1,
        maximum=MAX_HOURS,
    )

    def build_choices(self) -> BookingPolicyChoices:
        return BookingPolicyChoices(self.cutoff_hours.data, self.max_self_service_changes.data, self.offer_hours.data)
