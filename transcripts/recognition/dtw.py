"""Dynamic time warping of tokens to frames, for several windows at once (Sakoe and Chiba 1978). Pure numpy.

Gives the same path as openai-whisper's `timing`, without compiling anything first.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

FROM_BOTH, FROM_TOKEN, FROM_FRAME = 0, 1, 2  # one step back: in both, in the token only, in the frame only


def find_start_frames(matrices: Sequence[NDArray[np.float32]]) -> list[NDArray[np.int64]]:
    """The frame in which each token starts: shapes (tokens, frames) -> (tokens,)."""
    if not matrices:
        return []
    tokens, frames = max(one.shape[0] for one in matrices), max(one.shape[1] for one in matrices)
    steps = _compute_steps(_skew_costs(matrices, tokens, frames), tokens, frames)
    return [_backtrace(steps[:, number], *one.shape) for number, one in enumerate(matrices)]


def _skew_costs(matrices: Sequence[NDArray[np.float32]], tokens: int, frames: int) -> NDArray[np.float64]:
    """Costs by diagonal, window and token: a whole diagonal can be calculated at once."""
    costs = np.zeros((tokens + frames + 1, len(matrices), tokens + 1))
    for number, one in enumerate(matrices):
        for token in range(one.shape[0]):
            costs[token + 2 : token + 2 + one.shape[1], number, token + 1] = -one[token]
    return costs


def _compute_steps(costs: NDArray[np.float64], tokens: int, frames: int) -> NDArray[np.uint8]:
    """Where the cheapest path to each cell came from, by diagonal, window and token."""
    windows = costs.shape[1]
    steps = np.zeros(costs.shape, dtype=np.uint8)
    before_last, last = (np.full((windows, tokens + 1), np.inf, dtype=np.float32) for _ in range(2))
    before_last[:, 0] = 0.0
    for diagonal in range(2, tokens + frames + 1):
        both, token, frame = before_last[:, :-1], last[:, :-1], last[:, 1:]
        is_both = (both < token) & (both < frame)
        is_token = ~is_both & (token < both) & (token < frame)
        cheapest = np.where(is_both, both, np.where(is_token, token, frame))
        steps[diagonal, :, 1:] = np.where(is_both, FROM_BOTH, np.where(is_token, FROM_TOKEN, FROM_FRAME))
        current = np.full_like(last, np.inf)
        current[:, 1:] = cheapest + costs[diagonal, :, 1:]
        current[:, min(diagonal, tokens + 1) :] = np.inf  # before the first frame
        before_last, last = last, current
    return steps


def _backtrace(steps: NDArray[np.uint8], tokens: int, frames: int) -> NDArray[np.int64]:
    start_frames = np.zeros(tokens, dtype=np.int64)
    token, frame = tokens, frames
    while token > 0 and frame > 0:
        start_frames[token - 1] = frame - 1
        step = steps[token + frame, token]
        token -= step != FROM_FRAME
        frame -= step != FROM_TOKEN
    return start_frames
