"""Forms of double coding."""

from collections.abc import Sequence
from typing import Any

from flask_wtf import FlaskForm

from accounts.models import StaffMember
from core.form_fields import checkbox_field, line_field, whole_number_field
from review.agreement.rounds import MAX_SAMPLE


class RoundForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    title = line_field("Name", hint="For example “First round, June”.", required="Enter a name.", max_characters=100)
    coders = checkbox_field("Who codes", [], required_message="Choose at least two people.")
    size = whole_number_field(
        "How many contributions",
        minimum=1,
        maximum=MAX_SAMPLE,
        hint="They are drawn at random. All coders get the same.",
    )

    def offer(self, coders: Sequence[StaffMember]) -> "RoundForm":
        field: Any = self.coders
        field.choices = [(str(member.id), member.name) for member in coders]
        return self
