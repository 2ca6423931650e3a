"""The forms for signing in and managing people."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxesInput,
    GovCheckboxInput,
    GovSubmitInput,
    GovTextInput,
)
from wtforms import BooleanField, SelectMultipleField, StringField, SubmitField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length

from accounts.roles import STAFF_ROLES, Role
from core.form_fields import email_field
from core.text_cleaning import clean_single_line

MAX_NAME_LENGTH = 200
ROLE_DESCRIPTIONS = {
    Role.COORDINATOR: "writes calls, accepts volunteers, manages people, sees outgoing email",
    Role.INTERVIEWER: "offers times, runs interviews, uploads recordings",
    Role.REVIEWER: "reads transcripts and answers",
}
ROLE_CHOICES = [
    SelectChoice(role.value, f"{role.value.capitalize()}: {ROLE_DESCRIPTIONS[role]}") for role in STAFF_ROLES
]


class SignInForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    email = email_field("Email address", required_message="Enter an email address.")
    submit = SubmitField("Send me a link", widget=GovSubmitInput())


class PersonForm(FlaskForm):  # type: ignore[misc]
    name = StringField(
        "Name",
        widget=GovTextInput(),
        filters=[clean_single_line],
        validators=[
            InputRequired("Enter a name"),
            Length(min=1, max=MAX_NAME_LENGTH, message=f"Enter a name of {MAX_NAME_LENGTH} characters or fewer"),
        ],
    )
    roles = SelectMultipleField(
        "Roles",
        widget=GovCheckboxesInput(),
        choices=ROLE_CHOICES,
        validators=[InputRequired("Select at least one role")],
    )
    submit = SubmitField("Save", widget=GovSubmitInput())

    @property
    def chosen_roles(self) -> frozenset[Role]:
        return frozenset(Role(value) for value in self.roles.data or [])


class AddPersonForm(PersonForm):
    email = email_field("Email address", required_message="Enter an email address.")


class ChangePersonForm(PersonForm):
    is_active = BooleanField("Can sign in", widget=GovCheckboxInput())
