"""Forms of importing a transcript. The choices depend on the interview and on what was read."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from flask_wtf import FlaskForm
from govuk_frontend_wtf.wtforms_widgets import GovFileInput, GovSelect, GovSubmitInput
from wtforms import FileField, HiddenField, SelectField, SubmitField
from wtforms.validators import AnyOf

from core import clock
from core.form_fields import build_select_choices, checkbox_field, multiline_field, radio_field
from evidence import languages
from transcripts.importing import Corrections, DoubtfulLabel, ImportedTranscript, SpeakerShare
from transcripts.importing.corrections_json import corrections_from_json, corrections_to_json
from transcripts.importing.imported_transcripts import ImportChoice
from transcripts.models import Recording

ROLE_PREFIX = "speaks_"
LABEL_PREFIX = "label_"
SAME_PREFIX = "same_as_"
NAME, SPEECH = "name", "speech"
ROLE_LABELS = {
    "interviewer": "The interviewer, who asks",
    "participant": "The participant, who answers",
    "other": "Somebody else",
}
UNKNOWN_ROLE_LABEL = "I cannot tell"
NOBODY_LABEL = "Nobody: this is not the name of a speaker"
LABEL_CHOICES = ((NAME, "The name of a speaker"), (SPEECH, "Part of what somebody said"))
NO_RECORDING = "none"


class ImportFileForm(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    """Only rendered: the view reads the file from the body as it arrives, and checks the CSRF token itself."""

    transcript = FileField("Transcript", widget=GovFileInput())
    submit = SubmitField("Continue", widget=GovSubmitInput())

    class Meta:
        csrf = False

    @classmethod
    def build(cls, error: str = "") -> "ImportFileForm":
        """Does not look at the request: that alone would read the whole body."""
        form = cls(formdata=None)
        if error:
            form.transcript.errors = [error]
        return form


class ImportFormBase(FlaskForm):  # type: ignore[misc]  # flask_wtf is untyped
    read: ImportedTranscript

    def get_choice(self) -> ImportChoice:
        recording = self["recording"].data
        return ImportChoice(
            None if recording == NO_RECORDING else UUID(recording), self["language"].data, dict(self._iter_roles())
        )

    def get_shown_corrections(self) -> Corrections:
        return corrections_from_json(self["corrections"].data or "")

    def get_corrections(self) -> Corrections:
        shown = self.get_shown_corrections()
        names, speech = self._list_changed_to(NAME), self._list_changed_to(SPEECH)
        names |= set(self._list_more_names())
        speech |= {name for letter, name in self.read.names.items() if self._get_role(letter) == SPEECH}
        restored = {line.text for line in self.read.left_out if line.key in (self["restored"].data or ())}
        return Corrections(
            (shown.names | names) - speech,
            (shown.speech | speech) - names,
            shown.restored | restored,
            {**shown.same_person, **dict(self._iter_same_persons())},
        )

    def _list_changed_to(self, choice: str) -> set[str]:
        return {
            label.text
            for label in self.read.doubtful
            if self[LABEL_PREFIX + label.key].data == choice and label.is_name != (choice == NAME)
        }

    def list_kept_data(self, corrected: ImportedTranscript) -> dict[str, object]:
        roles = {self.read.names.get(letter): role for letter, role in self._iter_roles()}
        kept: dict[str, object] = {"recording": self["recording"].data, "language": self["language"].data}
        return kept | {ROLE_PREFIX + letter: roles.get(name, "") for letter, name in corrected.names.items()}

    def _iter_roles(self) -> Iterator[tuple[str, str]]:
        for letter in self.read.names:
            if (role := self._get_role(letter)) in ROLE_LABELS:
                yield letter, role

    def _iter_same_persons(self) -> Iterator[tuple[str, str]]:
        for letter, name in self.read.names.items():
            other = (self._get_role(letter) or "").removeprefix(SAME_PREFIX)
            if other != letter and other in self.read.names:
                yield name, self.read.names[other]

    def _get_role(self, letter: str) -> str | None:
        name = ROLE_PREFIX + letter
        return self[name].data if name in self else None

    def _list_more_names(self) -> list[str]:
        lines = (self["more_names"].data or "").split("\n")
        return [name for line in lines if (name := " ".join(line.split()).rstrip(":："))]


def build_import_form(
    read: ImportedTranscript,
    corrections: Corrections,
    speakers: Sequence[SpeakerShare],
    recordings: Sequence[Recording],
    language: str | None,
) -> type[ImportFormBase]:
    fields: dict[str, Any] = {
        "read": read,
        "corrections": HiddenField(default=corrections_to_json(corrections)),
        **_build_role_fields([speaker.letter for speaker in speakers if speaker.letter]),
        **{LABEL_PREFIX + label.key: _build_label_field(label) for label in read.doubtful},
        **_build_text_fields(read),
        "recording": _build_recording_field(recordings),
        "language": SelectField(
            "Language spoken",
            choices=build_select_choices(_list_language_choices(read.spoken.language)),
            default=language or read.spoken.language,
            widget=GovSelect(),
        ),
        "update": SubmitField("Update the preview", widget=GovSubmitInput()),
        "submit": SubmitField("Import transcript", widget=GovSubmitInput()),
    }
    return type("ImportForm", (ImportFormBase,), fields)


def list_role_fields(form: FlaskForm) -> list[str]:
    return [name for name in form._fields if name.startswith(ROLE_PREFIX)]


def list_label_fields(form: FlaskForm) -> list[str]:
    return [name for name in form._fields if name.startswith(LABEL_PREFIX)]


def _build_role_fields(letters: Sequence[str]) -> Mapping[str, Any]:
    return {
        ROLE_PREFIX + letter: SelectField(
            f"Who is speaker {letter}?",
            choices=build_select_choices(_list_role_choices(letter, letters)),
            default="",
            widget=GovSelect(),
        )
        for letter in letters
    }


def _list_role_choices(letter: str, letters: Sequence[str]) -> list[tuple[str, str]]:
    same = [(SAME_PREFIX + other, f"The same person as speaker {other}") for other in letters if other != letter]
    return [("", UNKNOWN_ROLE_LABEL), *ROLE_LABELS.items(), *same, (SPEECH, NOBODY_LABEL)]


def _build_label_field(label: DoubtfulLabel) -> Any:
    times = f", {label.count} times" if label.count > 1 else ""
    return SelectField(
        f"“{label.text}”{times}",
        description=f"Before “{label.sample[:80]}”" if label.sample else "",
        choices=build_select_choices(LABEL_CHOICES),
        default=NAME if label.is_name else SPEECH,
        widget=GovSelect(),
    )


def _build_text_fields(read: ImportedTranscript) -> Mapping[str, Any]:
    lines = {line.key: line.text for line in read.left_out}
    return {
        "restored": checkbox_field("Did somebody say any of these lines?", list(lines.items())),
        "more_names": multiline_field(
            "Names of speakers that were taken for speech", hint="Write them as they are in the file, one on each line."
        ),
    }


def _build_recording_field(recordings: Sequence[Recording]) -> Any:
    if not recordings:
        return HiddenField(default=NO_RECORDING, validators=[AnyOf([NO_RECORDING])])
    return radio_field(
        "Which recording is this a transcript of?",
        [*((str(row.id), _describe_recording(row)) for row in recordings), (NO_RECORDING, "None of these")],
        required_message="Choose the recording, or “None of these”.",
    )


def _describe_recording(recording: Recording) -> str:
    seconds = recording.duration_seconds
    received = clock.format_day_and_time(recording.uploaded_at, recording.contribution.call.zone)
    length = f", {clock.format_seconds(seconds)} long" if seconds is not None else ""
    return f"Recording {recording.position}{length}, received {received}"


def _list_language_choices(detected: str) -> list[tuple[str, str]]:
    known = list(languages.LANGUAGE_NAMES.items())
    return known if detected in languages.LANGUAGE_NAMES else [(detected, detected), *known]
