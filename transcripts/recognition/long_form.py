"""Recognise a long recording with any engine: find speech, cut windows, and recognise them batch by batch.

Memory holds the windows of one batch; the sound is decoded twice, once to find speech and once to cut the windows.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from transcripts.audio.audio_facts import SAMPLE_RATE
from transcripts.audio.levelling import level_sound
from transcripts.audio.streams import AudioSource, CancelCheck, SampleSpan
from transcripts.model_store.model_facts import DEMONSTRATION_SHA256
from transcripts.recognition.clip_recogniser import ClipEngine, ClipRecogniser
from transcripts.recognition.clips import Clip, cut_clips
from transcripts.recognition.hallucinations import mark_silence
from transcripts.recognition.language_choice import LanguageChoice, choose_main_language
from transcripts.recognition.progress import ProgressCallback, ProgressMeter
from transcripts.recognition.recogniser import RecognisedWindow, RecognitionCancelledError
from transcripts.recognition.segment_cutting import cut_segments
from transcripts.recognition.speech_windows import (
    build_windows,
    find_speech,
    get_longest_silence,
    select_speech_in_window,
)
from transcripts.recognition.unread_speech import mark_unread_speech
from transcripts.text.spoken import SpokenSegment

CANCEL_CHECK_SECONDS = 0.5  # `is_cancelled` may ask a database
LANGUAGE_DETECTION_WINDOWS = 5  # at least
LONGEST_WINDOW_SECONDS = 30.0  # what Whisper's models are trained on
BEAMS = 5  # openai-whisper's own default: a tenth fewer errors than one beam, for half as much time again
DEMONSTRATION_BEAMS = 1
LONGEST_DEMONSTRATION_WINDOW_SECONDS = 20.0  # the demonstration model never learnt longer ones


@dataclass(frozen=True, slots=True)
class WindowingOptions:
    longest_window_seconds: float
    batch_size: int  # a batch is always the same windows, even after a restart


def recognise_windows(
    sound: AudioSource,
    engine: ClipEngine,
    windowing: WindowingOptions,
    *,
    language: str | None,
    terms: Sequence[str],
    first_window: int,
    on_progress: ProgressCallback,
    is_cancelled: Callable[[], bool],
) -> Iterator[RecognisedWindow]:
    check, meter = throttle_check(is_cancelled), ProgressMeter(sound.seconds, on_progress)
    sound = level_sound(sound, check)
    spans = _find_speech(sound, windowing, check, meter)
    windows = build_windows(spans, windowing.longest_window_seconds, get_longest_silence(sound))
    use_all_cores()
    clips = cut_clips(sound, windows)
    batch_size = windowing.batch_size
    first_clips = list(islice(clips, max(batch_size, LANGUAGE_DETECTION_WINDOWS)))
    choice = _choose_language(engine, first_clips, language, check)
    recogniser = ClipRecogniser(engine, choice, terms, check)
    begin = first_window - first_window % batch_size
    meter.start_recognition(_sum_seconds(windows), _sum_seconds(windows[begin:]))
    remaining_clips = islice(chain(first_clips, clips), begin, None)
    for first in range(begin, len(windows), batch_size):
        batch = list(islice(remaining_clips, batch_size))
        speech = [_spans_to_seconds(select_speech_in_window(window, spans)) for window in windows[first:][:batch_size]]
        for number, (code, recognised) in enumerate(recogniser.recognise(batch, speech), first):
            segments = mark_silence(cut_segments(recognised), speech[number - first])
            segments = mark_unread_speech(segments, speech[number - first])
            if number >= first_window:
                yield _build_window(windows, number, code, segments, ends_batch=number == first + len(batch) - 1)
        meter.report_recognised(_sum_seconds(windows[first : first + batch_size]))


def _choose_language(
    engine: ClipEngine, first_clips: Sequence[Clip], language: str | None, check: CancelCheck
) -> LanguageChoice:
    """By the first windows: the very first may be a greeting, or another person's language."""
    if language or not engine.is_multilingual or not first_clips:
        return LanguageChoice(language or "en")
    shares = engine.detect_languages(first_clips, check)
    return choose_main_language(shares, [clip.seconds for clip in first_clips])


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


def choose_longest_window(sha256: str) -> float:
    return LONGEST_DEMONSTRATION_WINDOW_SECONDS if sha256 == DEMONSTRATION_SHA256 else LONGEST_WINDOW_SECONDS


def choose_beam_size(sha256: str) -> int:
    return DEMONSTRATION_BEAMS if sha256 == DEMONSTRATION_SHA256 else BEAMS


def count_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def use_all_cores() -> None:
    """Importing silero_vad sets one thread; this applies to the calling thread only."""
    import torch

    torch.set_num_threads(count_cores())
