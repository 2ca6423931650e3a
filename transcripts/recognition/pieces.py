"""Cut what was found in a window at its time stamps, and say where the window has to be read on. Pure.

The rules are openai-whisper's (`whisper.transcribe`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Piece:
    """Tokens between two time stamps; places count 0.02 s from where reading began."""

    first_place: int
    last_place: int | None  # None: to the end of what was read
    tokens: tuple[int, ...]  # without time stamps


@dataclass(frozen=True, slots=True)
class Cut:
    pieces: tuple[Piece, ...]
    read_on_at: int | None  # the place; None: all was read


def cut_at_timestamps(tokens: Sequence[int], first_timestamp: int) -> Cut:
    """`first_timestamp`: the token that stands for 0.00 s; all from it on are time stamps."""
    is_stamp = [token >= first_timestamp for token in tokens]
    ends_alone = is_stamp[-2:] == [False, True]
    cuts = [number + 1 for number, both in enumerate(pairwise(is_stamp)) if both == (True, True)]
    if not cuts:
        return Cut((_whole(tokens, is_stamp, first_timestamp),), None)
    if ends_alone:
        cuts.append(len(tokens))
    edges = [0, *cuts]
    pieces = tuple(_piece(tokens[start:end], first_timestamp) for start, end in pairwise(edges))
    return Cut(pieces, None if ends_alone else tokens[edges[-1] - 1] - first_timestamp)


def _piece(tokens: Sequence[int], first_timestamp: int) -> Piece:
    text = tuple(token for token in tokens if token < first_timestamp)
    return Piece(tokens[0] - first_timestamp, tokens[-1] - first_timestamp, text)


def _whole(tokens: Sequence[int], is_stamp: Sequence[bool], first_timestamp: int) -> Piece:
    """No two time stamps together: one piece, up to the last of them if it is not the first."""
    stamps = [token - first_timestamp for token, stamp in zip(tokens, is_stamp, strict=True) if stamp]
    text = tuple(token for token in tokens if token < first_timestamp)
    return Piece(0, stamps[-1] if stamps and stamps[-1] else None, text)
