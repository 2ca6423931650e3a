"""Forms to offer to be interviewed: about the person, their needs, the case profile, consent; and to nominate."""

from typing import Any

from flask_wtf import FlaskForm

from core.form_fields import email_field, line_field, multiline_field, radio_field
from evidence.consent import list_terms_to_ask
from evidence.forms import CaseProfileFields, build_consent_form_class, read_decisions
from evidence.models import Call, Mode
from interviews.forms.volunteer_needs import NeedsFields
from interviews.targets.targets import list_capacity_choices
from interviews.volunteers.assisted_sign_up import ContactDetails
from interviews.volunteers.volunteers import SignUpDetails

NO_CAPACITY = "none of these"


class SignUpFields(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    name = line_field("Your name", required="Enter your name.")
    email = email_field(
        "Your email address", hint="We will send your personal link and the invitation to this address."
    )
    phone = line_field(
        "Phone number (optional)", hint="We only need this if you want to be interviewed by phone.", max_characters=40
    )
    capacity = multiline_field(
        "In what capacity would you speak?",
        hint="For example, “I run a waiting list clinic” or “I waited a year for an operation”.",
        required="Enter in what capacity you would speak.",
    )


def build_sign_up_form(call: Call, person_fields: Any = SignUpFields) -> Any:
    consent = build_consent_form_class(list_terms_to_ask(call, {Mode.INTERVIEW}))
    fields = (consent, person_fields, NeedsFields, CaseProfileFields)
    return type("VolunteerForm", fields, _build_capacity_field(call))(call=call)


def build_invited_sign_up_form(call: Call, *, asks_site: bool) -> Any:
    form = build_sign_up_form(call)
    del form.email
    if not asks_site and "site" in form:
        del form.site
    return form


def parse_sign_up(form: Any) -> SignUpDetails:
    return SignUpDetails(
        name=form.name.data,
        email=form.email.data if "email" in form else "",
        phone=form.phone.data,
        capacity=form.capacity.data,
        capacity_key=_get_chosen_capacity(form),
        needs=form.build_needs(),
        background=form.read_case_profile(),
        decisions=read_decisions(form),
    )


def _build_capacity_field(call: Call) -> dict[str, Any]:
    choices = list_capacity_choices(call)
    if not choices:
        return {}
    required = "Select what fits best, or “None of these”."
    field = radio_field(
        "Which of these fits best?", [*choices, (NO_CAPACITY, "None of these")], required_message=required
    )
    return {"capacity_key": field}


def _get_chosen_capacity(form: Any) -> str:
    chosen = form.capacity_key.data if "capacity_key" in form else NO_CAPACITY
    return "" if chosen == NO_CAPACITY else str(chosen)


class NominateForm(FlaskForm):  # type: ignore[misc]
    email = email_field("Their email address", hint="We will use it for one email and will not keep it.")


class AssistedSignUpFields(SignUpFields):
    name = line_field("Name", required="Enter their name.")
    email = email_field("Email address (optional)", hint="Only if we should email them.", required_message="")
    phone = line_field("Phone number (optional)", max_characters=40)
    postal_address = multiline_field("Postal address (optional)", hint="As on an envelope. We will send letters here.")
    capacity = multiline_field(
        "In what capacity would they speak?", required="Enter in what capacity they would speak."
    )


class ContactDetailsForm(FlaskForm):  # type: ignore[misc]
    email = email_field(
        "Email address (optional)", hint="We will send a personal link to a new address.", required_message=""
    )
    phone = line_field("Phone number (optional)", max_characters=40)
    postal_address = multiline_field("Postal address (optional)", hint="As on an envelope. We will send letters here.")

    def build_contact_details(self) -> ContactDetails:
        return ContactDetails(self.email.data or "", self.phone.data, self.postal_address.data)
