"""Uploaded transcripts are read in a process of their own: the same reading, and limits on what it costs."""

import pytest

from tests.support.make_word_files import document_with_body, paragraph_xml
from transcripts.importing import NO_CORRECTIONS, Corrections, NotATranscriptError, limited_reading, read_transcript
from transcripts.importing.limited_reading import read_limited
from transcripts.importing.refusals import NO_WORDS, TOO_HEAVY

CAPTIONS = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann>Hello “there”\n\n00:03.000 --> 00:04.500\n<v Bob>Good morning\n"
TEXT = "Report of the meeting\n\n[00:00:10] Ann: Hello there.\n[00:00:20] Bob: Good morning.\n"
SLOW = "Ann: " + "A. " * 250_000


@pytest.mark.parametrize(
    "content",
    [
        CAPTIONS.encode(),
        CAPTIONS.encode("utf-16"),
        CAPTIONS.encode("cp1252"),
        TEXT.encode(),
        document_with_body(paragraph_xml("Ann: Hello there.") + paragraph_xml("Bob: Good morning.")),
        b'{"segments": [{"id": 3, "start": 1, "end": 2, "text": "Hello", "words": []}], "model": "base"}',
    ],
)
@pytest.mark.parametrize("corrections", [NO_CORRECTIONS, Corrections(speech=frozenset({"Bob"}))])
def test_a_child_reads_what_would_be_read_here(content: bytes, corrections: Corrections) -> None:
    assert read_limited(content, corrections) == read_transcript(content, corrections)


def test_a_refusal_comes_back_in_its_own_words() -> None:
    with pytest.raises(NotATranscriptError) as refusal:
        read_limited(b"WEBVTT\n\n00:01.000 --> 00:02.000\n")

    assert str(refusal.value) == NO_WORDS


@pytest.mark.parametrize(("limit", "value"), [("CPU_SECONDS", 1), ("WALL_SECONDS", 0.5), ("MEMORY_BYTES", 40_000_000)])
def test_a_file_that_costs_too_much_is_refused(monkeypatch: pytest.MonkeyPatch, limit: str, value: float) -> None:
    monkeypatch.setattr(limited_reading, limit, value)

    with pytest.raises(NotATranscriptError) as refusal:
        read_limited(SLOW.encode())

    assert str(refusal.value) == TOO_HEAVY
