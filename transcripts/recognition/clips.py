"""A window's sound with what an engine has to know of it. Which windows there are is decided in speech_windows.py."""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from transcripts.sound.facts import SAMPLE_RATE
from transcripts.sound.streams import Sound, Span, cut

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Clip:
    """One window's sound, shape (n,), at most 30 s, and where in the recording it begins."""

    sound: "NDArray[np.float32]"
    offset_seconds: float
    seed: int

    @property
    def seconds(self) -> float:
        return len(self.sound) / SAMPLE_RATE


def clips_of(sound: Sound, windows: Sequence[Span]) -> Iterator[Clip]:
    """One a window, in order. What is drawn in it depends on the recording and the window's number alone."""
    for number, ((start, _), samples) in enumerate(zip(windows, cut(sound, windows), strict=True)):
        yield Clip(samples, start / SAMPLE_RATE, zlib.crc32(f"{sound.mark}/{number}".encode()))
