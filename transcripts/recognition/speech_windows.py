"""Find speech with silero-vad, and cut it at silences into windows for the recogniser."""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version

from transcripts.audio.audio_facts import SAMPLE_RATE
from transcripts.audio.streams import AudioSource, SampleSpan, iter_blocks
from transcripts.audio.torch_threads import use_one_thread

PAD_SECONDS = 0.2  # speech starts softly, before the detector is certain
SHORTEST_SILENCE_SECONDS = 0.2  # where a window may end
LONGEST_INNER_SILENCE_SECONDS = 4.0  # a longer one inside a window tempts Whisper to invent text for it
# The same in a speaker's own channel: the others' turns are silences, after which a model may assume that the text has
# ended (with 4 s, 15 of 53 sentences of samples/interview-2 were lost).
LONGEST_SOLO_SILENCE_SECONDS = 1.0
BLOCKS_PER_BATCH = 256  # 8 s: few enough to notice a cancellation soon


def find_speech(sound: AudioSource, longest_seconds: float, check: Callable[[float], None]) -> list[SampleSpan]:
    """As silero-vad's get_speech_timestamps. `check` gets the seconds processed so far and may raise."""
    from silero_vad import get_speech_timestamps_from_probs

    probabilities, samples = _compute_speech_probabilities(sound, check)
    spans = get_speech_timestamps_from_probs(
        probabilities,
        sampling_rate=SAMPLE_RATE,
        max_speech_duration_s=longest_seconds - 2 * PAD_SECONDS,
        min_silence_duration_ms=round(SHORTEST_SILENCE_SECONDS * 1000),
        speech_pad_ms=round(PAD_SECONDS * 1000),
        audio_length_samples=samples,
    )
    return [(span["start"], span["end"]) for span in spans]


def _compute_speech_probabilities(sound: AudioSource, check: Callable[[float], None]) -> tuple["array[float]", int]:
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


def get_longest_silence(sound: AudioSource) -> float:
    return LONGEST_SOLO_SILENCE_SECONDS if sound.has_one_voice else LONGEST_INNER_SILENCE_SECONDS


def describe_windowing(sound: AudioSource) -> Mapping[str, object]:
    return {
        "detector": version("silero-vad"),
        "padding": PAD_SECONDS,
        "shortest silence": SHORTEST_SILENCE_SECONDS,
        "longest silence": get_longest_silence(sound),
    }


def build_windows(
    spans: Sequence[SampleSpan], longest_seconds: float, longest_silence_seconds: float = LONGEST_INNER_SILENCE_SECONDS
) -> list[SampleSpan]:
    windows: list[SampleSpan] = []
    for start, end in spans:
        if windows and _may_join(windows[-1], (start, end), longest_seconds, longest_silence_seconds):
            windows[-1] = (windows[-1][0], end)
        else:
            windows.append((start, end))
    return windows


def select_speech_in_window(window: SampleSpan, spans: Sequence[SampleSpan]) -> Sequence[SampleSpan]:
    return spans[bisect_left(spans, window[0], key=_get_start) : bisect_left(spans, window[1], key=_get_start)]


def _get_start(span: SampleSpan) -> int:
    return span[0]


def _may_join(window: SampleSpan, span: SampleSpan, longest_seconds: float, longest_silence_seconds: float) -> bool:
    silence, length = span[0] - window[1], span[1] - window[0]
    return silence <= longest_silence_seconds * SAMPLE_RATE and length <= longest_seconds * SAMPLE_RATE
