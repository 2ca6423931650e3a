"""Find speech with silero-vad, and cut it at silences into windows for the recogniser."""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import version

from transcripts.audio.audio_facts import SAMPLE_RATE
from transcripts.audio.streams import AudioSource, SampleSpan, iter_blocks
from transcripts.audio.torch_threads import use_one_thread

PAD_SECONDS = 0.4  # speech starts softly, before the detector is certain; with 0.2 s soft beginnings were lost
SHORTEST_SILENCE_SECONDS = 0.2  # where a window may end
LONGEST_INNER_SILENCE_SECONDS = 4.0  # a longer one inside a window tempts Whisper to invent text for it
# The same in a speaker's own channel: the others' turns are silences, after which a model may assume that the text has
# ended (with 4 s, 15 of 53 sentences of samples/interview-2 were lost).
LONGEST_SOLO_SILENCE_SECONDS = 1.0
LONG_SILENCE_SECONDS = 0.8  # beyond the padding; a cut there costs nothing
MAX_CUT_COST = 0.6  # windows that may be added to avoid a cut inside a phrase
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
    from transcripts.audio.levelling import TARGET_DB  # needs numpy, which a web process may not have

    return {
        "detector": version("silero-vad"),
        "padding": PAD_SECONDS,
        "shortest silence": SHORTEST_SILENCE_SECONDS,
        "longest silence": get_longest_silence(sound),
        "levelled to": TARGET_DB,
        "cut cost": MAX_CUT_COST,
    }


def build_windows(
    spans: Sequence[SampleSpan], longest_seconds: float, longest_silence_seconds: float = LONGEST_INNER_SILENCE_SECONDS
) -> list[SampleSpan]:
    """As few as possible, cut at the longest silences: a cut inside a phrase costs words on both sides."""
    windows: list[SampleSpan] = []
    for group in _split_at_silences(spans, longest_silence_seconds):
        windows += _divide_group(group, longest_seconds)
    return windows


def _split_at_silences(spans: Sequence[SampleSpan], longest_seconds: float) -> Iterator[list[SampleSpan]]:
    group: list[SampleSpan] = []
    for span in spans:
        if group and span[0] - group[-1][1] > longest_seconds * SAMPLE_RATE:
            yield group
            group = []
        group.append(span)
    if group:
        yield group


def _divide_group(spans: Sequence[SampleSpan], longest_seconds: float) -> list[SampleSpan]:
    """Dynamic programming: `costs[n]` is the least for the first n spans, the last window starting at `starts[n]`."""
    costs, starts = [0.0], [0]
    for end in range(1, len(spans) + 1):
        candidates = [
            (costs[start] + 1.0 + _compute_cut_cost(spans, start), start)
            for start in _list_window_starts(spans, end, longest_seconds)
        ]
        cost, start = min(candidates)
        costs.append(cost)
        starts.append(start)
    windows: list[SampleSpan] = []
    end = len(spans)
    while end > 0:
        windows.append((spans[starts[end]][0], spans[end - 1][1]))
        end = starts[end]
    return windows[::-1]


def _list_window_starts(spans: Sequence[SampleSpan], end: int, longest_seconds: float) -> Iterator[int]:
    """Spans that a window up to span `end` (half-open) may start with; a span that is too long is alone."""
    yield end - 1
    for start in range(end - 2, -1, -1):
        if spans[end - 1][1] - spans[start][0] > longest_seconds * SAMPLE_RATE:
            return
        yield start


def _compute_cut_cost(spans: Sequence[SampleSpan], start: int) -> float:
    """Of a cut before span `start`: 0 at a long silence, up to MAX_CUT_COST windows in the middle of a phrase."""
    if start == 0:
        return 0.0
    silence_seconds = (spans[start][0] - spans[start - 1][1]) / SAMPLE_RATE
    return MAX_CUT_COST * max(0.0, 1.0 - silence_seconds / LONG_SILENCE_SECONDS)


def select_speech_in_window(window: SampleSpan, spans: Sequence[SampleSpan]) -> Sequence[SampleSpan]:
    return spans[bisect_left(spans, window[0], key=_get_start) : bisect_left(spans, window[1], key=_get_start)]


def _get_start(span: SampleSpan) -> int:
    return span[0]
