"""Files of other tools, made after public bug reports (tests/data/transcripts_field), and variants of their causes."""

import json
from typing import Any

import pytest
from docx import Document

from tests.support.import_steps import TRANSCRIPTS
from tests.support.make_word_files import save_document
from tests.support.transcript_expectations import find_differences
from transcripts.importing import read_transcript

FIELD_FILES = TRANSCRIPTS.parent / "transcripts_field"
CASES: dict[str, dict[str, Any]] = json.loads((FIELD_FILES / "expected.json").read_text())
VARIANTS: dict[str, dict[str, Any]] = {
    f"{name} ({file})": variant
    for file in ("variants", "variants_later")
    for name, variant in json.loads((TRANSCRIPTS.parent / f"transcripts_{file}.json").read_text()).items()
}


@pytest.mark.parametrize("name", CASES)
def test_a_file_from_the_field_is_read_as_it_was_meant(name: str) -> None:
    content = (FIELD_FILES / name).read_bytes()

    assert find_differences(read_transcript(content), CASES[name]) == []


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_of_a_cause_is_read_as_it_was_meant(name: str) -> None:
    """Each set was written, with its answers, before the readers were changed for it (docs/decisions)."""
    variant = VARIANTS[name]
    content = variant["text"].encode() if "text" in variant else write_paragraphs(variant["paragraphs"])

    assert find_differences(read_transcript(content), variant) == []


def write_paragraphs(paragraphs: list[str]) -> bytes:
    document = Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    return save_document(document)
