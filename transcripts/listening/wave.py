"""The loudest moment of each small stretch of a recording, for drawing it. Pure; the standard library alone."""

import math
from array import array

VALUES = 2000
LOUDEST = 100
STEP = 3  # of three samples one is looked at; odd, so that it meets both channels of a stereo recording


class Wave:
    """Takes float32 samples as they come and remembers a few thousand numbers."""

    def __init__(self, expected_samples: float) -> None:
        self._stretch = max(1, math.ceil(expected_samples / VALUES))
        self._left = self._stretch
        self._loudest, self._found = 0.0, list[float]()

    def take(self, samples: "array[float]") -> None:
        at = 0
        while at < len(samples):
            end = min(at + self._left, len(samples))
            seen = samples[at:end:STEP]
            highest, lowest = max(seen), min(seen)
            self._loudest = max(self._loudest, highest, -lowest)
            self._left -= end - at
            at = end
            if not self._left:
                self._close()

    def peaks(self) -> list[int]:
        """0..100, the loudest being 100; evenly over the whole, so there may be fewer than VALUES at the end."""
        if self._left < self._stretch:
            self._close()
        most = max(self._found, default=0.0)
        return [round(LOUDEST * value / most) if most else 0 for value in self._found]

    def _close(self) -> None:
        self._found.append(self._loudest)
        self._loudest, self._left = 0.0, self._stretch
