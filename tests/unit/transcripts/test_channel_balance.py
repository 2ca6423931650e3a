"""Whether two channels hold a speaker each, by how loud they are."""

import numpy as np
import pytest
from numpy.typing import NDArray

from transcripts.speakers.channels import ChannelLayout, detect_layout
from transcripts.speakers.loudness import BLOCK_SAMPLES, FRAME_SAMPLES, measure_levels

Sound = NDArray[np.float32]
RATE = 16_000
FIRST_TALKS = np.repeat([1, 0] * 6, 2 * RATE).astype(np.float32)


def voice(seed: int, talks: NDArray[np.float32]) -> Sound:
    """Noise that comes and goes like syllables while somebody talks."""
    draw = np.random.default_rng(seed)
    syllables = 0.6 + 0.4 * np.sin(2 * np.pi * 4 * np.arange(len(talks)) / RATE + seed)
    return (0.1 * draw.normal(size=len(talks)) * syllables * talks).astype(np.float32)


def heard(*channels: Sound) -> ChannelLayout:
    hiss = np.random.default_rng(9).normal(size=(2, len(channels[0]))) * 2e-4
    first, second = (measure_levels([channel + hiss[side]]) for side, channel in enumerate(channels))
    return detect_layout(first.astype(np.float32), second.astype(np.float32))


ONE, OTHER = voice(1, FIRST_TALKS), voice(2, 1 - FIRST_TALKS)
BOTH_AT_ONCE = voice(2, np.where(np.arange(len(FIRST_TALKS)) % (4 * RATE) < 2.5 * RATE, 1, 0) * FIRST_TALKS)


@pytest.mark.parametrize(
    ("first", "second", "layout"),
    [
        pytest.param(ONE, OTHER, ChannelLayout.SEPARATE, id="a telephone"),
        pytest.param(
            ONE + 0.1 * OTHER, OTHER + 0.1 * ONE, ChannelLayout.SEPARATE, id="each headset picks up the other"
        ),
        pytest.param(ONE * 0.05, OTHER, ChannelLayout.SEPARATE, id="one of them very quiet"),
        pytest.param(ONE, OTHER + 0.8 * BOTH_AT_ONCE, ChannelLayout.SEPARATE, id="they talk over each other"),
        pytest.param(ONE + OTHER, ONE + OTHER, ChannelLayout.MIXED, id="the same mix twice"),
        pytest.param(ONE + 0.6 * OTHER, 0.6 * ONE + OTHER, ChannelLayout.MIXED, id="two microphones of one room"),
        pytest.param(ONE + OTHER, 0.3 * (ONE + OTHER), ChannelLayout.MIXED, id="a mix that is louder on one side"),
        pytest.param(ONE + OTHER, 0 * ONE, ChannelLayout.FIRST_ONLY, id="the second channel is dead"),
        pytest.param(0 * ONE, ONE + OTHER, ChannelLayout.SECOND_ONLY, id="the first channel is dead"),
        pytest.param(0 * ONE, 0 * ONE, ChannelLayout.MIXED, id="nobody speaks"),
    ],
)
def test_channels_are_distinguished_by_who_is_louder(first: Sound, second: Sound, layout: ChannelLayout) -> None:
    assert heard(first, second) is layout


def test_loudness_is_the_same_in_one_block_or_in_many() -> None:
    sound = voice(3, np.ones(2 * BLOCK_SAMPLES + 7, dtype=np.float32))

    piecewise = measure_levels(sound[start : start + BLOCK_SAMPLES] for start in range(0, len(sound), BLOCK_SAMPLES))

    assert len(piecewise) == -(-len(sound) // FRAME_SAMPLES)
    assert np.array_equal(piecewise, measure_levels([sound]))
