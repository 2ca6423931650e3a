"""Why something is removed."""

from flask_wtf import FlaskForm

from core.form_fields import radio_field
from privacy.mistakes.removal import RemovalReason


class RemovalForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    reason = radio_field(
        "Why do you remove it?",
        [(reason.value, reason.value.capitalize()) for reason in RemovalReason],
        required_message="Select why you remove it.",
    )

    @property
    def chosen_reason(self) -> RemovalReason:
        return RemovalReason(self.reason.data)
