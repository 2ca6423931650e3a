"""Where in its transcript a passage's row stands, and how it is set there with its text and seconds."""

from collections.abc import Sequence

from transcripts.models import Passage
from transcripts.spans import Span, run_of, span
from transcripts.spoken import SpokenSegment


def span_of(row: Passage) -> Span:
    return span(row.first_segment, row.last_segment, row.first_word, row.last_word)


def place(row: Passage, part: Span, segments: Sequence[SpokenSegment]) -> None:
    """The words that a row holds from now on; something has to be said in them."""
    run = run_of(segments, part)
    if run is None:
        raise ValueError("Nothing is said there.")
    row.first_segment, row.last_segment = run.first_segment, run.last_segment
    row.first_word, row.last_word = run.first_word, run.last_word
    row.start_seconds, row.end_seconds, row.text = run.start_seconds, run.end_seconds, run.text
