"""The forms of bringing in a transcript. What may be chosen depends on the interview and on what was read."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovFileInput, GovSelect, GovSubmitInput
from wtforms import FileField, HiddenField, SelectField, SubmitField
from wtforms.validators import AnyOf

from core import clock
from evidence.fields import offered, one_of
from transcripts import languages
from transcripts.importing import ReadTranscript, SpeakerShare
from transcripts.imports import Choice
from transcripts.models import Recording

ROLE_PREFIX = "speaks_"
ROLES = {
    "interviewer": "The interviewer, who asks",
    "participant": "The participant, who answers",
    "other": "Somebody else",
}
NOT_SAID = "I cannot tell"
NO_RECORDING = "none"


class ImportFileForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    """Only drawn, never filled: the view reads the file from the body as it arrives, and checks the token itself."""

    transcript = FileField("Transcript", widget=GovFileInput())
    submit = SubmitField("Continue", widget=GovSubmitInput())

    class Meta:
        csrf = False

    @classmethod
    def refused(cls, words: str = "") -> "ImportFileForm":
        """Without looking at the request: that alone would read the whole body."""
        form = cls(formdata=None)
        if words:
            form.transcript.errors = [words]
        return form


class _ImportForm(FlaskForm):  # type: ignore[misc]
    def chosen(self) -> Choice:
        recording = self["recording"].data
        roles = {name.removeprefix(ROLE_PREFIX): self[name].data for name in role_fields(self) if self[name].data}
        return Choice(None if recording == NO_RECORDING else UUID(recording), self["language"].data, roles)


def import_form(
    read: ReadTranscript, speakers: Sequence[SpeakerShare], beside: Sequence[Recording], language: str | None
) -> Any:
    """A form class: a role for each speaker, the recording it belongs to, the language."""
    fields: dict[str, Any] = {
        f"{ROLE_PREFIX}{speaker.letter}": SelectField(
            f"Who is speaker {speaker.letter}?",
            choices=offered([("", NOT_SAID), *ROLES.items()]),
            default="",
            widget=GovSelect(),
        )
        for speaker in speakers
        if speaker.letter
    }
    fields["recording"] = _recording(beside)
    fields["language"] = SelectField(
        "Language spoken",
        choices=offered(_languages(read.spoken.language)),
        default=language or read.spoken.language,
        widget=GovSelect(),
    )
    fields["submit"] = SubmitField("Bring it in", widget=GovSubmitInput())
    return type("ImportForm", (_ImportForm,), fields)


def _recording(beside: Sequence[Recording]) -> Any:
    """Asked only where there is a choice."""
    if not beside:
        return HiddenField(default=NO_RECORDING, validators=[AnyOf([NO_RECORDING])])
    return one_of(
        "Which recording is it the text of?",
        [*((str(row.id), _label(row)) for row in beside), (NO_RECORDING, "None: it comes by itself")],
        required="Choose the recording, or that there is none.",
    )


def _label(recording: Recording) -> str:
    """So that one of several is known again."""
    length = recording.duration_seconds
    came = clock.day_and_time(recording.uploaded_at, recording.contribution.call.zone)
    long = f", {clock.seconds_as_time(length)} long" if length is not None else ""
    return f"Recording {recording.position}{long}, which came on {came}"


def role_fields(form: FlaskForm) -> list[str]:
    return [name for name in form._fields if name.startswith(ROLE_PREFIX)]


def _languages(read: str) -> list[tuple[str, str]]:
    known = list(languages.NAMES.items())
    return known if read in languages.NAMES else [(read, read), *known]
