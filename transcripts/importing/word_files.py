"""Read transcripts in Word files (.docx). Only the text is unpacked: no macros, pictures, links or embedded files."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

from docx import Document
from docx.oxml.ns import qn

from transcripts.importing.clock_times import CLOCK
from transcripts.importing.file_text import in_not_too_many_lines, plain
from transcripts.importing.names import is_like_a_name
from transcripts.importing.plain_text import read_text
from transcripts.importing.refusals import BROKEN_WORD_FILE, NO_WORD_FILE, TOO_LARGE_INSIDE, NotATranscriptError
from transcripts.importing.transcripts import ReadTranscript

MOST_TEXT_BYTES = 12 * 1024 * 1024  # of XML, unpacked; three hours of talk are about 2 MiB
MOST_PARTS = 2000
BOUNDED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
TEXT_PART = re.compile(r"word/document\d*\.xml")
TYPES = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/word/document.xml"
 ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>
</Types>"""
RELATIONSHIPS = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Target="word/document.xml"
 Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/>
</Relationships>"""
TIME = re.compile(rf"[\[(]?(?P<time>{CLOCK})[\])]?(?:\s*-+>?\s*{CLOCK})?")
PARAGRAPH, TABLE, ROW, CELL, TEXT = qn("w:p"), qn("w:tbl"), qn("w:tr"), qn("w:tc"), qn("w:t")
BREAKS = {qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:tab"): "\t"}
COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
NOT_SHOWN = {qn("w:moveFrom"), qn("w:pPr"), qn("w:rPr"), f"{COMPATIBILITY}Fallback"}
HEADINGS = frozenset({"time", "times", "timestamp", "timecode", "start", "speaker", "name", "who", "text", "speech"})


def read_word_file(content: bytes) -> ReadTranscript:
    """Raises NotATranscriptError."""
    body = _body(_text_part(content))
    return read_text(in_not_too_many_lines(plain("\n\n".join(_blocks(body)))), "docx")


def _text_part(content: bytes) -> bytes:
    """The XML of the text alone, never more of it than a transcript can have."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = [part for part in packed.infolist() if TEXT_PART.fullmatch(part.filename)]
            if not parts or len(packed.infolist()) > MOST_PARTS:
                raise NotATranscriptError(NO_WORD_FILE)
            return _unpacked(packed, parts[0])
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError) as error:
        raise NotATranscriptError(BROKEN_WORD_FILE) from error


def _unpacked(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """Whatever size it names, no more is unpacked than is asked for; of the other packings zipfile cannot say that."""
    if part.compress_type not in BOUNDED:
        raise NotATranscriptError(BROKEN_WORD_FILE)
    if part.file_size > MOST_TEXT_BYTES:
        raise NotATranscriptError(TOO_LARGE_INSIDE)
    with packed.open(part) as text:
        return text.read(part.file_size + 1)


def _body(text_part: bytes) -> Any:
    """Of a document of that text and nothing else. Word never declares entities: a file with them is hostile."""
    if b"\x00" in text_part or b"<!DOCTYPE" in text_part or b"<!ENTITY" in text_part:
        raise NotATranscriptError(BROKEN_WORD_FILE)
    alone = io.BytesIO()
    with zipfile.ZipFile(alone, "w") as packed:
        packed.writestr("[Content_Types].xml", TYPES)
        packed.writestr("_rels/.rels", RELATIONSHIPS)
        packed.writestr("word/document.xml", text_part)
    try:
        body = Document(alone).element.body
    except (SyntaxError, AttributeError, KeyError, TypeError, ValueError) as error:  # XML that is none is a SyntaxError
        raise NotATranscriptError(BROKEN_WORD_FILE) from error
    if body is None:
        raise NotATranscriptError(BROKEN_WORD_FILE)
    return body


def _blocks(within: Any) -> Iterator[str]:
    """Paragraphs and rows in their order, also those in content controls and tracked insertions."""
    for element in within:
        if element.tag == PARAGRAPH:
            yield _text(element)
        elif element.tag == TABLE:
            yield from _rows(element)
        else:
            yield from _blocks(element)


def _text(paragraph: Any) -> str:
    return "".join(_pieces(paragraph))


def _pieces(within: Any) -> Iterator[str]:
    """What stands there now: not what was deleted or moved away, and text frames once."""
    for element in within:
        if element.tag == TEXT:
            yield element.text or ""
        elif element.tag in BREAKS:
            yield BREAKS[element.tag]
        elif element.tag not in NOT_SHOWN:
            yield from _pieces(element)


def _rows(table: Any) -> Iterator[str]:
    for row in table.iter(ROW):
        if next(row.iterancestors(TABLE)) is not table:
            continue  # of a table in a cell: its words are that cell's
        cells = [text for cell in row.iterchildren(CELL) if (text := _cell_text(cell))]
        if cells and not all(cell.lower() in HEADINGS for cell in cells):
            yield _as_line(cells)


def _cell_text(cell: Any) -> str:
    return " ".join(" ".join(_blocks(cell)).split())


def _as_line(cells: Sequence[str]) -> str:
    """ "[0:05] Name: text", whatever the order of time and name."""
    *before, said = cells
    times = [found["time"] for cell in before if (found := TIME.fullmatch(cell))]
    names = [cell for cell in before if not TIME.fullmatch(cell)]
    if len(times) > 2 or len(names) > 1 or not all(is_like_a_name(name) for name in names):
        return " ".join(cells)
    time = f"[{times[0]}] " if times else ""
    return time + (f"{names[0].rstrip(':')}: " if names else "") + said
