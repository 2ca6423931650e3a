"""What a voice sounds like from moment to moment: the shape of its spectrum and its pitch. Pure; labels nobody.

Mel-frequency cepstra (Davis and Mermelstein 1980) up to 3.8 kHz, which a telephone still carries, without the loudness;
pitch from the autocorrelation, the window's own divided out (Boersma 1993).
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from transcripts.sound.facts import SAMPLE_RATE

HOP_SAMPLES = 320  # 20 ms
WINDOW_SAMPLES = 400  # 25 ms
PITCH_SAMPLES = 640  # 40 ms: two periods of the deepest voice
FFT_SAMPLES = 512
PITCH_FFT_SAMPLES = 2048
PITCH_BINS = 200  # up to 1.56 kHz
BANDS = 26
CEPSTRA = 18
LOWEST_HZ, HIGHEST_HZ = 150.0, 3800.0
DEEPEST_HZ, HIGHEST_PITCH_HZ = 65, 350
VOICED = 0.5  # autocorrelation from which on there is a pitch
QUIETER_BY = 3 * np.log(10)  # natural log of power: 30 dB below the piece's loud frames is no voice

FloatArray = NDArray[np.float64]
Features = NDArray[np.float32]


def features(sound: NDArray[np.float32]) -> Features:
    """Of the loud frames of a piece of speech, shape (frames, CEPSTRA + 1): cepstra, log pitch or NaN."""
    count = 1 + (len(sound) - WINDOW_SAMPLES) // HOP_SAMPLES
    if count < 1:
        return np.empty((0, CEPSTRA + 1), dtype=np.float32)
    frames = _frames(sound, WINDOW_SAMPLES, count)
    power = np.log(np.square(frames).mean(axis=1) + 1e-9)
    is_loud = power > np.percentile(power, 95) - QUIETER_BY
    found: FloatArray = np.column_stack((_cepstra(frames), _log_pitch(_frames(sound, PITCH_SAMPLES, count))))
    loud: Features = found[is_loud].astype(np.float32)
    return loud


def _frames(sound: NDArray[np.float32], length: int, count: int) -> FloatArray:
    padded = np.pad(sound.astype(np.float64), (0, length))
    return np.lib.stride_tricks.sliding_window_view(padded, length)[::HOP_SAMPLES][:count]


def _cepstra(frames: FloatArray) -> FloatArray:
    sharpened = np.concatenate((frames[:, :1], frames[:, 1:] - 0.97 * frames[:, :-1]), axis=1)
    power = np.abs(np.fft.rfft(sharpened * np.hamming(WINDOW_SAMPLES), FFT_SAMPLES)) ** 2
    cepstra: FloatArray = np.log(power @ _bands().T + 1e-7) @ _cosines().T
    return cepstra


def _log_pitch(frames: FloatArray) -> FloatArray:
    window = np.hanning(PITCH_SAMPLES)
    spectrum = np.abs(np.fft.rfft((frames - frames.mean(axis=1, keepdims=True)) * window, PITCH_FFT_SAMPLES)) ** 2
    spectrum[:, PITCH_BINS:] = 0
    of_window = np.fft.irfft(np.abs(np.fft.rfft(window, PITCH_FFT_SAMPLES)) ** 2)[:PITCH_SAMPLES]
    likeness = np.fft.irfft(spectrum)[:, :PITCH_SAMPLES]
    likeness = likeness / (likeness[:, :1] + 1e-9) / (of_window / of_window[0] + 1e-6)
    shortest, longest = SAMPLE_RATE // HIGHEST_PITCH_HZ, SAMPLE_RATE // DEEPEST_HZ
    period = likeness[:, shortest:longest].argmax(axis=1) + shortest
    is_voiced = likeness[np.arange(len(frames)), period] > VOICED
    return np.where(is_voiced, np.log(SAMPLE_RATE / period), np.nan)


@cache
def _bands() -> FloatArray:
    """Triangles evenly spaced in mel, shape (BANDS, FFT_SAMPLES // 2 + 1)."""
    low, high = (1127 * np.log(1 + hz / 700) for hz in (LOWEST_HZ, HIGHEST_HZ))
    edges = 700 * (np.exp(np.linspace(low, high, BANDS + 2) / 1127) - 1)
    hz = np.arange(FFT_SAMPLES // 2 + 1) * SAMPLE_RATE / FFT_SAMPLES
    rising = (hz - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - hz) / (edges[2:] - edges[1:-1])[:, None]
    bands: FloatArray = np.maximum(0.0, np.minimum(rising, falling))
    return bands


@cache
def _cosines() -> FloatArray:
    order = np.arange(1, CEPSTRA + 1)[:, None]
    cosines: FloatArray = np.cos(np.pi * order * (np.arange(BANDS) + 0.5) / BANDS) * np.sqrt(2 / BANDS)
    return cosines
