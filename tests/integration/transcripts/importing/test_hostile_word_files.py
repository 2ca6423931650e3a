"""Hostile Word files are refused with a reason and unpacked no further than needed."""

import tracemalloc
import zipfile

import pytest

from tests.support.make_word_files import (
    declare_size,
    document_with_body,
    paragraph_xml,
    teams_document,
)
from transcripts.importing import ImportedTranscript, NotATranscriptError, read_transcript

ENTITIES = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b SYSTEM "file:///etc/passwd">]>'


def list_texts(transcript: ImportedTranscript) -> list[str]:
    return [segment.text for segment in transcript.spoken.segments]


def nest(*tags: str, times: int) -> str:
    opening, closing = "".join(f"<{tag}>" for tag in tags), "".join(f"</{tag}>" for tag in reversed(tags))
    return opening * times + paragraph_xml("Ann: Hello there.") + closing * times


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (document_with_body(paragraph_xml("&a;"), ENTITIES), "damaged"),
        (document_with_body(paragraph_xml("x" * 13_000_000)), "far too large"),
        (document_with_body("<w:p>" * 5000), "damaged"),
        (document_with_body(nest("w:tbl", "w:tr", "w:tc", times=40)), "deeper than people write"),
        (document_with_body(nest("w:sdt", times=200)), "deeper than people write"),
        (document_with_body("<w:p/>" * 150_000), "far more words"),
        (document_with_body(paragraph_xml("Hello there"))[:-40], "damaged"),
        (document_with_body(""), "no words"),
        (b"PK\x03\x04" + b"\x00" * 500, "damaged"),
        (teams_document([])[:200] + b"PK\x05\x06" + b"\x00" * 18, "not a Word file"),
    ],
)
def test_a_hostile_or_broken_word_file_is_refused_with_a_reason(content: bytes, words: str) -> None:
    with pytest.raises(NotATranscriptError, match=words):
        read_transcript(content)


def test_a_bomb_beside_the_text_is_never_unpacked() -> None:
    """Macros of 200 million bytes, packed small."""
    bomb = document_with_body(
        paragraph_xml("Ann: Hello there.") + paragraph_xml("Bob: Good morning."), vbaProject=b"\x00" * 200_000_000
    )
    tracemalloc.start()

    transcript = read_transcript(bomb)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert list_texts(transcript) == ["Hello there.", "Good morning."]
    assert peak < 20_000_000


@pytest.mark.parametrize("packing", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_text_that_names_a_smaller_size_is_not_unpacked_beyond_it(packing: int) -> None:
    bomb = declare_size(document_with_body(" " * 100_000_000, packing=packing), 1000)
    tracemalloc.start()

    with pytest.raises(NotATranscriptError, match="damaged"):
        read_transcript(bomb)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000


def test_nothing_outside_the_file_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A link and a template elsewhere are only words in parts that nobody opens."""

    def refuse(*_: object) -> None:
        raise AssertionError("A socket was opened.")

    monkeypatch.setattr("socket.socket.connect", refuse)
    template = b'<Relationships><Relationship TargetMode="External" Target="http://192.0.2.1/a.dotm"/></Relationships>'

    transcript = read_transcript(document_with_body(paragraph_xml("Hello there."), settings=template))

    assert list_texts(transcript) == ["Hello there."]


def test_rows_of_a_table_in_a_cell_are_that_cells() -> None:
    inner = f"<w:tbl><w:tr><w:tc>{paragraph_xml('Good morning.')}</w:tc></w:tr></w:tbl>"
    outer = f"<w:tbl><w:tr><w:tc>{paragraph_xml('Ann: Hello there.')}{inner}</w:tc></w:tr></w:tbl>"

    assert list_texts(read_transcript(document_with_body(outer))) == ["Ann: Hello there. Good morning."]
