"""Whether the two channels of a recording hold a speaker each. Decides from loudness alone; recognises nothing.

With a speaker a channel one side is far louder than the other, now this one, now that one, even where each microphone
also picks up the other person. A mix heard by two microphones, or the same mix twice, leans to one side by little.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from transcripts.speakers.loudness import FRAME_SECONDS, FloatArray, speech_floor

DEAD_BELOW_DB = -60.0  # a channel that never gets louder holds no voice
DEAD_BEHIND_DB = 40.0  # nor does one that stays so far behind the other
LEAST_APART_DB = 14.0  # between one speaker's usual lean and the other's; a room in stereo stays below 10
LEAST_SECONDS = 3.0  # that each side has to lead,
LEAST_SHARE = 0.01  # and as a share of all speech: more than a cough or a knock
MOST_BETWEEN = 0.35  # of all speech may lean to neither side: people talking over each other
ROUNDS = 12


class Layout(StrEnum):
    APART = "a speaker a channel"
    TOGETHER = "all speakers in both channels"
    FIRST_ONLY = "first channel only"
    SECOND_ONLY = "second channel only"


@dataclass(frozen=True, slots=True)
class Lean:
    """How much louder the first channel is, in decibels, while the first and while the second speaker talks."""

    first: float
    second: float
    first_seconds: float
    second_seconds: float
    between: float  # share of all speech that leans to neither side


def layout_of(first: FloatArray, second: FloatArray) -> Layout:
    """`first`, `second`: levels of both channels, shape (frames,)."""
    frames = min(len(first), len(second))
    first, second = first[:frames], second[:frames]
    if not frames:
        return Layout.TOGETHER
    peaks = [float(np.percentile(level, 99.5)) for level in (first, second)]
    is_dead = [peak < DEAD_BELOW_DB or peak < max(peaks) - DEAD_BEHIND_DB for peak in peaks]
    if all(is_dead):
        return Layout.TOGETHER
    if any(is_dead):
        return Layout.SECOND_ONLY if is_dead[0] else Layout.FIRST_ONLY
    return Layout.APART if _is_apart(lean_of(first, second)) else Layout.TOGETHER


def lean_of(first: FloatArray, second: FloatArray) -> Lean:
    """Two means of the difference between the channels, over the frames in which somebody speaks."""
    speech = (first > speech_floor(first)) | (second > speech_floor(second))
    lean = (first - second)[speech]
    if not len(lean):
        return Lean(0.0, 0.0, 0.0, 0.0, 1.0)
    high, low = (float(value) for value in np.percentile(lean, (98, 2)))
    for _ in range(ROUNDS):
        is_first = lean > (high + low) / 2
        if is_first.all() or not is_first.any():
            break
        high, low = float(np.median(lean[is_first])), float(np.median(lean[~is_first]))
    middle, reach = (high + low) / 2, (high - low) / 4
    is_first = lean > middle
    return Lean(
        first=high,
        second=low,
        first_seconds=float(is_first.sum()) * FRAME_SECONDS,
        second_seconds=float((~is_first).sum()) * FRAME_SECONDS,
        between=float(np.mean(np.abs(lean - middle) < reach)),
    )


def _is_apart(lean: Lean) -> bool:
    least = max(LEAST_SECONDS, LEAST_SHARE * (lean.first_seconds + lean.second_seconds))
    return (
        lean.first - lean.second >= LEAST_APART_DB
        and min(lean.first_seconds, lean.second_seconds) >= least
        and lean.between <= MOST_BETWEEN
    )
