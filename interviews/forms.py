"""The forms of this package. What the call asks everybody (background, consent) comes from evidence.forms."""

from typing import Any

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextArea, GovTextInput
from wtforms import Field, RadioField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from evidence.consent import terms_for
from evidence.fields import Chosen, email_address
from evidence.forms import BackgroundFields, consent_fields
from evidence.models import Call, Mode
from evidence.words import cleaned, one_line

MOST_LINE_CHARACTERS = 200
MOST_CHARACTERS = 2000


def line(label: str, *, hint: str = "", required: str = "", most: int = MOST_LINE_CHARACTERS) -> Field:
    too_long = Length(max=most, message=f"Please shorten this to {most} characters.")
    return StringField(
        label,
        description=hint,
        filters=[lambda text: one_line(text or "")],
        validators=[DataRequired(required), too_long] if required else [too_long],
        widget=GovTextInput(),
    )


def lines(label: str, *, hint: str = "", required: str = "") -> Field:
    too_long = Length(max=MOST_CHARACTERS, message=f"Please shorten this to {MOST_CHARACTERS} characters.")
    return TextAreaField(
        label,
        description=hint,
        filters=[lambda text: cleaned(text or "").strip()],
        validators=[DataRequired(required), too_long] if required else [too_long],
        widget=GovTextArea(),
    )


def refuse(field: Field, error: Exception) -> None:
    """Say at the field that can mend it why a rule was broken."""
    field.errors = [*field.errors, str(error)]


class OfferFields(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    name = line("Your name", required="Enter your name.")
    email = email_address("Your email address", hint="We send your personal link and the invitation there.")
    phone = line("Telephone number (optional)", hint="Needed only if we are to ring you.", most=40)
    capacity = lines(
        "In what capacity would you speak?",
        hint="For example: I run a waiting list clinic, or: I waited a year for an operation.",
        required="Say in what capacity you would speak.",
    )
    access_needs = lines(
        "Do you need anything to take part? (optional)", hint="For example captions, breaks, a ground floor room."
    )
    language = line("Which language would you like to speak? (optional)", hint="Leave this empty for English.")
    companion = line("Will somebody be with you? (optional)", hint="For example an interpreter, a carer, a friend.")


def volunteer_form(call: Call) -> Any:
    """The form to offer an interview to a call: about the person, the four background questions, consent."""
    consent = consent_fields(terms_for(call, {Mode.INTERVIEW}))
    return type("VolunteerForm", (consent, OfferFields, BackgroundFields), {})(call=call)


class NominateForm(FlaskForm):  # type: ignore[misc]
    email = email_address("Their email address", hint="We use it for one mail and do not keep it.")


class ChooseSlotForm(FlaskForm):  # type: ignore[misc]
    slot = RadioField("Choose a time", validators=[Chosen("Choose a time.")], validate_choice=False, choices=[])
    phone = line("Telephone number", hint="Needed only if you choose a time by telephone.", most=40)


class MoveInterviewForm(FlaskForm):  # type: ignore[misc]
    slot = RadioField("Choose a time", validators=[Chosen("Choose a time.")], validate_choice=False, choices=[])
    reason = line("Reason (optional)", hint="The person reads it in the mail. Name nobody else.")


class CancelBookingForm(FlaskForm):  # type: ignore[misc]
    reason = lines("Reason (optional)", hint="Only the people who run this call read it.")


class CancelInterviewForm(FlaskForm):  # type: ignore[misc]
    reason = line(
        "Reason",
        hint="The person reads it in the mail. Name nobody else.",
        required="Say why, so that we can tell them.",
    )
