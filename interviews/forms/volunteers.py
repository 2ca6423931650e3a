"""The form to offer an interview: about the person, their needs, the background questions, consent."""

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
    email = email_field("Your email address", hint="We send your personal link and the invitation there.")
    phone = line_field("Telephone number (optional)", hint="Needed only if we are to ring you.", max_characters=40)
    capacity = multiline_field(
        "In what capacity would you speak?",
        hint="For example: I run a waiting list clinic, or: I waited a year for an operation.",
        required="Say in what capacity you would speak.",
    )


def build_sign_up_form(call: Call, person_fields: Any = SignUpFields) -> Any:
    """What the call asks everybody (background, consent) comes from evidence.forms. `about`: who the person is."""
    consent = build_consent_form_class(list_terms_to_ask(call, {Mode.INTERVIEW}))
    fields = (consent, person_fields, NeedsFields, CaseProfileFields)
    return type("VolunteerForm", fields, _build_capacity_field(call))(call=call)


def build_invited_sign_up_form(call: Call, *, asks_site: bool) -> Any:
    """The same for somebody whose address, and perhaps site, is known."""
    form = build_sign_up_form(call)
    del form.email
    if not asks_site and "site" in form:
        del form.site
    return form


def parse_sign_up(form: Any) -> SignUpDetails:
    """What a valid form says; no address where the form does not ask for one."""
    return SignUpDetails(
        name=form.name.data,
        email=form.email.data if "email" in form else "",
        phone=form.phone.data,
        capacity=form.capacity.data,
        capacity_key=_get_chosen_capacity(form),
        needs=form.needs(),
        background=form.background(),
        decisions=read_decisions(form),
    )


def _build_capacity_field(call: Call) -> dict[str, Any]:
    """Asked only where the call tells capacities apart."""
    choices = list_capacity_choices(call)
    if not choices:
        return {}
    required = "Choose what fits best, or “None of these”."
    field = radio_field(
        "Which of these fits best?", [*choices, (NO_CAPACITY, "None of these")], required_message=required
    )
    return {"capacity_key": field}


def _get_chosen_capacity(form: Any) -> str:
    chosen = form.capacity_key.data if "capacity_key" in form else NO_CAPACITY
    return "" if chosen == NO_CAPACITY else str(chosen)


class NominateForm(FlaskForm):  # type: ignore[misc]
    email = email_field("Their email address", hint="We use it for one mail and do not keep it.")


class AssistedSignUpFields(SignUpFields):
    """Who somebody is for whom staff fill in the form to offer an interview."""

    name = line_field("Name", required="Enter the name.")
    email = email_field("Email address (optional)", hint="Only if mail is to go there.", required_message="")
    phone = line_field("Telephone number (optional)", max_characters=40)
    postal_address = multiline_field("Postal address (optional)", hint="As on an envelope. Letters go there.")
    capacity = multiline_field("In what capacity would they speak?", required="Say in what capacity they would speak.")


class ContactDetailsForm(FlaskForm):  # type: ignore[misc]
    email = email_field("Email address (optional)", hint="A new one is mailed a personal link.", required_message="")
    phone = line_field("Telephone number (optional)", max_characters=40)
    postal_address = multiline_field("Postal address (optional)", hint="As on an envelope. Letters go there.")

    def build_contact_details(self) -> ContactDetails:
        """What a valid form says."""
        return ContactDetails(self.email.data or "", self.phone.data, self.postal_address.data)
