"""Transcripts that no interview can be are refused, and lines made to keep a reader busy do not."""

from contextlib import suppress

import pytest

from transcripts.importing import (
    NotATranscriptError,
    read_transcript,
)


@pytest.mark.parametrize(
    ("said", "kept"),
    [("<v." * 100_000, 1), ("<v" + " " * 200_000 + "<x", 1), ("<v a" * 100_000, 1), ("word\n" * 90_000, 1)],
)
def test_a_reader_comes_to_the_end_of_hostile_lines(said: str, kept: int) -> None:
    """Where a pattern goes back over what it has read, this takes hours."""
    transcript = read_transcript(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{said}\n".encode())

    assert len(transcript.spoken.segments) == kept


@pytest.mark.parametrize(
    "content",
    [
        "[" + "laugh, " * 16 + "q!] y\n",
        "hello [00:00:05] there " * 20_000,
        "Ann: x\n" + "\n".join(f"Nam{chr(97 + n % 26)}{chr(97 + n // 26)}: y" for n in range(600)) * 10,
        "\n".join(f"Ann {99 - n // 60}:{59 - n % 60:02}\nhello" for n in range(5_000)),
        "#00:00:01-0#" * 20_000,
        "(" * 60 + "a" + ")" * 60 + ": x\n" + "(((((" * 20_000,
    ],
)
def test_a_reader_of_plain_text_comes_to_the_end_of_hostile_lines(content: str) -> None:
    """Where names were compared with one another, or patterns nested, this takes hours."""
    with suppress(NotATranscriptError):
        read_transcript(content.encode())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a\n" * 300_000, "far more words"),
        ("Amy: yes\nBob: no\n" * 30_000, "far more words"),
        ("\n".join(f"Speaker {n}: yes" for n in range(100)), "more than 60 speakers"),
    ],
)
def test_what_no_interview_can_be_is_refused(content: str, words: str) -> None:
    with pytest.raises(NotATranscriptError, match=words):
        read_transcript(content.encode())
