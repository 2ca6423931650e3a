"""Write an export to a file: the writer of its format, or a ZIP where there is a file for each transcript."""

import zipfile
from collections.abc import Callable
from pathlib import Path

from core.errors import RuleError
from core.file_storage import Storage
from review.exports.export_kinds import ExportFormat, Layout
from review.exports.export_options import TRANSCRIPT_LAYOUTS, ExportOptions
from review.exports.exported_call import ExportedCall, ExportedContribution, ExportedTranscript
from review.exports.json_files import write_json
from review.exports.qda_codebook import write_qdc
from review.exports.qdpx_files import EARLIEST_ZIP_TIME, write_qdpx
from review.exports.spreadsheets import write_csv, write_xlsx
from review.exports.tables import (
    build_answer_table,
    build_contribution_table,
    build_quote_table,
    build_span_table,
    build_turn_table,
)
from review.exports.transcript_files import FORMATTERS
from review.exports.word_files import write_transcript_file, write_word_file

Progress = Callable[[float], object]
TABLES = {
    Layout.CONTRIBUTIONS: build_contribution_table,
    Layout.ANSWERS: build_answer_table,
    Layout.TURNS: build_turn_table,
    Layout.THEMES: build_span_table,
    Layout.QUOTES: build_quote_table,
}
ZIP_EXTENSION = "zip"


class NothingToExportError(RuleError): ...


def write_export(
    call: ExportedCall, options: ExportOptions, target: Path, storage: Storage, on_progress: Progress
) -> None:
    """Raises NothingToExportError."""
    if options.layout in TRANSCRIPT_LAYOUTS:
        _write_transcripts(call, options, target, on_progress)
    elif options.format is ExportFormat.QDC:
        write_qdc(call, target)
    elif not call.contributions:
        raise NothingToExportError(explain_nothing(call))
    else:
        _write_evidence(call, options, target, storage, on_progress)


def explain_nothing(call: ExportedCall) -> str:
    if call.left_out:
        return f"Nothing may be exported for this: {call.left_out} contributions match, but none of them allows it."
    return "No contribution matches, so there is nothing to export."


def needs_zip(call: ExportedCall, options: ExportOptions) -> bool:
    return options.layout in TRANSCRIPT_LAYOUTS and count_transcripts(call) > 1


def count_transcripts(call: ExportedCall) -> int:
    return sum(1 for _ in call.iter_transcripts())


def build_file_name(call: ExportedCall, options: ExportOptions) -> str:
    """By the reference of a participant or the address of the call, never by a name."""
    if options.layout in TRANSCRIPT_LAYOUTS and count_transcripts(call) == 1:
        return _name_transcript(*next(call.iter_transcripts()), options)
    parts = [options.reference or call.slug, *([] if options.layout is Layout.WHOLE else [options.layout.value])]
    extension = ZIP_EXTENSION if needs_zip(call, options) else options.format.value
    return f"{'-'.join(parts)}.{extension}"


def _write_evidence(
    call: ExportedCall, options: ExportOptions, target: Path, storage: Storage, on_progress: Progress
) -> None:
    match options.format:
        case ExportFormat.CSV:
            write_csv(TABLES[options.layout](call), target)
        case ExportFormat.XLSX:
            write_xlsx(call, target)
        case ExportFormat.DOCX:
            write_word_file(call, options.layout, target)
        case ExportFormat.QDPX:
            write_qdpx(call, options.layout, target, storage, on_progress)
        case _:
            write_json(call, target, on_progress)


def _write_transcripts(call: ExportedCall, options: ExportOptions, target: Path, on_progress: Progress) -> None:
    total = count_transcripts(call)
    if not total:
        raise NothingToExportError("No interview that matches has a transcript, so there is nothing to export.")
    if total == 1:
        _write_transcript(next(call.iter_transcripts())[1], options, target)
        return
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for number, (contribution, transcript) in enumerate(call.iter_transcripts(), 1):
            part = target.with_suffix(".part")
            _write_transcript(transcript, options, part)
            name = _name_transcript(contribution, transcript, options)
            packed.writestr(zipfile.ZipInfo(name, EARLIEST_ZIP_TIME), part.read_bytes(), zipfile.ZIP_DEFLATED)
            part.unlink()
            on_progress(number / total)


def _write_transcript(transcript: ExportedTranscript, options: ExportOptions, target: Path) -> None:
    if options.format is ExportFormat.DOCX:
        write_transcript_file(transcript, target)
    else:
        target.write_bytes(FORMATTERS[options.format, options.layout](transcript).encode())


def _name_transcript(contribution: ExportedContribution, transcript: ExportedTranscript, options: ExportOptions) -> str:
    """Named like the recording, which MAXQDA goes by."""
    return f"{contribution.reference}-{transcript.position}.{options.format.value}"
