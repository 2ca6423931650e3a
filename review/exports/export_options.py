"""What an export is: its format, what it is for, how it is arranged, whose words it takes. From and to JSON."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from core.errors import RuleError
from core.exits import ExitUse
from review.exports.export_kinds import ExportFormat, Layout, Purpose
from review.reading.filters import Filters, parse_filters

Member = TypeVar("Member", bound=StrEnum)


class UnknownExportError(RuleError): ...


LAYOUTS: Mapping[ExportFormat, tuple[Layout, ...]] = {  # the first is the default
    ExportFormat.CSV: (Layout.CONTRIBUTIONS, Layout.ANSWERS, Layout.TURNS, Layout.THEMES, Layout.QUOTES),
    ExportFormat.XLSX: (Layout.WHOLE,),
    ExportFormat.DOCX: (Layout.REPORT, Layout.QUESTIONS, Layout.CONTRIBUTIONS, Layout.TRANSCRIPTS),
    ExportFormat.JSON: (Layout.WHOLE,),
    ExportFormat.QDPX: (Layout.CONTRIBUTIONS, Layout.QUESTIONS),
    ExportFormat.QDC: (Layout.WHOLE,),
    ExportFormat.VTT: (Layout.TRANSCRIPTS,),
    ExportFormat.SRT: (Layout.TRANSCRIPTS,),
    ExportFormat.TXT: (Layout.TRANSCRIPTS, Layout.NVIVO, Layout.MAXQDA),
}
TRANSCRIPT_LAYOUTS = frozenset({Layout.TRANSCRIPTS, Layout.NVIVO, Layout.MAXQDA})
FORMATS_WITH_TURNS = frozenset(
    {ExportFormat.JSON, ExportFormat.QDPX, ExportFormat.VTT, ExportFormat.SRT, ExportFormat.TXT}
)
LAYOUTS_WITH_TURNS = frozenset(
    {
        (ExportFormat.CSV, Layout.TURNS),
        (ExportFormat.DOCX, Layout.CONTRIBUTIONS),
        (ExportFormat.DOCX, Layout.TRANSCRIPTS),
    }
)
PURPOSE_USES = {
    Purpose.ANALYSIS: ExitUse.EXPORT,
    Purpose.SHARING: ExitUse.SHARING,
    Purpose.ARCHIVE: ExitUse.ARCHIVING,
}


@dataclass(frozen=True, slots=True)
class ExportOptions:
    format: ExportFormat
    layout: Layout
    purpose: Purpose = Purpose.ANALYSIS
    filters: Filters = field(default_factory=Filters)
    reference: str = ""  # of one participant; empty: of all
    has_sound: bool = False

    @property
    def use(self) -> ExitUse:
        return PURPOSE_USES[self.purpose]

    @property
    def uses(self) -> tuple[ExitUse, ...]:
        """Each is checked for every contribution whose words are in the file."""
        return (ExitUse.EXPORT,) if self.use is ExitUse.EXPORT else (ExitUse.EXPORT, self.use)

    @property
    def needs_turns(self) -> bool:
        return self.format in FORMATS_WITH_TURNS or (self.format, self.layout) in LAYOUTS_WITH_TURNS

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "filters": self.filters.as_query()}


def build_options(
    format_name: str,
    layout: str = "",
    purpose: str = Purpose.ANALYSIS,
    filters: Filters | None = None,
    *,
    reference: str = "",
    has_sound: bool = False,
) -> ExportOptions:
    """Raises UnknownExportError."""
    file_format = _parse(ExportFormat, format_name, "format")
    chosen = _parse(Layout, layout, "layout") if layout else LAYOUTS[file_format][0]
    if chosen not in LAYOUTS[file_format]:
        known = ", ".join(LAYOUTS[file_format])
        raise UnknownExportError(f"The format {file_format} has no layout “{chosen}”. Use one of: {known}.")
    return ExportOptions(
        file_format,
        chosen,
        _parse(Purpose, purpose, "purpose"),
        filters or Filters(),
        reference=reference.strip().upper(),
        has_sound=has_sound and file_format is ExportFormat.QDPX,
    )


def options_from_json(data: Mapping[str, Any]) -> ExportOptions:
    return build_options(
        data["format"],
        data["layout"],
        data["purpose"],
        parse_filters(data["filters"]),
        reference=data["reference"],
        has_sound=data["has_sound"],
    )


def _parse(kind: type[Member], value: str, what: str) -> Member:
    try:
        return kind(value)
    except ValueError as error:
        known = ", ".join(member.value for member in kind)
        raise UnknownExportError(f"There is no {what} “{value}”. Use one of: {known}.") from error
