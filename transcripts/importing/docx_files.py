"""Read transcripts in Word files (.docx). Only the text is unpacked: no macros, pictures, links or embedded files."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

from docx import Document
from docx.oxml.ns import qn

from transcripts.importing.captions import has_cues
from transcripts.importing.clock_times import CLOCK_PATTERN
from transcripts.importing.corrections import NO_CORRECTIONS, Corrections
from transcripts.importing.plain_text import read_text
from transcripts.importing.refusals import (
    BROKEN_WORD_FILE,
    NO_WORD_FILE,
    TOO_DEEP_INSIDE,
    TOO_LARGE_INSIDE,
    NotATranscriptError,
)
from transcripts.importing.speaker_names import classify_name
from transcripts.importing.text_encoding import limit_lines, to_plain_text
from transcripts.importing.transcript_lines import ImportedTranscript

MAX_TEXT_BYTES = 12 * 1024 * 1024  # of XML, unpacked; three hours of talk are about 2 MiB
MAX_PARTS = 2000
MAX_DEPTH = 100  # of elements in elements; a table in a table in a table in a text box is 40 deep
ALLOWED_COMPRESSION = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
TEXT_PART = re.compile(r"word/document\d*\.xml")
CONTENT_TYPES_XML = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/word/document.xml"
 ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>
</Types>"""
RELATIONSHIPS_XML = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Target="word/document.xml"
 Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/>
</Relationships>"""
TIME = re.compile(rf"[\[(]?(?P<time>{CLOCK_PATTERN})[\])]?(?:\s*-+>?\s*{CLOCK_PATTERN})?")
PARAGRAPH, TABLE, ROW, CELL, TEXT = qn("w:p"), qn("w:tbl"), qn("w:tr"), qn("w:tc"), qn("w:t")
BREAK_TAGS = {qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:tab"): "\t"}
COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
HIDDEN_TAGS = {qn("w:moveFrom"), qn("w:pPr"), qn("w:rPr"), f"{COMPATIBILITY}Fallback"}
COLUMN_HEADINGS = frozenset(
    {"time", "times", "timestamp", "timecode", "start", "speaker", "name", "who", "text", "speech"}
)


def read_word_file(content: bytes, corrections: Corrections = NO_CORRECTIONS) -> ImportedTranscript:
    blocks = [to_plain_text(block) for block in _iter_blocks(_parse_body(_read_text_part(content)))]
    pasted = "\n".join(blocks)  # captions pasted into Word bring their own blank lines
    return read_text(limit_lines(pasted if has_cues(pasted) else "\n\n".join(blocks)), "docx", corrections)


def _read_text_part(content: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = [part for part in packed.infolist() if TEXT_PART.fullmatch(part.filename)]
            if not parts or len(packed.infolist()) > MAX_PARTS:
                raise NotATranscriptError(NO_WORD_FILE)
            return _unpack_part(packed, parts[0])
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError) as error:
        raise NotATranscriptError(BROKEN_WORD_FILE) from error


def _unpack_part(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """The stated size may be wrong, and zipfile respects a read limit only for ALLOWED_COMPRESSION."""
    if part.compress_type not in ALLOWED_COMPRESSION:
        raise NotATranscriptError(BROKEN_WORD_FILE)
    if part.file_size > MAX_TEXT_BYTES:
        raise NotATranscriptError(TOO_LARGE_INSIDE)
    with packed.open(part) as text:
        return text.read(part.file_size + 1)


def _parse_body(text_part: bytes) -> Any:
    """Parses a document with only that text. Word never declares entities: a file with them is hostile."""
    if b"\x00" in text_part or b"<!DOCTYPE" in text_part or b"<!ENTITY" in text_part:
        raise NotATranscriptError(BROKEN_WORD_FILE)
    alone = io.BytesIO()
    with zipfile.ZipFile(alone, "w") as packed:
        packed.writestr("[Content_Types].xml", CONTENT_TYPES_XML)
        packed.writestr("_rels/.rels", RELATIONSHIPS_XML)
        packed.writestr("word/document.xml", text_part)
    try:
        body = Document(alone).element.body
    except (SyntaxError, AttributeError, KeyError, TypeError, ValueError) as error:  # XML that is none is a SyntaxError
        raise NotATranscriptError(BROKEN_WORD_FILE) from error
    if body is None:
        raise NotATranscriptError(BROKEN_WORD_FILE)
    if body.xpath("boolean(" + "/".join(["*"] * MAX_DEPTH) + ")"):
        raise NotATranscriptError(TOO_DEEP_INSIDE)
    return body


def _iter_blocks(within: Any) -> Iterator[str]:
    for element in within:
        if element.tag == PARAGRAPH:
            yield _join_text(element)
        elif element.tag == TABLE:
            yield from _iter_rows(element)
        else:
            yield from _iter_blocks(element)


def _join_text(paragraph: Any) -> str:
    return "".join(_iter_text(paragraph))


def _iter_text(within: Any) -> Iterator[str]:
    for element in within:
        if element.tag == TEXT:
            yield element.text or ""
        elif element.tag in BREAK_TAGS:
            yield BREAK_TAGS[element.tag]
        elif element.tag not in HIDDEN_TAGS:
            yield from _iter_text(element)


def _iter_rows(table: Any) -> Iterator[str]:
    for row in _iter_own_rows(table):
        cells = [text for cell in row.iterchildren(CELL) if (text := _read_cell(cell))]
        if cells and not all(cell.lower() in COLUMN_HEADINGS for cell in cells):
            yield _format_row(cells)


def _iter_own_rows(within: Any) -> Iterator[Any]:
    """Rows of a table in a cell are not this table's: their words are that cell's."""
    for element in within:
        if element.tag == ROW:
            yield element
        elif element.tag not in (CELL, TABLE):
            yield from _iter_own_rows(element)


def _read_cell(cell: Any) -> str:
    return " ".join(" ".join(_iter_blocks(cell)).split())


def _format_row(cells: Sequence[str]) -> str:
    *before, said = cells
    times = [match["time"] for cell in before if (match := TIME.fullmatch(cell))]
    names = [cell for cell in before if not TIME.fullmatch(cell)]
    if len(times) > 2 or len(names) > 1 or not all(classify_name(name) for name in names):
        return " ".join(cells)
    time = f"[{times[0]}] " if times else ""
    return time + (f"{names[0].rstrip(':')}: " if names else "") + said
