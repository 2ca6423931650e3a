"""The Recogniser that ships: openai-whisper's models on our own driver. Needs torch, so only a worker may import it."""

import os
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
import whisper
from numpy.typing import NDArray
from whisper.model import Whisper

from transcripts.recognition.languages import detect_language, known_language
from transcripts.recognition.recogniser import ModelFacts, RecognisedWindow, RecognitionCancelledError
from transcripts.recognition.speech_windows import Span, speech_spans, windows_of
from transcripts.recognition.whisper_weights import Weights, find_weights, name_of
from transcripts.recognition.window_batches import BatchRecogniser, Clip, Decoding
from transcripts.sound.facts import SAMPLE_RATE

ASK_EVERY_SECONDS = 0.5  # whoever answers `is_cancelled` may have to ask a database


@dataclass(frozen=True, slots=True)
class WhisperOptions:
    longest_window_seconds: float = 20.0  # up to 30; see samples/README.md for what its choice costs and gains
    windows_together: int = 8  # recognised as one batch; a batch is always the same windows, also after a kill
    beam_size: int | None = None  # None: greedy
    temperatures: tuple[float, ...] = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)  # Whisper's own ladder of retries
    best_of: int = 1  # texts drawn at a temperature above 0, of which the likeliest counts


@lru_cache(maxsize=1)
def load_whisper(
    model: str, weights_folder: Path, *, options: WhisperOptions = WhisperOptions(), may_download: bool = True
) -> "WhisperRecogniser":
    """A recogniser for a model's name or path, kept loaded in this process. Raises MissingWeightsError."""
    return WhisperRecogniser(find_weights(model, weights_folder, may_download=may_download), options)


class WhisperRecogniser:
    def __init__(self, weights: Weights, options: WhisperOptions) -> None:
        self._model = _model_of(weights)
        self._options = options
        self.facts = ModelFacts(
            name=weights.name,
            sha256=weights.sha256,
            engine=f"openai-whisper {version('openai-whisper')}",
            options=asdict(options) | {"device": self._model.device.type},
            is_english_only=not self._model.is_multilingual,
        )

    def recognise(
        self,
        sound: NDArray[np.float32],
        *,
        language: str | None = None,
        glossary: str = "",
        first_window: int = 0,
        on_progress: Callable[[float], None] = lambda _: None,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> Iterator[RecognisedWindow]:
        asked = known_language(self._model, language) if language else None
        check, longest = _patient(is_cancelled), self._options.longest_window_seconds
        windows = windows_of(speech_spans(sound, longest, check), longest)
        torch.set_num_threads(os.cpu_count() or 1)  # importing silero_vad sets one; holds for this thread only
        code = asked or detect_language(self._model, [sound[start:end] for start, end in windows])
        batches = BatchRecogniser(self._model, self._decoding(code, glossary))
        clips = _clips(sound, windows)
        together = self._options.windows_together
        for first in range(first_window - first_window % together, len(clips), together):
            batch = clips[first : first + together]
            heard = [
                RecognisedWindow(
                    number=number,
                    count=len(windows),
                    start=windows[number][0] / SAMPLE_RATE,
                    end=windows[number][1] / SAMPLE_RATE,
                    language=code,
                    segments=segments,
                    ends_batch=number == first + len(batch) - 1,
                )
                for number, segments in enumerate(batches.recognise(batch, check), first)
            ]
            yield from heard[max(0, first_window - first) :]
            on_progress(windows[first + len(batch) - 1][1] / SAMPLE_RATE)
        on_progress(len(sound) / SAMPLE_RATE)

    def _decoding(self, language: str, glossary: str) -> Decoding:
        return Decoding(language, glossary, self._options.beam_size, self._options.temperatures, self._options.best_of)


def _clips(sound: NDArray[np.float32], windows: Sequence[Span]) -> list[Clip]:
    """What is drawn in a window depends on the whole sound's hash and the window's number, and on nothing else."""
    whole = zlib.crc32(np.ascontiguousarray(sound).data)
    return [
        Clip(sound[start:end], start / SAMPLE_RATE, zlib.crc32(f"{whole}/{number}".encode()))
        for number, (start, end) in enumerate(windows)
    ]


def _patient(is_cancelled: Callable[[], bool]) -> Callable[[], None]:
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


def _model_of(weights: Weights) -> Whisper:
    model = whisper.load_model(str(weights.path))
    known = name_of(weights.sha256)
    if known is not None:  # load_model sets the heads that tell words' times only for names, not for paths
        model.set_alignment_heads(whisper._ALIGNMENT_HEADS[known])
    return model
