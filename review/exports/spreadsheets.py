"""Write tables as CSV (RFC 4180) and as an Excel workbook. What people wrote never runs as a formula. Pure."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import xlsxwriter

from review.exports.exported_call import ExportedCall
from review.exports.tables import (
    Table,
    build_answer_table,
    build_contribution_table,
    build_quote_table,
    build_span_table,
)

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # OWASP: CSV injection
UTF8_MARK = "\ufeff"  # without it, Excel reads a CSV as Windows-1252
MAX_CELL_CHARACTERS = 32_767  # of an Excel cell
PIECE_CHARACTERS = 16_000  # of which each may count twice, as Excel counts UTF-16 units
LONG_TEXTS = "Long texts"
MAX_SHEETS_TITLE = 31


def neutralise(text: str) -> str:
    """An apostrophe before what a spreadsheet would take for a formula."""
    return f"'{text}" if text.lstrip(" \n").startswith(FORMULA_SIGNS) else text


def write_csv(table: Table, target: Path) -> None:
    with target.open("w", encoding="utf-8", newline="") as file:
        file.write(UTF8_MARK)
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow([neutralise(column.title) for column in table.columns])
        for row in table.rows:
            writer.writerow([neutralise(cell) for cell in row])


def write_xlsx(call: ExportedCall, target: Path) -> None:
    """Row by row in constant memory. Texts that are too long for a cell continue in a sheet of their own."""
    tables = [
        build(call) for build in (build_contribution_table, build_answer_table, build_span_table, build_quote_table)
    ]
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, {**options, "tmpdir": str(target.parent)}) as workbook:
        styles = _Styles(workbook)
        about = workbook.add_worksheet("About")
        sheets = [workbook.add_worksheet(table.title[:MAX_SHEETS_TITLE]) for table in tables]
        long_texts = _LongTexts(workbook.add_worksheet(LONG_TEXTS), styles)
        _write_about(about, call, tables, styles)
        for sheet, table in zip(sheets, tables, strict=True):
            _write_table(sheet, table, styles, long_texts)
        long_texts.finish()


class _Styles:
    def __init__(self, workbook: Any) -> None:
        self.heading = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self.text = workbook.add_format({"text_wrap": True, "valign": "top"})
        self.title = workbook.add_format({"bold": True, "font_size": 14})


@dataclass(slots=True)
class _LongTexts:
    sheet: Any
    styles: _Styles
    rows: int = field(default=1)

    def __post_init__(self) -> None:
        self.sheet.set_column(0, 2, 16)
        self.sheet.set_column(3, 3, 100)
        for number, title in enumerate(("Sheet", "Row", "Part", "Text")):
            self.sheet.write_string(0, number, title, self.styles.heading)

    def add(self, table: str, row: int, text: str) -> str:
        """The text for the cell: its beginning, and where the rest is."""
        first = self.rows + 1
        for part, piece in enumerate(_cut(text), 1):
            for number, cell in enumerate((table, str(row + 1), str(part), piece)):
                self.sheet.write_string(self.rows, number, cell, self.styles.text)
            self.rows += 1
        return f"{text[:1000]}… [The whole text is in the sheet “{LONG_TEXTS}”, rows {first} to {self.rows}.]"

    def finish(self) -> None:
        if self.rows == 1:
            self.sheet.write_string(1, 0, "No text was too long for a cell.", self.styles.text)


def _cut(text: str) -> Iterator[str]:
    for start in range(0, len(text), PIECE_CHARACTERS):
        yield text[start : start + PIECE_CHARACTERS]


def _write_table(sheet: Any, table: Table, styles: _Styles, long_texts: _LongTexts) -> None:
    for number, column in enumerate(table.columns):
        sheet.set_column(number, number, column.width)
        sheet.write_string(0, number, column.title, styles.heading)
    sheet.freeze_panes(1, 1)
    last = 0
    for last, row in enumerate(table.rows, 1):
        for number, cell in enumerate(row):
            if cell:
                text = cell if _fits(cell) else long_texts.add(table.title, last, cell)
                sheet.write_string(last, number, text, styles.text)
    sheet.autofilter(0, 0, max(last, 1), len(table.columns) - 1)


def _fits(text: str) -> bool:
    """Excel counts UTF-16 units."""
    return len(text) <= MAX_CELL_CHARACTERS // 2 or len(text.encode("utf-16-le")) // 2 <= MAX_CELL_CHARACTERS


def _write_about(sheet: Any, call: ExportedCall, tables: Sequence[Table], styles: _Styles) -> None:
    """The data dictionary."""
    sheet.set_column(0, 1, 24)
    sheet.set_column(2, 2, 90)
    sheet.write_string(0, 0, call.title, styles.title)
    rows: list[tuple[str, str, str]] = [*list_facts(call), ("", "", ""), ("Sheet", "Column", "Meaning")]
    for table in tables:
        rows += [(table.title, "", table.about)]
        rows += [(table.title, column.title, column.meaning) for column in table.columns]
    for number, row in enumerate(rows, 2):
        style = styles.heading if row[0] == "Sheet" else styles.text
        for column_number, cell in enumerate(row):
            sheet.write_string(number, column_number, cell, style)


def list_facts(call: ExportedCall) -> list[tuple[str, str, str]]:
    filters = "; ".join(f"{name}: {value}" for name, value in call.filters.items())
    return [
        ("Made", "", f"{call.made_at:%Y-%m-%d %H:%M} UTC"),
        ("For", "", call.purpose),
        ("Filter", "", filters or "none"),
        ("Contributions", "", str(len(call.contributions))),
        ("Left out", "", f"{call.left_out}, because the people concerned do not allow this use"),
    ]
