"""Find speech with silero-vad and cut it, at silences, into windows for the recogniser. Recognises nothing."""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from importlib.metadata import version
from typing import Any

from transcripts.sound.facts import SAMPLE_RATE
from transcripts.sound.streams import Sound, Span, blocks

PAD_SECONDS = 0.2  # speech begins softly, before the detector is sure
SHORTEST_SILENCE_SECONDS = 0.2  # where a window may end
LONGEST_INNER_SILENCE_SECONDS = 4.0  # a longer one inside a window tempts Whisper to invent text for it
LONGEST_PAUSE_SECONDS = 1.0  # the same where one speaker has the sound alone: the others' turns are silences, after
# which a model may take the text for finished (15 of 53 sentences of samples/interview-2 were lost with 4 s)
BLOCK_SAMPLES = 512  # what the detector judges at once, at 16 kHz


def speech_spans(sound: Sound, longest_seconds: float, check: Callable[[float], None]) -> list[Span]:
    """Where somebody speaks, as silero-vad's get_speech_timestamps finds it in sound that is there whole.

    `check` gets the seconds that are heard; it is called often and may raise. About 15 s for an hour of sound.
    """
    from silero_vad import get_speech_timestamps_from_probs

    shares, samples = _speech_shares(sound, check)
    found = get_speech_timestamps_from_probs(
        shares,
        sampling_rate=SAMPLE_RATE,
        max_speech_duration_s=longest_seconds - 2 * PAD_SECONDS,
        min_silence_duration_ms=round(SHORTEST_SILENCE_SECONDS * 1000),
        speech_pad_ms=round(PAD_SECONDS * 1000),
        audio_length_samples=samples,
    )
    return [(span["start"], span["end"]) for span in found]


def _speech_shares(sound: Sound, check: Callable[[float], None]) -> tuple["array[float]", int]:
    """How likely each block is speech (0.5 MB an hour), and how many samples there are."""
    import torch

    detector, shares, samples = _detector(), array("f"), 0
    detector.reset_states()
    with torch.inference_mode():
        for block in blocks(sound, BLOCK_SAMPLES):
            samples += len(block)
            padded = torch.zeros(BLOCK_SAMPLES)
            padded[: len(block)] = torch.tensor(block)
            shares.append(detector(padded, SAMPLE_RATE).item())
            check(samples / SAMPLE_RATE)
    return shares, samples


def longest_silence_in(sound: Sound) -> float:
    """In one window, in seconds."""
    return LONGEST_PAUSE_SECONDS if sound.has_one_voice else LONGEST_INNER_SILENCE_SECONDS


def cutting_of(sound: Sound) -> Mapping[str, object]:
    """What decides where windows begin and end, beside the sound and the engine's options."""
    return {
        "detector": version("silero-vad"),
        "padding": PAD_SECONDS,
        "shortest silence": SHORTEST_SILENCE_SECONDS,
        "longest silence": longest_silence_in(sound),
    }


def windows_of(
    spans: Sequence[Span], longest_seconds: float, longest_silence_seconds: float = LONGEST_INNER_SILENCE_SECONDS
) -> list[Span]:
    """As few windows as fit: neighbouring spans are joined while they stay short and the silence between is short."""
    windows: list[Span] = []
    for start, end in spans:
        if windows and _may_join(windows[-1], (start, end), longest_seconds, longest_silence_seconds):
            windows[-1] = (windows[-1][0], end)
        else:
            windows.append((start, end))
    return windows


def speech_in(window: Span, spans: Sequence[Span]) -> Sequence[Span]:
    """Those of the spans, which are in order, that lie in a window."""
    return spans[bisect_left(spans, window[0], key=_start) : bisect_left(spans, window[1], key=_start)]


def _start(span: Span) -> int:
    return span[0]


def _may_join(window: Span, span: Span, longest_seconds: float, longest_silence_seconds: float) -> bool:
    silence, length = span[0] - window[1], span[1] - window[0]
    return silence <= longest_silence_seconds * SAMPLE_RATE and length <= longest_seconds * SAMPLE_RATE


@lru_cache(maxsize=1)
def _detector() -> Any:
    from silero_vad import load_silero_vad

    return load_silero_vad(onnx=False)
