"""The road through a long recording, whatever the engine: find speech, cut windows, have them heard batch by batch.

Memory holds the windows of one batch; the sound is decoded twice, once to find speech and once to cut the windows.
"""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Protocol

from transcripts.recognition.clips import Clip, clips_of
from transcripts.recognition.honesty import with_silence
from transcripts.recognition.pace import Pace, Tell
from transcripts.recognition.recogniser import RecognisedWindow, RecognitionCancelledError
from transcripts.recognition.speech_windows import longest_silence_in, speech_in, speech_spans, windows_of
from transcripts.sound.facts import SAMPLE_RATE
from transcripts.sound.streams import Sound, Span
from transcripts.spoken import SpokenSegment

ASK_EVERY_SECONDS = 0.5  # whoever answers `is_cancelled` may have to ask a database
WINDOWS_FOR_LANGUAGE = 5  # the first may be a greeting, or another person's language

Check = Callable[[], None]


class Engine(Protocol):
    """What recognises clips; bound to a model and to how it is asked."""

    def language_of(self, clips: Sequence[Clip], check: Check) -> str: ...

    def hear(self, clips: Sequence[Clip], language: str, check: Check) -> list[tuple[SpokenSegment, ...]]:
        """The segments of each clip, with the recording's times. `check` is called often and may raise."""
        ...


@dataclass(frozen=True, slots=True)
class Cutting:
    longest_window_seconds: float
    windows_together: int  # a batch is always the same windows, also after a kill


def recognised(
    sound: Sound,
    engine: Engine,
    cutting: Cutting,
    *,
    language: str | None,
    first_window: int,
    on_progress: Tell,
    is_cancelled: Callable[[], bool],
) -> Iterator[RecognisedWindow]:
    """The windows from `first_window` on, for a Recogniser's `recognise`."""
    check, pace = patient(is_cancelled), Pace(sound.seconds, on_progress)
    spans = _speech(sound, cutting, check, pace)
    windows = windows_of(spans, cutting.longest_window_seconds, longest_silence_in(sound))
    use_all_cores()
    clips = clips_of(sound, windows)
    heard_first = [] if language else list(islice(clips, WINDOWS_FOR_LANGUAGE))
    code = language or engine.language_of(heard_first, check)
    together = cutting.windows_together
    begin = first_window - first_window % together
    pace.begin(_seconds(windows), _seconds(windows[begin:]))
    to_hear = islice(chain(heard_first, clips), begin, None)
    for first in range(begin, len(windows), together):
        batch = list(islice(to_hear, together))
        for number, said in enumerate(engine.hear(batch, code, check), first):
            segments = with_silence(said, _in_seconds(speech_in(windows[number], spans)))
            if number >= first_window:
                yield _window(windows, number, code, segments, ends_batch=number == first + len(batch) - 1)
        pace.done(_seconds(windows[first : first + together]))


def _speech(sound: Sound, cutting: Cutting, check: Check, pace: Pace) -> list[Span]:
    def look(seconds: float) -> None:
        check()
        pace.listened(seconds)

    return speech_spans(sound, cutting.longest_window_seconds, look)


def _window(
    windows: Sequence[Span], number: int, language: str, segments: tuple[SpokenSegment, ...], *, ends_batch: bool
) -> RecognisedWindow:
    start, end = (sample / SAMPLE_RATE for sample in windows[number])
    return RecognisedWindow(number, len(windows), start, end, language, segments, ends_batch)


def _in_seconds(spans: Sequence[Span]) -> list[tuple[float, float]]:
    return [(start / SAMPLE_RATE, end / SAMPLE_RATE) for start, end in spans]


def _seconds(windows: Sequence[Span]) -> float:
    return sum(end - start for start, end in windows) / SAMPLE_RATE


def patient(is_cancelled: Callable[[], bool]) -> Check:
    """A check to call before every step, which asks only now and then. Raises RecognitionCancelledError."""
    asked_at = -ASK_EVERY_SECONDS

    def check() -> None:
        nonlocal asked_at
        if time.monotonic() - asked_at < ASK_EVERY_SECONDS:
            return
        asked_at = time.monotonic()
        if is_cancelled():
            raise RecognitionCancelledError("The transcription was cancelled.")

    return check


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def use_all_cores() -> None:
    """Importing silero_vad sets one; holds for this thread only."""
    import torch

    torch.set_num_threads(cores())
