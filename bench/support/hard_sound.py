"""Sound that is difficult to recognise: synthetic room noise, something like music, clipping. Pure."""

import numpy as np
from numpy.typing import NDArray

from transcripts.audio.audio_facts import SAMPLE_RATE

Sound = NDArray[np.float32]
HISS_LEVEL = 4e-4  # standard deviation: a quiet room
CHORD_SECONDS = 0.6
ROOTS_HZ = (110.0, 146.8, 164.8, 196.0, 220.0)
CHORDS = ((1.0, 1.25, 1.5), (1.0, 1.2, 1.5), (1.0, 1.333, 1.667))
PARTIALS = (1, 2, 3, 4, 5)
CLIPPING_GAIN = 12.0


def make_hiss(samples: int, random: np.random.Generator) -> Sound:
    return random.normal(0, HISS_LEVEL, samples).astype(np.float32)


def make_music(samples: int, random: np.random.Generator) -> Sound:
    """Chords with overtones that are struck and die away, and a drum of noise: at most 1 in either direction."""
    length = round(CHORD_SECONDS * SAMPLE_RATE)
    struck = [_make_chord(length, random) for _ in range(-(-samples // length))]
    whole = np.concatenate(struck)[:samples]
    level: Sound = (whole / np.abs(whole).max()).astype(np.float32)
    return level


def overdrive(sound: Sound) -> Sound:
    """Recorded far too loud, then turned down."""
    quiet: Sound = np.clip(sound * CLIPPING_GAIN, -1, 1) * np.float32(0.7)
    return quiet


def _make_chord(length: int, random: np.random.Generator) -> NDArray[np.float64]:
    seconds = np.arange(length) / SAMPLE_RATE
    root, chord = random.choice(ROOTS_HZ), CHORDS[random.integers(len(CHORDS))]
    tones = [np.sin(2 * np.pi * root * step * partial * seconds) / partial for step in chord for partial in PARTIALS]
    drum = random.normal(0, 1, length) * np.exp(-seconds * 30)
    dying: NDArray[np.float64] = np.sum(tones, axis=0) * np.exp(-seconds * 2.5) + drum
    return dying
