"""Sound that is hard to hear, made from clean sound: noise, clipping, a bad line, lost pieces. Always the same.

Sound is mono at 16 kHz, shape (n,), -1..1.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from transcripts.audio.audio_facts import SAMPLE_RATE

Sound = NDArray[np.float32]
SEED = 11
HUM_HERTZ = (110.0, 138.6, 164.8, 220.0)


def add_noise(sound: Sound, decibels: float) -> Sound:
    """White noise under the speech: so many decibels below it."""
    noise = np.random.default_rng(SEED).standard_normal(len(sound))
    level = _measure_loudness(sound) * 10 ** (-decibels / 20)
    return _fit_to_range(sound + noise * level)


def add_noise_in_stretches(sound: Sound, decibels: float, seconds: float = 12.0) -> Sound:
    """Every other stretch of so many seconds is noisy: as when a lorry stands outside."""
    is_loud = (np.arange(len(sound)) // round(seconds * SAMPLE_RATE)) % 2 == 1
    return np.where(is_loud, add_noise(sound, decibels), sound).astype(np.float32)


def add_music(sound: Sound, decibels: float) -> Sound:
    """Chords that swell and fade under the speech."""
    moments = np.arange(len(sound)) / SAMPLE_RATE
    chord = sum(np.sin(2 * np.pi * hertz * moments) for hertz in HUM_HERTZ) * (1 + np.sin(2 * np.pi * moments / 3))
    level = _measure_loudness(sound) * 10 ** (-decibels / 20)
    return _fit_to_range(sound + chord / np.sqrt(np.mean(chord**2)) * level)


def clip(sound: Sound, share: float) -> Sound:
    """Cut off at a share of the loudest moment, and as loud as before."""
    top = float(np.abs(sound).max()) * share
    return _fit_to_range(np.clip(sound, -top, top) / share)


def drop_pieces(sound: Sound, share: float, seconds: float = 0.12) -> Sound:
    """Pieces are missing, as on a bad line."""
    size = round(seconds * SAMPLE_RATE)
    is_lost = np.random.default_rng(SEED).random(len(sound) // size + 1) < share
    return np.where(np.repeat(is_lost, size)[: len(sound)], 0.0, sound).astype(np.float32)


def limit_to_telephone_band(sound: Sound) -> Sound:
    """Only 300 to 3400 Hz."""
    spectrum = np.fft.rfft(sound)
    hertz = np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE)
    return _fit_to_range(np.fft.irfft(np.where((hertz >= 300) & (hertz <= 3400), spectrum, 0), len(sound)))


DEGRADATIONS: dict[str, Callable[[Sound], Sound]] = {
    "clean": lambda sound: sound,
    "noise 20 dB": lambda sound: add_noise(sound, 20),
    "noise 12 dB": lambda sound: add_noise(sound, 12),
    "noise in parts, 5 dB": lambda sound: add_noise_in_stretches(sound, 5),
    "noise in parts, 0 dB": lambda sound: add_noise_in_stretches(sound, 0),
    "music 10 dB": lambda sound: add_music(sound, 10),
    "clipped": lambda sound: clip(sound, 0.1),
    "pieces lost": lambda sound: drop_pieces(sound, 0.1),
    "telephone": limit_to_telephone_band,
}


def _measure_loudness(sound: Sound) -> float:
    return float(np.sqrt(np.mean(sound.astype(np.float64) ** 2)))


def _fit_to_range(sound: NDArray[np.float64] | Sound) -> Sound:
    return np.clip(sound, -1.0, 1.0).astype(np.float32)
