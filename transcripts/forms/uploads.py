"""The plain upload form."""

from collections.abc import Mapping, Sequence

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput, GovFileInput, GovSelect, GovSubmitInput
from wtforms import BooleanField, FileField, SelectField, SubmitField

from core.form_fields import build_select_choices
from evidence import languages
from transcripts.models import Recording


class UploadForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    """Only rendered: the view reads the file as it arrives, and checks the CSRF token itself.

    The other fields come before the file, since they have to be known before it is read.
    """

    language = SelectField(
        "Language spoken", choices=build_select_choices(languages.LANGUAGE_CHOICES), widget=GovSelect()
    )
    together = SelectField("Recorded at the same time as", choices=[], widget=GovSelect())
    others_follow = BooleanField(
        "I will upload another file that was recorded at the same time as this one", widget=GovCheckboxInput()
    )
    recording = FileField("Recording", widget=GovFileInput())
    submit = SubmitField("Upload", widget=GovSubmitInput())

    class Meta:
        csrf = False

    @classmethod
    def build(cls, other_recordings: Sequence[Recording], values: Mapping[str, str]) -> "UploadForm":
        """Does not look at the request, which would read the whole body. `values`: what was chosen before an error."""
        chosen = {**values, "others_follow": bool(values.get("others_follow"))}
        form = cls(formdata=None, data=chosen)
        others = [(str(row.id), f"Recording {row.position}") for row in other_recordings]
        form.together.choices = build_select_choices([("", "No other recording"), *others])
        return form
