"""The form on which an export is chosen: what, for whom, whose words."""

from flask_wtf import FlaskForm
from wtforms import Field, SelectField

from core.form_fields import build_select_choices, checkbox_field, line_field, radio_field
from evidence.labels import FINDING_LABELS, MODE_LABELS, SHORT_RESPONDENT_TYPE_LABELS
from evidence.models import Call
from review.exports.export_kinds import ExportFormat, Layout, Purpose
from review.exports.export_options import ExportOptions, build_options
from review.reading import labels
from review.reading.filters import Filters, parse_filters

KIND_LABELS: dict[tuple[ExportFormat, Layout], str] = {
    (ExportFormat.XLSX, Layout.WHOLE): "Excel: answers by contribution and by question, with what each column means",
    (ExportFormat.CSV, Layout.CONTRIBUTIONS): "CSV: one row for each contribution",
    (ExportFormat.CSV, Layout.ANSWERS): "CSV: one row for each answer",
    (ExportFormat.CSV, Layout.TURNS): "CSV: one row for each turn of the interviews",
    (ExportFormat.CSV, Layout.THEMES): "CSV: one row for each run of words with a theme",
    (ExportFormat.CSV, Layout.QUOTES): "CSV: one row for each quote",
    (ExportFormat.DOCX, Layout.REPORT): "Word: the beginning of a report",
    (ExportFormat.DOCX, Layout.QUESTIONS): "Word: each question with all its answers",
    (ExportFormat.DOCX, Layout.CONTRIBUTIONS): "Word: each contribution with its transcripts",
    (ExportFormat.DOCX, Layout.TRANSCRIPTS): "Word: transcripts",
    (ExportFormat.VTT, Layout.TRANSCRIPTS): "WebVTT: transcripts as captions",
    (ExportFormat.SRT, Layout.TRANSCRIPTS): "SRT: transcripts as captions",
    (ExportFormat.TXT, Layout.TRANSCRIPTS): "Plain text: transcripts with the start and end of each turn",
    (ExportFormat.TXT, Layout.NVIVO): "Plain text for NVivo: transcripts",
    (ExportFormat.TXT, Layout.MAXQDA): "Plain text for MAXQDA: transcripts",
    (ExportFormat.QDPX, Layout.CONTRIBUTIONS): "QDPX for NVivo, MAXQDA or ATLAS.ti: one document for each contribution",
    (ExportFormat.QDPX, Layout.QUESTIONS): "QDPX for QualCoder: one document for each question",
    (ExportFormat.QDC, Layout.WHOLE): "QDC: only the codebook",
    (ExportFormat.JSON, Layout.WHOLE): "JSON: everything, for another Listening Post",
}
PURPOSE_LABELS = {
    Purpose.ANALYSIS: "Our own work: everybody whose words may be read",
    Purpose.SHARING: "Partners: only people who agreed to sharing",
    Purpose.ARCHIVE: "An archive: only people who agreed to later research",
}
SOUND = "sound"


class ExportForm(FlaskForm):  # type: ignore[misc]  # untyped
    kind = radio_field(
        "What do you need?",
        [(f"{one}-{layout}", label) for (one, layout), label in KIND_LABELS.items()],
        required_message="Select what you need.",
    )
    purpose = radio_field(
        "Who is it for?",
        [(purpose.value, label) for purpose, label in PURPOSE_LABELS.items()],
        hint="This decides whose words are in the file.",
        required_message="Select who it is for.",
    )
    reference = line_field("Only one participant (optional)", hint="Their reference, for example P-7KQ4M.")
    sound = checkbox_field("Sound", [(SOUND, "Pack the recordings too (QDPX only, makes large files)")])

    def build_options(self, filters: Filters) -> ExportOptions:
        """Raises UnknownExportError."""
        format_name, _, layout = str(self.kind.data).partition("-")
        return build_options(
            format_name,
            layout,
            str(self.purpose.data),
            filters,
            reference=self.reference.data or "",
            has_sound=SOUND in (self.sound.data or []),
        )


def build_export_form(call: Call, chosen: Filters) -> ExportForm:
    """With the filters of the evidence pages, as they are set there."""

    class ExportFormOfCall(ExportForm):
        given_as = _select("Respondent", [(kind.value, label) for kind, label in SHORT_RESPONDENT_TYPE_LABELS.items()])
        place = _select("Kind of place", labels.list_area_type_choices(call))
        shows = _select("What it shows", [(kind.value, label) for kind, label in FINDING_LABELS.items()])
        aim = _select("Aim", labels.list_aim_choices(call))
        mode = _select("Type", [(mode.value, label) for mode, label in MODE_LABELS.items()])

    return ExportFormOfCall(data={"purpose": Purpose.ANALYSIS.value, **chosen.as_query()})


def read_filters(form: ExportForm) -> Filters:
    return parse_filters({name: form[name].data or "" for name in Filters.__dataclass_fields__})


def _select(label: str, choices: list[tuple[str, str]]) -> Field:
    return SelectField(label, choices=build_select_choices([("", "All"), *choices]), validate_choice=False)


def describe_kind(options: ExportOptions) -> str:
    return KIND_LABELS[options.format, options.layout]
