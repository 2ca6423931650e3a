"""The text of passages with corrections: stored with the passage, and refreshed when it or the text changes.

Positions and times stay the machine's. Callers commit.
"""

from collections.abc import Iterable

from core.database import db
from transcripts.models import Passage, Transcript
from transcripts.passages.passage_spans import get_span
from transcripts.text.current_text import list_current_segments
from transcripts.text.spans import resolve_span


def refresh_texts(transcript: Transcript, passages: Iterable[Passage]) -> None:
    segments = list_current_segments(transcript)
    for row in passages:
        bounds = resolve_span(segments, get_span(row))
        text = bounds.text if bounds else ""  # every word of it was deleted
        if row.text != text:
            row.text = text
    db.session.flush()
