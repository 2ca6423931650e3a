"""The forms of the recordings pages."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovSelect, GovSubmitInput
from wtforms import SelectField, SubmitField

from core.form_fields import build_select_choices
from evidence import languages


class LanguageForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    language = SelectField(
        "Language spoken", choices=build_select_choices(languages.LANGUAGE_CHOICES), widget=GovSelect()
    )
    submit = SubmitField("Change language", widget=GovSubmitInput())
