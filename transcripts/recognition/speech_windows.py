"""Find speech with silero-vad and cut it, at silences, into windows for the recogniser. Recognises nothing."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from transcripts.sound.facts import SAMPLE_RATE

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PAD_SECONDS = 0.2  # speech begins softly, before the detector is sure
SHORTEST_SILENCE_SECONDS = 0.2  # where a window may end
LONGEST_INNER_SILENCE_SECONDS = 4.0  # a longer one inside a window tempts Whisper to invent text for it

Span = tuple[int, int]  # samples, half-open


def speech_spans(sound: "NDArray[np.float32]", longest_seconds: float, check: Callable[[], None]) -> list[Span]:
    """Where somebody speaks. `check` is called often and may raise. About 15 s for an hour of sound."""
    import torch
    from silero_vad import get_speech_timestamps

    found = get_speech_timestamps(
        torch.from_numpy(sound),
        _detector(),
        sampling_rate=SAMPLE_RATE,
        max_speech_duration_s=longest_seconds - 2 * PAD_SECONDS,
        min_silence_duration_ms=round(SHORTEST_SILENCE_SECONDS * 1000),
        speech_pad_ms=round(PAD_SECONDS * 1000),
        progress_tracking_callback=lambda _: check(),
    )
    return [(span["start"], span["end"]) for span in found]


def windows_of(spans: Sequence[Span], longest_seconds: float) -> list[Span]:
    """As few windows as fit: neighbouring spans are joined while they stay short and the silence between is short."""
    windows: list[Span] = []
    for start, end in spans:
        if windows and _may_join(windows[-1], start, end, longest_seconds):
            windows[-1] = (windows[-1][0], end)
        else:
            windows.append((start, end))
    return windows


def _may_join(window: Span, start: int, end: int, longest_seconds: float) -> bool:
    silence, length = start - window[1], end - window[0]
    return silence <= LONGEST_INNER_SILENCE_SECONDS * SAMPLE_RATE and length <= longest_seconds * SAMPLE_RATE


@lru_cache(maxsize=1)
def _detector() -> Any:
    from silero_vad import load_silero_vad

    return load_silero_vad(onnx=False)
