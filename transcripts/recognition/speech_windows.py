"""Find speech with silero-vad and cut it, at silences, into windows for the recogniser. Recognises nothing."""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version

from transcripts.sound.facts import SAMPLE_RATE
from transcripts.sound.streams import Sound, Span, blocks

PAD_SECONDS = 0.2  # speech begins softly, before the detector is sure
SHORTEST_SILENCE_SECONDS = 0.2  # where a window may end
LONGEST_INNER_SILENCE_SECONDS = 4.0  # a longer one inside a window tempts Whisper to invent text for it
LONGEST_PAUSE_SECONDS = 1.0  # the same where one speaker has the sound alone: the others' turns are silences, after
# which a model may take the text for finished (15 of 53 sentences of samples/interview-2 were lost with 4 s)
BLOCKS_TOGETHER = 256  # 8 s: few enough to be told soon when somebody cancels


def speech_spans(sound: Sound, longest_seconds: float, check: Callable[[float], None]) -> list[Span]:
    """Where somebody speaks, as silero-vad's get_speech_timestamps finds it in sound that is there whole.

    `check` gets the seconds that are heard; it is called often and may raise. A few seconds for an hour of sound.
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

    from transcripts.recognition.speech_detector import BLOCK_SAMPLES, SpeechDetector

    detector, shares, samples = SpeechDetector(), array("f"), 0
    with one_thread():
        for part in blocks(sound, BLOCKS_TOGETHER * BLOCK_SAMPLES):
            samples += len(part)
            padded = torch.zeros(-(-len(part) // BLOCK_SAMPLES) * BLOCK_SAMPLES)
            padded[: len(part)] = torch.tensor(part)
            shares.extend(detector.shares(padded).tolist())
            check(samples / SAMPLE_RATE)
    return shares, samples


@contextmanager
def one_thread() -> Iterator[None]:
    """Steps as small as these lose more by waiting for a second thread than it gives."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


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
