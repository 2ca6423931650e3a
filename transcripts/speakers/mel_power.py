"""Power in mel bands over time, as the voice encoder was trained on: linear power, not decibels. Pure.

The scale and its normalisation are Slaney's (Auditory Toolbox, 1998), as in librosa and openai-whisper.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from transcripts.audio.audio_facts import SAMPLE_RATE

WINDOW_SAMPLES = 400  # 25 ms
HOP_SAMPLES = 160  # 10 ms
FRAMES_PER_SECOND = SAMPLE_RATE // HOP_SAMPLES
MEL_BANDS = 40
LINEAR_HZ = 200 / 3  # width of a mel below 1 kHz
LOG_START_HZ, LOG_START_MEL = 1000.0, 15.0
LOG_STEP = np.log(6.4) / 27

FloatArray = NDArray[np.float64]
MelPower = NDArray[np.float32]


def compute_mel_power(sound: NDArray[np.float32]) -> MelPower:
    """`sound`: mono at SAMPLE_RATE, shape (samples,). Returns (frames, MEL_BANDS), each centred on its time."""
    padded = np.pad(sound.astype(np.float64), WINDOW_SAMPLES // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW_SAMPLES)[::HOP_SAMPLES]
    window = np.hanning(WINDOW_SAMPLES + 1)[:-1]
    spectrum = np.abs(np.fft.rfft(frames * window)) ** 2
    power: MelPower = (spectrum @ build_mel_filters(MEL_BANDS).T).astype(np.float32)
    return power


@cache
def build_mel_filters(bands: int) -> FloatArray:
    """Shape (bands, WINDOW_SAMPLES // 2 + 1): triangles of equal area."""
    edges = _convert_mel_to_hz(np.linspace(0.0, _convert_hz_to_mel(SAMPLE_RATE / 2), bands + 2))
    hz = np.fft.rfftfreq(WINDOW_SAMPLES, 1 / SAMPLE_RATE)
    rising = (hz - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - hz) / (edges[2:] - edges[1:-1])[:, None]
    area = (2 / (edges[2:] - edges[:-2]))[:, None]
    filters: FloatArray = np.maximum(0.0, np.minimum(rising, falling)) * area
    return filters


def _convert_hz_to_mel(hz: float) -> float:
    return LOG_START_MEL + float(np.log(hz / LOG_START_HZ)) / LOG_STEP if hz >= LOG_START_HZ else hz / LINEAR_HZ


def _convert_mel_to_hz(mel: FloatArray) -> FloatArray:
    is_linear = mel < LOG_START_MEL
    return np.where(is_linear, mel * LINEAR_HZ, LOG_START_HZ * np.exp((mel - LOG_START_MEL) * LOG_STEP))
