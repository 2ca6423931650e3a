"""Whether each of the two channels of a recording has its own speaker. Decides from loudness only.

With one speaker per channel, one side is far louder than the other, in turns, even if each microphone also picks up the
other person. In a mix recorded by two microphones, or the same mix twice, the two sides are almost equally loud.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from transcripts.speakers.loudness import FRAME_SECONDS, FloatArray, estimate_speech_floor

MIN_PEAK_DB = -60.0  # a channel that never gets louder has no voice
MAX_PEAK_DIFFERENCE_DB = 40.0  # nor has one that stays this far below the other
MIN_SEPARATION_DB = 14.0  # between the two speakers' usual balance; a room in stereo stays below 10
MIN_LEAD_SECONDS = 3.0  # for which each side has to be louder,
MIN_LEAD_SHARE = 0.01  # also as a share of all speech: more than a cough or a knock
MAX_UNDECIDED_SHARE = 0.35  # of all speech may be on neither side: people talking over each other
MAX_ITERATIONS = 12


class ChannelLayout(StrEnum):
    SEPARATE = "one speaker per channel"
    MIXED = "all speakers in both channels"
    FIRST_ONLY = "first channel only"
    SECOND_ONLY = "second channel only"


@dataclass(frozen=True, slots=True)
class ChannelBalance:
    """How much louder the first channel is, in decibels, while the first or the second speaker talks."""

    first_db: float
    second_db: float
    first_seconds: float
    second_seconds: float
    undecided_share: float  # share of all speech that is on neither side


def detect_layout(first: FloatArray, second: FloatArray) -> ChannelLayout:
    """Levels: decibels, shape (frames,)."""
    frames = min(len(first), len(second))
    first, second = first[:frames], second[:frames]
    if not frames:
        return ChannelLayout.MIXED
    peaks = [float(np.percentile(level, 99.5)) for level in (first, second)]
    is_dead = [peak < MIN_PEAK_DB or peak < max(peaks) - MAX_PEAK_DIFFERENCE_DB for peak in peaks]
    if all(is_dead):
        return ChannelLayout.MIXED
    if any(is_dead):
        return ChannelLayout.SECOND_ONLY if is_dead[0] else ChannelLayout.FIRST_ONLY
    return ChannelLayout.SEPARATE if _is_separate(measure_balance(first, second)) else ChannelLayout.MIXED


def measure_balance(first: FloatArray, second: FloatArray) -> ChannelBalance:
    """Two-means clustering of the level differences in frames with speech. Levels: decibels, shape (frames,)."""
    speech = (first > estimate_speech_floor(first)) | (second > estimate_speech_floor(second))
    difference = (first - second)[speech]
    if not len(difference):
        return ChannelBalance(first_db=0.0, second_db=0.0, first_seconds=0.0, second_seconds=0.0, undecided_share=1.0)
    high, low = (float(value) for value in np.percentile(difference, (98, 2)))
    for _ in range(MAX_ITERATIONS):
        is_first = difference > (high + low) / 2
        if is_first.all() or not is_first.any():
            break
        high, low = float(np.median(difference[is_first])), float(np.median(difference[~is_first]))
    middle, reach = (high + low) / 2, (high - low) / 4
    is_first = difference > middle
    return ChannelBalance(
        first_db=high,
        second_db=low,
        first_seconds=float(is_first.sum()) * FRAME_SECONDS,
        second_seconds=float((~is_first).sum()) * FRAME_SECONDS,
        undecided_share=float(np.mean(np.abs(difference - middle) < reach)),
    )


def _is_separate(balance: ChannelBalance) -> bool:
    min_lead_seconds = max(MIN_LEAD_SECONDS, MIN_LEAD_SHARE * (balance.first_seconds + balance.second_seconds))
    return (
        balance.first_db - balance.second_db >= MIN_SEPARATION_DB
        and min(balance.first_seconds, balance.second_seconds) >= min_lead_seconds
        and balance.undecided_share <= MAX_UNDECIDED_SHARE
    )
