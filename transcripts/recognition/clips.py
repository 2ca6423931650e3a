"""A window's sound with its place in the recording. speech_windows.py decides which windows there are."""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from transcripts.audio.audio_facts import SAMPLE_RATE
from transcripts.audio.streams import AudioSource, SampleSpan, cut_spans

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Clip:
    """One window's sound, shape (n,), at most 30 s, and where in the recording it starts."""

    samples: "NDArray[np.float32]"
    offset_seconds: float
    seed: int

    @property
    def seconds(self) -> float:
        return len(self.samples) / SAMPLE_RATE

    def to_recording_time(self, seconds: float) -> float:
        return round(self.offset_seconds + min(max(float(seconds), 0.0), self.seconds), 3)


def cut_clips(sound: AudioSource, windows: Sequence[SampleSpan]) -> Iterator[Clip]:
    """A clip's seed depends only on the recording and the window's number."""
    for number, ((start, _), samples) in enumerate(zip(windows, cut_spans(sound, windows), strict=True)):
        yield Clip(samples, start / SAMPLE_RATE, zlib.crc32(f"{sound.fingerprint}/{number}".encode()))
