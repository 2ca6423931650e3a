"""The forms of this package's pages."""

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovFileInput, GovSubmitInput
from wtforms import FileField, SubmitField


class UploadForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    """Only drawn, never filled: the view reads the file from the body as it arrives, and checks the token itself."""

    recording = FileField("Recording", widget=GovFileInput())
    submit = SubmitField("Upload", widget=GovSubmitInput())

    class Meta:
        csrf = False

    @classmethod
    def empty(cls) -> "UploadForm":
        """Without looking at the request: that alone would read the whole body."""
        return cls(formdata=None)

    def refuse(self, words: str) -> None:
        self.recording.errors = [words]
