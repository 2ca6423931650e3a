"""The forms of this package's pages."""

from collections.abc import Mapping, Sequence

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput, GovFileInput, GovSelect, GovSubmitInput
from wtforms import BooleanField, FileField, SelectField, SubmitField

from core.form_fields import build_select_choices
from transcripts.models import Recording
from transcripts.recordings import languages


class LanguageForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    """Only drawn: its answer is one word, which languages.py reads."""

    language = SelectField(
        "Language spoken", choices=build_select_choices(languages.LANGUAGE_CHOICES), widget=GovSelect()
    )
    submit = SubmitField("Change the language", widget=GovSubmitInput())


class UploadForm(FlaskForm):  # type: ignore[misc]
    """Only drawn, never filled: the view reads the file from the body as it arrives, and checks the token itself.

    What is chosen stands before the file, since it has to be known before the file is read.
    """

    language = SelectField(
        "Language spoken", choices=build_select_choices(languages.LANGUAGE_CHOICES), widget=GovSelect()
    )
    together = SelectField("Ran at the same time as", choices=[], widget=GovSelect())
    others_follow = BooleanField(
        "I shall send another file that ran at the same time as this one", widget=GovCheckboxInput()
    )
    recording = FileField("Recording", widget=GovFileInput())
    submit = SubmitField("Upload", widget=GovSubmitInput())

    class Meta:
        csrf = False

    @classmethod
    def build(cls, other_recordings: Sequence[Recording], values: Mapping[str, str]) -> "UploadForm":
        """Without looking at the request: that alone would read the whole body.

        `beside`: recordings that this one may have run beside; `words`: what was chosen when the form came back.
        """
        chosen = {**values, "others_follow": bool(values.get("others_follow"))}
        form = cls(formdata=None, data=chosen)
        others = [(str(row.id), f"Recording {row.position}") for row in other_recordings]
        form.together.choices = build_select_choices([("", "No other file"), *others])
        return form

    def show_error(self, message: str) -> None:
        self.recording.errors = [message]
