"""Forms of sign-in and of the people page."""

from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovCheckboxInput,
    GovSubmitInput,
    GovTextInput,
)
from wtforms import BooleanField, EmailField, SelectMultipleField, StringField, SubmitField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import Email, InputRequired, Length

from accounts.roles import STAFF_ROLES, Role
from core.fields import one_line

MAX_NAME_LENGTH = 200
MAX_EMAIL_LENGTH = 254  # RFC 5321 §4.5.3.1.3, without the angle brackets
NOT_AN_ADDRESS = "Enter an email address in the correct format, like name@example.com"
WHAT_ROLES_DO = {
    Role.COORDINATOR: "writes calls, accepts volunteers, manages people, sees outgoing mail",
    Role.INTERVIEWER: "offers times, interviews, uploads recordings",
    Role.REVIEWER: "reads transcripts and answers",
}
ROLE_CHOICES = [SelectChoice(role.value, f"{role.value.capitalize()}: {WHAT_ROLES_DO[role]}") for role in STAFF_ROLES]


def _email_field(label: str) -> EmailField:
    return EmailField(
        label,
        widget=GovTextInput(),
        filters=[lambda text: text.strip() if text else text],
        validators=[
            InputRequired("Enter an email address"),
            Length(max=MAX_EMAIL_LENGTH, message=NOT_AN_ADDRESS),
            Email(NOT_AN_ADDRESS),
        ],
    )


class SignInForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    email = _email_field("Email address")
    submit = SubmitField("Send me a link", widget=GovSubmitInput())


class PersonForm(FlaskForm):  # type: ignore[misc]
    """Somebody's name and roles."""

    name = StringField(
        "Name",
        widget=GovTextInput(),
        filters=[one_line],
        validators=[
            InputRequired("Enter a name"),
            Length(min=1, max=MAX_NAME_LENGTH, message=f"Enter a name of at most {MAX_NAME_LENGTH} letters"),
        ],
    )
    roles = SelectMultipleField(
        "What this person does",
        widget=GovCheckboxesInput(),
        choices=ROLE_CHOICES,
        validators=[InputRequired("Choose at least one role")],
    )
    submit = SubmitField("Save", widget=GovSubmitInput())

    @property
    def chosen_roles(self) -> frozenset[Role]:
        return frozenset(Role(value) for value in self.roles.data or [])


class AddPersonForm(PersonForm):
    email = _email_field("Email address")


class ChangePersonForm(PersonForm):
    is_active = BooleanField("May sign in", widget=GovCheckboxInput())


def attach(field: Any, error: Exception) -> None:
    """Show a broken rule at the field that can mend it."""
    field.errors = [*field.errors, str(error)]
