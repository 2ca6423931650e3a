"""Forms on the pages of a person's own data."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovSubmitInput
from wtforms import SubmitField

from core.form_fields import line_field, multiline_field


class ContactForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    name = line_field("Your name")
    phone = line_field("Phone number")
    postal_address = multiline_field("Postal address")
    submit = SubmitField("Save", widget=GovSubmitInput())


class CorrectionForm(FlaskForm):  # type: ignore[misc]
    text = multiline_field("What is wrong, and what should it say?", required="Write what is wrong.")
    submit = SubmitField("Send", widget=GovSubmitInput())
