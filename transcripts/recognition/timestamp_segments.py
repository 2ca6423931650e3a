"""Split a window's tokens at their timestamps, and decide where decoding has to resume. Pure.

The rules are openai-whisper's (`whisper.transcribe`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class TimestampSegment:
    """Positions are steps of 0.02 s from where decoding started."""

    start_position: int
    end_position: int | None  # None: to the end of the window
    tokens: tuple[int, ...]  # without timestamps


@dataclass(frozen=True, slots=True)
class TokenSplit:
    segments: tuple[TimestampSegment, ...]
    resume_position: int | None  # None: the window is finished


def split_at_timestamps(tokens: Sequence[int], timestamp_begin: int) -> TokenSplit:
    """`timestamp_begin`: the token of 0.00 s; all tokens from it on are timestamps."""
    is_stamp = [token >= timestamp_begin for token in tokens]
    ends_alone = is_stamp[-2:] == [False, True]
    cuts = [number + 1 for number, both in enumerate(pairwise(is_stamp)) if both == (True, True)]
    if not cuts:
        return TokenSplit((_build_single_segment(tokens, is_stamp, timestamp_begin),), None)
    if ends_alone:
        cuts.append(len(tokens))
    edges = [0, *cuts]
    pieces = tuple(_build_segment(tokens[start:end], timestamp_begin) for start, end in pairwise(edges))
    return TokenSplit(pieces, None if ends_alone else tokens[edges[-1] - 1] - timestamp_begin)


def _build_segment(tokens: Sequence[int], timestamp_begin: int) -> TimestampSegment:
    text = tuple(token for token in tokens if token < timestamp_begin)
    return TimestampSegment(tokens[0] - timestamp_begin, tokens[-1] - timestamp_begin, text)


def _build_single_segment(tokens: Sequence[int], is_stamp: Sequence[bool], timestamp_begin: int) -> TimestampSegment:
    stamps = [token - timestamp_begin for token, stamp in zip(tokens, is_stamp, strict=True) if stamp]
    text = tuple(token for token in tokens if token < timestamp_begin)
    return TimestampSegment(0, stamps[-1] if stamps and stamps[-1] else None, text)
