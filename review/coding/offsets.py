"""Where offsets in a text are after it was changed. Pure; all offsets are in code points."""

import re
from collections.abc import Sequence
from itertools import accumulate

from rapidfuzz.distance import Levenshtein

TOKEN = re.compile(r"\s+|\w+|[^\w\s]")
Block = tuple[int, int, int, int, bool]  # from, to in the old text; from, to in the new one; whether they are equal


def carry_offsets(old: str, new: str, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Each span in the new text: the same words, and what has replaced some of them. Empty if they were deleted."""
    blocks = _align(old, new)
    return [_order(_carry_start(blocks, start, len(new)), _carry_end(blocks, end)) for start, end in spans]


def _order(start: int, end: int) -> tuple[int, int]:
    return start, max(start, end)


def _align(old: str, new: str) -> list[Block]:
    """By words: letters would cost a gigabyte of memory for two long texts."""
    old_tokens, new_tokens = TOKEN.findall(old), TOKEN.findall(new)
    old_starts, new_starts = _list_starts(old_tokens), _list_starts(new_tokens)
    return [
        (old_starts[op.src_start], old_starts[op.src_end], new_starts[op.dest_start], new_starts[op.dest_end],
         op.tag == "equal")
        for op in Levenshtein.opcodes(old_tokens, new_tokens)
    ]  # fmt: skip


def _list_starts(tokens: Sequence[str]) -> list[int]:
    return list(accumulate(map(len, tokens), initial=0))


def _carry_start(blocks: Sequence[Block], offset: int, length: int) -> int:
    for old_start, old_end, new_start, _, is_equal in blocks:
        if old_start <= offset < old_end:
            return new_start + (offset - old_start if is_equal else 0)
    return length


def _carry_end(blocks: Sequence[Block], offset: int) -> int:
    for old_start, old_end, new_start, new_end, is_equal in blocks:
        if old_start < offset <= old_end:
            return new_start + offset - old_start if is_equal else new_end
    return 0
