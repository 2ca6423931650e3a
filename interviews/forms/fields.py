"""Fields, and the small forms of volunteers. The form to sign up is in offer_form.py, those of staff stand apart."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovTextArea, GovTextInput
from wtforms import Field, RadioField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from evidence.fields import Chosen, email_address
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


def lines(label: str, *, hint: str = "", required: str = "", most: int = MOST_CHARACTERS) -> Field:
    too_long = Length(max=most, message=f"Please shorten this to {most} characters.")
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


class MessageForm(FlaskForm):  # type: ignore[misc]
    text = lines(
        "Your message",
        hint="Say what we should know, for example which days and times would suit you.",
        required="Write a message.",
    )


class CancelInterviewForm(FlaskForm):  # type: ignore[misc]
    reason = line(
        "Reason",
        hint="The person reads it in the mail. Name nobody else.",
        required="Say why, so that we can tell them.",
    )
