"""How loud a recording is over time, in decibels."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from transcripts.audio.audio_facts import SAMPLE_RATE

FRAME_SECONDS = 0.05
FRAME_SAMPLES = round(FRAME_SECONDS * SAMPLE_RATE)
BLOCK_SAMPLES = 1200 * FRAME_SAMPLES  # a minute: whole frames, so nothing is carried over
QUIETEST_DB = -90.0  # below the noise of any microphone; digital silence counts as this

FloatArray = NDArray[np.float32]


def measure_levels(blocks: Iterable[FloatArray]) -> FloatArray:
    """Decibels below full scale, shape (frames,). `blocks`: of BLOCK_SAMPLES, the last may be shorter."""
    levels = [_measure_block_levels(block) for block in blocks]
    return np.concatenate(levels) if levels else np.empty(0, dtype=np.float32)


def slice_levels(levels: FloatArray, start: float, end: float) -> FloatArray:
    """From one time to another in seconds, at least one frame if there are any."""
    first = min(int(start / FRAME_SECONDS), max(0, len(levels) - 1))
    frames: FloatArray = levels[first : max(first + 1, int(np.ceil(end / FRAME_SECONDS)))]
    return frames


def estimate_speech_floor(levels: FloatArray) -> float:
    """Decibels above which speech is likely."""
    if not len(levels):
        return QUIETEST_DB
    quiet, loud = np.percentile(levels, (10, 98))
    return float(max(quiet + 6.0, loud - 30.0))


def _measure_block_levels(block: FloatArray) -> FloatArray:
    padded = np.pad(block, (0, -len(block) % FRAME_SAMPLES)).reshape(-1, FRAME_SAMPLES)
    power = np.mean(np.square(padded, dtype=np.float64), axis=1)
    decibels: FloatArray = (10 * np.log10(power + 10 ** (QUIETEST_DB / 10))).astype(np.float32)
    return decibels
