"""Find speech with silero-vad and cut it, at silences, into windows for the recogniser. Recognises nothing."""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version

from transcripts.audio.audio_facts import SAMPLE_RATE
from transcripts.audio.streams import AudioSource, SampleSpan, iter_blocks

PAD_SECONDS = 0.2  # speech begins softly, before the detector is sure
SHORTEST_SILENCE_SECONDS = 0.2  # where a window may end
LONGEST_INNER_SILENCE_SECONDS = 4.0  # a longer one inside a window tempts Whisper to invent text for it
LONGEST_SOLO_SILENCE_SECONDS = (
    1.0  # the same where one speaker has the sound alone: the others' turns are silences, after
)
# which a model may take the text for finished (15 of 53 sentences of samples/interview-2 were lost with 4 s)
BLOCKS_PER_BATCH = 256  # 8 s: few enough to be told soon when somebody cancels


def find_speech(sound: AudioSource, longest_seconds: float, check: Callable[[float], None]) -> list[SampleSpan]:
    """Where somebody speaks, as silero-vad's get_speech_timestamps finds it in sound that is there whole.

    `check` gets the seconds that are heard; it is called often and may raise. A few seconds for an hour of sound.
    """
    from silero_vad import get_speech_timestamps_from_probs

    shares, samples = _compute_speech_probabilities(sound, check)
    found = get_speech_timestamps_from_probs(
        shares,
        sampling_rate=SAMPLE_RATE,
        max_speech_duration_s=longest_seconds - 2 * PAD_SECONDS,
        min_silence_duration_ms=round(SHORTEST_SILENCE_SECONDS * 1000),
        speech_pad_ms=round(PAD_SECONDS * 1000),
        audio_length_samples=samples,
    )
    return [(span["start"], span["end"]) for span in found]


def _compute_speech_probabilities(sound: AudioSource, check: Callable[[float], None]) -> tuple["array[float]", int]:
    """How likely each block is speech (0.5 MB an hour), and how many samples there are."""
    import torch

    from transcripts.recognition.speech_detector import BLOCK_SAMPLES, SpeechDetector

    detector, shares, samples = SpeechDetector(), array("f"), 0
    with use_one_thread():
        for part in iter_blocks(sound, BLOCKS_PER_BATCH * BLOCK_SAMPLES):
            samples += len(part)
            padded = torch.zeros(-(-len(part) // BLOCK_SAMPLES) * BLOCK_SAMPLES)
            padded[: len(part)] = torch.tensor(part)
            shares.extend(detector.compute_probabilities(padded).tolist())
            check(samples / SAMPLE_RATE)
    return shares, samples


@contextmanager
def use_one_thread() -> Iterator[None]:
    """Steps as small as these lose more by waiting for a second thread than it gives."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def get_longest_silence(sound: AudioSource) -> float:
    """In one window, in seconds."""
    return LONGEST_SOLO_SILENCE_SECONDS if sound.has_one_voice else LONGEST_INNER_SILENCE_SECONDS


def describe_windowing(sound: AudioSource) -> Mapping[str, object]:
    """What decides where windows begin and end, beside the sound and the engine's options."""
    return {
        "detector": version("silero-vad"),
        "padding": PAD_SECONDS,
        "shortest silence": SHORTEST_SILENCE_SECONDS,
        "longest silence": get_longest_silence(sound),
    }


def build_windows(
    spans: Sequence[SampleSpan], longest_seconds: float, longest_silence_seconds: float = LONGEST_INNER_SILENCE_SECONDS
) -> list[SampleSpan]:
    """As few windows as fit: neighbouring spans are joined while they stay short and the silence between is short."""
    windows: list[SampleSpan] = []
    for start, end in spans:
        if windows and _may_join(windows[-1], (start, end), longest_seconds, longest_silence_seconds):
            windows[-1] = (windows[-1][0], end)
        else:
            windows.append((start, end))
    return windows


def select_speech_in_window(window: SampleSpan, spans: Sequence[SampleSpan]) -> Sequence[SampleSpan]:
    """Those of the spans, which are in order, that lie in a window."""
    return spans[bisect_left(spans, window[0], key=_get_start) : bisect_left(spans, window[1], key=_get_start)]


def _get_start(span: SampleSpan) -> int:
    return span[0]


def _may_join(window: SampleSpan, span: SampleSpan, longest_seconds: float, longest_silence_seconds: float) -> bool:
    silence, length = span[0] - window[1], span[1] - window[0]
    return silence <= longest_silence_seconds * SAMPLE_RATE and length <= longest_seconds * SAMPLE_RATE
