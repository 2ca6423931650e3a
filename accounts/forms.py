"""The forms for signing in and managing people."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput, GovSubmitInput
from wtforms import BooleanField, SubmitField

from accounts.roles import STAFF_ROLES, Role
from core.form_fields import checkbox_field, email_field, line_field

ROLE_DESCRIPTIONS = {
    Role.COORDINATOR: "writes calls, accepts volunteers, manages people, sees outgoing email",
    Role.INTERVIEWER: "offers times, runs interviews, uploads recordings",
    Role.REVIEWER: "reads transcripts and answers",
}
ROLE_CHOICES = [(role.value, f"{role.value.capitalize()}: {ROLE_DESCRIPTIONS[role]}") for role in STAFF_ROLES]


class SignInForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    email = email_field("Email address", required_message="Enter an email address.")
    submit = SubmitField("Send me a link", widget=GovSubmitInput())


class CodeForm(FlaskForm):  # type: ignore[misc]
    code = line_field("Code", required="Enter the code.", max_characters=60)
    submit = SubmitField("Continue", widget=GovSubmitInput())


class PressForm(FlaskForm):  # type: ignore[misc]
    """Only a button, with protection against forged requests."""


class PersonForm(FlaskForm):  # type: ignore[misc]
    name = line_field("Name", required="Enter a name.")
    roles = checkbox_field("Roles", ROLE_CHOICES, required_message="Select at least one role.")
    submit = SubmitField("Save", widget=GovSubmitInput())

    @property
    def chosen_roles(self) -> frozenset[Role]:
        return frozenset(Role(value) for value in self.roles.data or [])


class AddPersonForm(PersonForm):
    email = email_field("Email address", required_message="Enter an email address.")


class ChangePersonForm(PersonForm):
    is_active = BooleanField("Can sign in", widget=GovCheckboxInput())
