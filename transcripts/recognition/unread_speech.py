"""Mark speech for which nothing was written: a model skips what it does not understand, without a word. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from transcripts.recognition.speech_windows import PAD_SECONDS
from transcripts.text.spoken import NOT_UNDERSTOOD, SpokenSegment

MIN_UNREAD_SECONDS = 2.0  # shorter ones are a cough, a laugh or “mm”
MAX_PAUSE_SECONDS = 1.5  # between unread phrases that are marked as one
MAX_READ_SHARE = 0.1  # of a phrase's time that has words

Span = tuple[float, float]


def mark_unread_speech(segments: Sequence[SpokenSegment], speech: Sequence[Span]) -> tuple[SpokenSegment, ...]:
    """The segments of one window with those of unread speech among them. `speech`: seconds of the recording."""
    unread = [
        SpokenSegment(0, round(start, 3), round(end, 3), NOT_UNDERSTOOD, is_unclear=True)
        for start, end in find_unread_speech(segments, speech)
    ]
    all_segments = sorted([*segments, *unread], key=lambda segment: segment.start)
    return tuple(replace(segment, id=number) for number, segment in enumerate(all_segments))


def find_unread_speech(segments: Sequence[SpokenSegment], speech: Sequence[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in (span for span in map(_remove_padding, speech) if _is_unread(span, segments)):
        if joined and start - joined[-1][1] <= MAX_PAUSE_SECONDS and not _has_words(joined[-1][1], start, segments):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return [(start, end) for start, end in joined if end - start >= MIN_UNREAD_SECONDS]


def _remove_padding(span: Span) -> Span:
    middle = (span[0] + span[1]) / 2
    return min(span[0] + PAD_SECONDS, middle), max(span[1] - PAD_SECONDS, middle)


def _is_unread(span: Span, segments: Sequence[SpokenSegment]) -> bool:
    return sum_read_seconds(*span, segments) <= MAX_READ_SHARE * (span[1] - span[0])


def _has_words(start: float, end: float, segments: Sequence[SpokenSegment]) -> bool:
    return sum_read_seconds(start, end, segments) > 0


def sum_read_seconds(start: float, end: float, segments: Sequence[SpokenSegment]) -> float:
    spans = [
        (piece.start, piece.end)
        for segment in segments
        for piece in (segment.words or (segment,))
        if piece.start < end and piece.end > start
    ]
    return sum(min(end, until) - max(start, begins) for begins, until in spans)
