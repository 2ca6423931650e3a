"""The forms of bringing in a transcript. What may be chosen depends on the interview and on what was read."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovFileInput, GovSelect, GovSubmitInput
from wtforms import FileField, HiddenField, SelectField, SubmitField
from wtforms.validators import AnyOf

from core import clock
from core.form_fields import build_select_choices, radio_field
from transcripts.importing import ImportedTranscript, SpeakerShare
from transcripts.importing.imported_transcripts import ImportChoice
from transcripts.models import Recording
from transcripts.recordings import languages

ROLE_PREFIX = "speaks_"
ROLE_LABELS = {
    "interviewer": "The interviewer, who asks",
    "participant": "The participant, who answers",
    "other": "Somebody else",
}
UNKNOWN_ROLE_LABEL = "I cannot tell"
NO_RECORDING = "none"


class ImportFileForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    """Only drawn, never filled: the view reads the file from the body as it arrives, and checks the token itself."""

    transcript = FileField("Transcript", widget=GovFileInput())
    submit = SubmitField("Continue", widget=GovSubmitInput())

    class Meta:
        csrf = False

    @classmethod
    def build(cls, error: str = "") -> "ImportFileForm":
        """Without looking at the request: that alone would read the whole body."""
        form = cls(formdata=None)
        if error:
            form.transcript.errors = [error]
        return form


class _ImportForm(FlaskForm):  # type: ignore[misc]
    def get_choice(self) -> ImportChoice:
        recording = self["recording"].data
        roles = {name.removeprefix(ROLE_PREFIX): self[name].data for name in list_role_fields(self) if self[name].data}
        return ImportChoice(None if recording == NO_RECORDING else UUID(recording), self["language"].data, roles)


def build_import_form(
    read: ImportedTranscript, speakers: Sequence[SpeakerShare], recordings: Sequence[Recording], language: str | None
) -> Any:
    """A form class: a role for each speaker, the recording it belongs to, the language."""
    fields: dict[str, Any] = {
        f"{ROLE_PREFIX}{speaker.letter}": SelectField(
            f"Who is speaker {speaker.letter}?",
            choices=build_select_choices([("", UNKNOWN_ROLE_LABEL), *ROLE_LABELS.items()]),
            default="",
            widget=GovSelect(),
        )
        for speaker in speakers
        if speaker.letter
    }
    fields["recording"] = _build_recording_field(recordings)
    fields["language"] = SelectField(
        "Language spoken",
        choices=build_select_choices(_list_language_choices(read.spoken.language)),
        default=language or read.spoken.language,
        widget=GovSelect(),
    )
    fields["submit"] = SubmitField("Bring it in", widget=GovSubmitInput())
    return type("ImportForm", (_ImportForm,), fields)


def _build_recording_field(recordings: Sequence[Recording]) -> Any:
    """Asked only where there is a choice."""
    if not recordings:
        return HiddenField(default=NO_RECORDING, validators=[AnyOf([NO_RECORDING])])
    return radio_field(
        "Which recording is it the text of?",
        [*((str(row.id), _describe_recording(row)) for row in recordings), (NO_RECORDING, "None: it comes by itself")],
        required_message="Choose the recording, or that there is none.",
    )


def _describe_recording(recording: Recording) -> str:
    """So that one of several is known again."""
    length = recording.duration_seconds
    came = clock.format_day_and_time(recording.uploaded_at, recording.contribution.call.zone)
    long = f", {clock.format_seconds(length)} long" if length is not None else ""
    return f"Recording {recording.position}{long}, which came on {came}"


def list_role_fields(form: FlaskForm) -> list[str]:
    return [name for name in form._fields if name.startswith(ROLE_PREFIX)]


def _list_language_choices(detected: str) -> list[tuple[str, str]]:
    known = list(languages.LANGUAGE_NAMES.items())
    return known if detected in languages.LANGUAGE_NAMES else [(detected, detected), *known]
