"""The form to offer an interview: about the person, their needs, the background questions, consent."""

from typing import Any

from flask_wtf import FlaskForm

from evidence.consent import terms_for
from evidence.fields import email_address, one_of
from evidence.forms import BackgroundFields, consent_fields, decisions_in
from evidence.models import Call, Mode
from interviews.forms.fields import line, lines
from interviews.forms.needs import NeedsFields
from interviews.targets.targets import capacity_choices
from interviews.volunteers import Offer

NO_CAPACITY = "none of these"


class OfferFields(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    name = line("Your name", required="Enter your name.")
    email = email_address("Your email address", hint="We send your personal link and the invitation there.")
    phone = line("Telephone number (optional)", hint="Needed only if we are to ring you.", most=40)
    capacity = lines(
        "In what capacity would you speak?",
        hint="For example: I run a waiting list clinic, or: I waited a year for an operation.",
        required="Say in what capacity you would speak.",
    )


def volunteer_form(call: Call, about: Any = OfferFields) -> Any:
    """What the call asks everybody (background, consent) comes from evidence.forms. `about`: who the person is."""
    consent = consent_fields(terms_for(call, {Mode.INTERVIEW}))
    fields = (consent, about, NeedsFields, BackgroundFields)
    return type("VolunteerForm", fields, _capacity_choice(call))(call=call)


def invited_form(call: Call, *, asks_site: bool) -> Any:
    """The same for somebody whose address, and perhaps site, is known."""
    form = volunteer_form(call)
    del form.email
    if not asks_site and "site" in form:
        del form.site
    return form


def offer_in(form: Any) -> Offer:
    """What a valid form says; no address where the form does not ask for one."""
    return Offer(
        name=form.name.data,
        email=form.email.data if "email" in form else "",
        phone=form.phone.data,
        capacity=form.capacity.data,
        capacity_key=_chosen_capacity(form),
        needs=form.needs(),
        background=form.background(),
        decisions=decisions_in(form),
    )


def _capacity_choice(call: Call) -> dict[str, Any]:
    """Asked only where the call tells capacities apart."""
    choices = capacity_choices(call)
    if not choices:
        return {}
    required = "Choose what fits best, or “None of these”."
    field = one_of("Which of these fits best?", [*choices, (NO_CAPACITY, "None of these")], required=required)
    return {"capacity_key": field}


def _chosen_capacity(form: Any) -> str:
    chosen = form.capacity_key.data if "capacity_key" in form else NO_CAPACITY
    return "" if chosen == NO_CAPACITY else str(chosen)
