"""Check the times that a recogniser gives to words, and replace those that cannot be right. Pure.

Whisper knows a sentence's time in two ways: from the timestamp tokens it writes, and from its attention while it wrote
each word. Attention is finer, but if a model attends poorly, its words collapse into one moment. A disagreement of the
two says nothing: the closing timestamp of real speech includes the pause after it.
"""

from collections.abc import Sequence
from dataclasses import replace

from transcripts.text.spoken import SpokenSegment, SpokenWord

COLLAPSED_SECONDS = 0.03  # nobody says a word faster
MAX_COLLAPSED_SHARE = 0.2  # of collapsed words; above it, none of the segment's times are used
MIN_WORDS_TO_JUDGE = 3


def correct_times(segment: SpokenSegment, token_start: float, token_end: float) -> SpokenSegment:
    """The segment unchanged, or at its timestamp tokens with its words spread by their length."""
    if not segment.words or token_end <= token_start:
        return segment
    if not has_doubtful_times(segment.words):
        return segment
    words = spread_words(segment.words, token_start, token_end)
    return replace(segment, start=token_start, end=token_end, words=words)


def has_doubtful_times(words: Sequence[SpokenWord]) -> bool:
    collapsed = sum(word.end - word.start < COLLAPSED_SECONDS for word in words)
    return len(words) >= MIN_WORDS_TO_JUDGE and collapsed > MAX_COLLAPSED_SHARE * len(words)


def spread_words(words: Sequence[SpokenWord], start: float, end: float) -> tuple[SpokenWord, ...]:
    lengths = [len(word.word) for word in words]
    per_letter = (end - start) / sum(lengths)
    edges = [start + per_letter * sum(lengths[:number]) for number in range(len(words))] + [end]
    return tuple(
        replace(word, start=round(edges[number], 3), end=round(edges[number + 1], 3))
        for number, word in enumerate(words)
    )
