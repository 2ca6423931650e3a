"""Raise quiet stretches of a recording to the loudness of the rest, so that a distant speaker is found and understood.

Speech that is far below the other speaker's is missed: the detector judges it beside the loud voice just before it.
The gain follows the loudness around each moment, changes slowly, and never raises the noise between words to a voice.
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from transcripts.audio.audio_facts import SAMPLE_RATE
from transcripts.audio.streams import AudioSource, iter_blocks

FRAME_SECONDS = 0.02
FRAME_SAMPLES = round(FRAME_SECONDS * SAMPLE_RATE)
BLOCK_SAMPLES = 3000 * FRAME_SAMPLES  # a minute
QUIETEST_DB = -90.0
TARGET_DB = -20.0  # RMS of the loud frames of ordinary speech
MAX_GAIN_DB = 36.0
MAX_NOISE_DB = -50.0  # to which the quiet frames between words may be raised
NEIGHBOURHOOD_SECONDS = 0.5  # to each side: a gain that follows a pause within a sentence would raise its noise
NOISE_NEIGHBOURHOOD_SECONDS = 5.0
SMOOTHING_SECONDS = 0.3
PEAK = 0.99

Samples = NDArray[np.float32]


def level_sound(sound: AudioSource, check: Callable[[], object] = lambda: None) -> AudioSource:
    """Reads the sound once to measure it. The levelled source has the same length."""
    gains = compute_gains(measure_frame_levels(_check_each(iter_blocks(sound, BLOCK_SAMPLES), check)))
    if not np.any(gains):
        return sound

    def pieces() -> Generator[Samples, None, None]:
        with closing(sound.open_chunks()) as chunks:
            first = 0
            for chunk in chunks:
                yield _apply_gains(chunk, first, gains)
                first += len(chunk)

    return replace(sound, open_chunks=pieces)


def measure_frame_levels(blocks: Iterator[Samples]) -> Samples:
    """Decibels below full scale, shape (frames,). `blocks`: of whole frames, the last may be shorter."""
    levels = [_measure_block(block) for block in blocks]
    return np.concatenate(levels) if levels else np.empty(0, dtype=np.float32)


def compute_gains(levels: Samples) -> Samples:
    """Decibels for each frame, 0 or more, shape (frames,)."""
    if not len(levels):
        return levels
    loud = _slide(levels, NEIGHBOURHOOD_SECONDS, np.maximum)
    noise = _slide(_average(levels, 5), NOISE_NEIGHBOURHOOD_SECONDS, np.minimum)
    target = np.clip(TARGET_DB - loud, 0.0, MAX_GAIN_DB)
    allowed = np.clip(MAX_NOISE_DB - noise, 0.0, MAX_GAIN_DB)
    return _average(np.minimum(target, allowed), round(SMOOTHING_SECONDS / FRAME_SECONDS))


def _measure_block(block: Samples) -> Samples:
    padded = np.pad(block, (0, -len(block) % FRAME_SAMPLES)).reshape(-1, FRAME_SAMPLES)
    power = np.mean(np.square(padded, dtype=np.float64), axis=1)
    levels: Samples = (10 * np.log10(power + 10 ** (QUIETEST_DB / 10))).astype(np.float32)
    return levels


def _slide(levels: Samples, seconds: float, choose: Callable[[Samples, Samples], Samples]) -> Samples:
    """The largest or smallest value within `seconds` to each side, by doubling the reach (van Herk's idea, simpler)."""
    reach = round(seconds / FRAME_SECONDS)
    padded = np.pad(levels, (reach, reach), mode="edge")
    width, size = 1, 2 * reach + 1
    while width * 2 <= size:
        padded = choose(padded[:-width], padded[width:])
        width *= 2
    rest = size - width
    return choose(padded[: len(levels)], padded[rest : rest + len(levels)])


def _average(values: Samples, width: int) -> Samples:
    padded = np.pad(values, (width // 2, width - 1 - width // 2), mode="edge").astype(np.float64)
    sums = np.cumsum(np.concatenate([[0.0], padded]))
    means: Samples = ((sums[width:] - sums[:-width]) / width).astype(np.float32)
    return means


def _apply_gains(chunk: Samples, first: int, gains: Samples) -> Samples:
    """`first`: the position of the chunk's first sample in the recording."""
    at = (np.arange(first, first + len(chunk)) / FRAME_SAMPLES - 0.5).astype(np.float32)
    decibels = np.interp(at, np.arange(len(gains)), gains)
    levelled: Samples = (chunk * 10 ** (decibels / 20)).astype(np.float32)
    return np.clip(levelled, -PEAK, PEAK) if len(levelled) and np.abs(levelled).max() > 1.0 else levelled


def _check_each(blocks: Iterator[Samples], check: Callable[[], object]) -> Iterator[Samples]:
    for block in blocks:
        check()
        yield block
