"""The peak of each small section of a recording, for drawing it. Pure; uses only the standard library."""

import math
from array import array

MAX_VALUES = 2000
PEAK_SCALE = 100
SAMPLE_STEP = 3  # every third sample is used; odd, so that both channels of a stereo recording count


class Waveform:
    def __init__(self, expected_samples: float) -> None:
        self._bucket_samples = max(1, math.ceil(expected_samples / MAX_VALUES))
        self._remaining_samples = self._bucket_samples
        self._loudest, self._bucket_peaks = 0.0, list[float]()

    def add_samples(self, samples: "array[float]") -> None:
        at = 0
        while at < len(samples):
            end = min(at + self._remaining_samples, len(samples))
            seen = samples[at:end:SAMPLE_STEP]
            highest, lowest = max(seen), min(seen)
            self._loudest = max(self._loudest, highest, -lowest)
            self._remaining_samples -= end - at
            at = end
            if not self._remaining_samples:
                self._close_bucket()

    def compute_peaks(self) -> list[int]:
        """0..100, the loudest being 100; evenly spaced, at most MAX_VALUES."""
        if self._remaining_samples < self._bucket_samples:
            self._close_bucket()
        most = max(self._bucket_peaks, default=0.0)
        return [round(PEAK_SCALE * value / most) if most else 0 for value in self._bucket_peaks]

    def _close_bucket(self) -> None:
        self._bucket_peaks.append(self._loudest)
        self._loudest, self._remaining_samples = 0.0, self._bucket_samples
