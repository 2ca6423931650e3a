"""Word files for tests: as tools write them, and as nobody should."""

import io
import zipfile
from collections.abc import Sequence

from docx import Document

NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
CONTENT_TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def teams_document(turns: Sequence[tuple[str, str, str]]) -> bytes:
    """A picture, name and time, then the text, in one paragraph a turn."""
    document = Document()
    document.add_paragraph("Interview about waiting")
    document.add_paragraph("Ann Example started transcription")
    for name, time, text in turns:
        paragraph = document.add_paragraph()
        paragraph.add_run(name).bold = True
        paragraph.add_run(f"   {time}")
        paragraph.add_run().add_break()
        paragraph.add_run(text)
    return save_document(document)


def table_document(rows: Sequence[Sequence[str]]) -> bytes:
    document = Document()
    table = document.add_table(rows=0, cols=len(rows[0]))
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    return save_document(document)


def document_with_body(body: str, declared: str = "", packing: int = zipfile.ZIP_DEFLATED, **others: bytes) -> bytes:
    """A Word file whose text is this XML, with other parts beside it."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", packing) as packed:
        packed.writestr("[Content_Types].xml", CONTENT_TYPES)
        packed.writestr(
            "word/document.xml", f'{declared}<w:document xmlns:w="{NAMESPACE}"><w:body>{body}</w:body></w:document>'
        )
        for name, content in others.items():
            packed.writestr(f"word/{name}.bin", content)
    return target.getvalue()


def declare_size(content: bytes, size: int) -> bytes:
    """The same file, saying of its text that it unpacks to so many bytes."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        true_size = packed.getinfo("word/document.xml").file_size
    return content.replace(true_size.to_bytes(4, "little"), size.to_bytes(4, "little"))


def paragraph_xml(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def save_document(document: object) -> bytes:
    target = io.BytesIO()
    document.save(target)  # type: ignore[attr-defined]  # python-docx's class is made by a function
    return target.getvalue()
