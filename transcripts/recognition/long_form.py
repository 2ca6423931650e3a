"""Recognise a long recording with any engine: find speech, cut windows, and recognise them batch by batch.

Memory holds the windows of one batch; the sound is decoded twice, once to find speech and once to cut the windows.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Protocol

from transcripts.audio.audio_facts import SAMPLE_RATE
from transcripts.audio.streams import AudioSource, CancelCheck, SampleSpan
from transcripts.recognition.clips import Clip, cut_clips
from transcripts.recognition.hallucinations import mark_silence
from transcripts.recognition.progress import ProgressCallback, ProgressMeter
from transcripts.recognition.recogniser import RecognisedWindow, RecognitionCancelledError
from transcripts.recognition.speech_windows import (
    build_windows,
    find_speech,
    get_longest_silence,
    select_speech_in_window,
)
from transcripts.text.spoken import SpokenSegment

CANCEL_CHECK_SECONDS = 0.5  # `is_cancelled` may ask a database
LANGUAGE_DETECTION_WINDOWS = 5  # the first may be a greeting, or another person's language


class Engine(Protocol):
    def detect_language(self, clips: Sequence[Clip], check: CancelCheck) -> str: ...

    def recognise_clips(
        self, clips: Sequence[Clip], language: str, prompt: str, check: CancelCheck
    ) -> list[tuple[SpokenSegment, ...]]:
        """Segments have the recording's times. `prompt`: text that is read before each window."""
        ...


@dataclass(frozen=True, slots=True)
class WindowingOptions:
    longest_window_seconds: float
    batch_size: int  # a batch is always the same windows, even after a restart


def recognise_windows(
    sound: AudioSource,
    engine: Engine,
    windowing: WindowingOptions,
    *,
    language: str | None,
    prompt: str,
    first_window: int,
    on_progress: ProgressCallback,
    is_cancelled: Callable[[], bool],
) -> Iterator[RecognisedWindow]:
    check, meter = throttle_check(is_cancelled), ProgressMeter(sound.seconds, on_progress)
    spans = _find_speech(sound, windowing, check, meter)
    windows = build_windows(spans, windowing.longest_window_seconds, get_longest_silence(sound))
    use_all_cores()
    clips = cut_clips(sound, windows)
    first_clips = [] if language else list(islice(clips, LANGUAGE_DETECTION_WINDOWS))
    code = language or engine.detect_language(first_clips, check)
    batch_size = windowing.batch_size
    begin = first_window - first_window % batch_size
    meter.start_recognition(_sum_seconds(windows), _sum_seconds(windows[begin:]))
    remaining_clips = islice(chain(first_clips, clips), begin, None)
    for first in range(begin, len(windows), batch_size):
        batch = list(islice(remaining_clips, batch_size))
        for number, recognised in enumerate(engine.recognise_clips(batch, code, prompt, check), first):
            segments = mark_silence(recognised, _spans_to_seconds(select_speech_in_window(windows[number], spans)))
            if number >= first_window:
                yield _build_window(windows, number, code, segments, ends_batch=number == first + len(batch) - 1)
        meter.report_recognised(_sum_seconds(windows[first : first + batch_size]))


def _find_speech(
    sound: AudioSource, windowing: WindowingOptions, check: CancelCheck, meter: ProgressMeter
) -> list[SampleSpan]:
    def report(seconds: float) -> None:
        check()
        meter.report_speech_search(seconds)

    return find_speech(sound, windowing.longest_window_seconds, report)


def _build_window(
    windows: Sequence[SampleSpan], number: int, language: str, segments: tuple[SpokenSegment, ...], *, ends_batch: bool
) -> RecognisedWindow:
    start, end = (sample / SAMPLE_RATE for sample in windows[number])
    return RecognisedWindow(number, len(windows), start, end, language, segments, ends_batch)


def _spans_to_seconds(spans: Sequence[SampleSpan]) -> list[tuple[float, float]]:
    return [(start / SAMPLE_RATE, end / SAMPLE_RATE) for start, end in spans]


def _sum_seconds(windows: Sequence[SampleSpan]) -> float:
    return sum(end - start for start, end in windows) / SAMPLE_RATE


def throttle_check(is_cancelled: Callable[[], bool]) -> CancelCheck:
    checked_at = -CANCEL_CHECK_SECONDS

    def check() -> None:
        nonlocal checked_at
        if time.monotonic() - checked_at < CANCEL_CHECK_SECONDS:
            return
        checked_at = time.monotonic()
        if is_cancelled():
            raise RecognitionCancelledError("The transcription was cancelled.")

    return check


def count_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def use_all_cores() -> None:
    """Importing silero_vad sets one thread; this applies to the calling thread only."""
    import torch

    torch.set_num_threads(count_cores())
