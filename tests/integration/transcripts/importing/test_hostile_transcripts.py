"""Transcripts that no interview can be are refused, and lines made to keep a reader busy do not."""

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
