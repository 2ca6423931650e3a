"""Where in its transcript a passage's row stands, and how it is set there with its text and seconds."""

from collections.abc import Sequence

from transcripts.models import Passage
from transcripts.text.spans import WordSpan, make_span, resolve_span
from transcripts.text.spoken import SpokenSegment


def get_span(row: Passage) -> WordSpan:
    return make_span(row.first_segment, row.last_segment, row.first_word, row.last_word)


def set_span(row: Passage, new_span: WordSpan, segments: Sequence[SpokenSegment]) -> None:
    """The words that a row holds from now on; something has to be said in them."""
    run = resolve_span(segments, new_span)
    if run is None:
        raise ValueError("Nothing is said there.")
    row.first_segment, row.last_segment = run.first_segment, run.last_segment
    row.first_word, row.last_word = run.first_word, run.last_word
    row.start_seconds, row.end_seconds, row.text = run.start_seconds, run.end_seconds, run.text
