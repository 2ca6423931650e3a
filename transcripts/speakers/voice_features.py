"""Features of a voice over time: the shape of its spectrum and its pitch. Pure.

Mel-frequency cepstra (Davis and Mermelstein 1980) up to 3.8 kHz, which a telephone still carries, without the loudness;
pitch from the autocorrelation, divided by the window's own (Boersma 1993).
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from transcripts.audio.audio_facts import SAMPLE_RATE

HOP_SAMPLES = 320  # 20 ms
WINDOW_SAMPLES = 400  # 25 ms
PITCH_WINDOW_SAMPLES = 640  # 40 ms: two periods of the deepest voice
FFT_SAMPLES = 512
PITCH_FFT_SAMPLES = 2048
PITCH_BINS = 200  # up to 1.56 kHz
MEL_BANDS = 26
CEPSTRA = 18
LOWEST_HZ, HIGHEST_HZ = 150.0, 3800.0
LOWEST_PITCH_HZ, HIGHEST_PITCH_HZ = 65, 350
VOICED_THRESHOLD = 0.5  # minimum autocorrelation of voiced sound
LOUDNESS_RANGE = 3 * np.log(10)  # natural log of power: 30 dB below the loud frames is not voice

FloatArray = NDArray[np.float64]
VoiceFeatures = NDArray[np.float32]


def compute_voice_features(sound: NDArray[np.float32]) -> VoiceFeatures:
    """Of the loud frames, shape (frames, CEPSTRA + 1): cepstra, then log pitch or NaN.

    `sound`: mono at SAMPLE_RATE, shape (samples,).
    """
    count = 1 + (len(sound) - WINDOW_SAMPLES) // HOP_SAMPLES
    if count < 1:
        return np.empty((0, CEPSTRA + 1), dtype=np.float32)
    frames = _split_frames(sound, WINDOW_SAMPLES, count)
    power = np.log(np.square(frames).mean(axis=1) + 1e-9)
    is_loud = power > np.percentile(power, 95) - LOUDNESS_RANGE
    features: FloatArray = np.column_stack(
        (_compute_cepstra(frames), _compute_log_pitch(_split_frames(sound, PITCH_WINDOW_SAMPLES, count)))
    )
    loud: VoiceFeatures = features[is_loud].astype(np.float32)
    return loud


def _split_frames(sound: NDArray[np.float32], length: int, count: int) -> FloatArray:
    padded = np.pad(sound.astype(np.float64), (0, length))
    return np.lib.stride_tricks.sliding_window_view(padded, length)[::HOP_SAMPLES][:count]


def _compute_cepstra(frames: FloatArray) -> FloatArray:
    sharpened = np.concatenate((frames[:, :1], frames[:, 1:] - 0.97 * frames[:, :-1]), axis=1)
    power = np.abs(np.fft.rfft(sharpened * np.hamming(WINDOW_SAMPLES), FFT_SAMPLES)) ** 2
    cepstra: FloatArray = np.log(power @ _build_mel_filters().T + 1e-7) @ _build_dct_matrix().T
    return cepstra


def _compute_log_pitch(frames: FloatArray) -> FloatArray:
    window = np.hanning(PITCH_WINDOW_SAMPLES)
    spectrum = np.abs(np.fft.rfft((frames - frames.mean(axis=1, keepdims=True)) * window, PITCH_FFT_SAMPLES)) ** 2
    spectrum[:, PITCH_BINS:] = 0
    of_window = np.fft.irfft(np.abs(np.fft.rfft(window, PITCH_FFT_SAMPLES)) ** 2)[:PITCH_WINDOW_SAMPLES]
    likeness = np.fft.irfft(spectrum)[:, :PITCH_WINDOW_SAMPLES]
    likeness = likeness / (likeness[:, :1] + 1e-9) / (of_window / of_window[0] + 1e-6)
    shortest, longest = SAMPLE_RATE // HIGHEST_PITCH_HZ, SAMPLE_RATE // LOWEST_PITCH_HZ
    period = likeness[:, shortest:longest].argmax(axis=1) + shortest
    is_voiced = likeness[np.arange(len(frames)), period] > VOICED_THRESHOLD
    return np.where(is_voiced, np.log(SAMPLE_RATE / period), np.nan)


@cache
def _build_mel_filters() -> FloatArray:
    low, high = (1127 * np.log(1 + hz / 700) for hz in (LOWEST_HZ, HIGHEST_HZ))
    edges = 700 * (np.exp(np.linspace(low, high, MEL_BANDS + 2) / 1127) - 1)
    hz = np.arange(FFT_SAMPLES // 2 + 1) * SAMPLE_RATE / FFT_SAMPLES
    rising = (hz - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - hz) / (edges[2:] - edges[1:-1])[:, None]
    bands: FloatArray = np.maximum(0.0, np.minimum(rising, falling))
    return bands


@cache
def _build_dct_matrix() -> FloatArray:
    order = np.arange(1, CEPSTRA + 1)[:, None]
    cosines: FloatArray = np.cos(np.pi * order * (np.arange(MEL_BANDS) + 0.5) / MEL_BANDS) * np.sqrt(2 / MEL_BANDS)
    return cosines
