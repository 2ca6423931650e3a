"""Get and set the span of a passage's row; its text and times follow. Corrections: passage_texts.py."""

from collections.abc import Sequence

from transcripts.models import Passage
from transcripts.text.spans import WordSpan, make_span, resolve_span
from transcripts.text.spoken import SpokenSegment


def get_span(row: Passage) -> WordSpan:
    return make_span(row.first_segment, row.last_segment, row.first_word, row.last_word)


def set_span(row: Passage, new_span: WordSpan, segments: Sequence[SpokenSegment]) -> None:
    bounds = resolve_span(segments, new_span)
    if bounds is None:
        raise ValueError("Nothing is said there.")
    row.first_segment, row.last_segment = bounds.first_segment, bounds.last_segment
    row.first_word, row.last_word = bounds.first_word, bounds.last_word
    row.start_seconds, row.end_seconds, row.text = bounds.start_seconds, bounds.end_seconds, bounds.text
