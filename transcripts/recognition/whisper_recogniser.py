"""The Recogniser that ships: openai-whisper, window by window. Needs torch, so only a worker may import it."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
import whisper
from numpy.typing import NDArray
from whisper.model import MultiHeadAttention, Whisper

from transcripts.recognition.languages import detect_language, known_language
from transcripts.recognition.recogniser import ModelFacts, RecognisedWindow, RecognitionCancelledError
from transcripts.recognition.speech_windows import speech_spans, windows_of
from transcripts.recognition.whisper_weights import Weights, find_weights, name_of
from transcripts.recognition.whisper_window import Decoding, recognise_window
from transcripts.sound.facts import SAMPLE_RATE

ASK_EVERY_SECONDS = 0.5  # whoever answers `is_cancelled` may have to ask a database


@dataclass(frozen=True, slots=True)
class WhisperOptions:
    longest_window_seconds: float = 20.0  # up to 30; see samples/README.md for what its choice costs and gains
    beam_size: int | None = None  # None: greedy
    temperatures: tuple[float, ...] = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)  # Whisper's own ladder of retries


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
        longest = self._options.longest_window_seconds
        with _stopping(self._model, is_cancelled) as check:
            windows = windows_of(speech_spans(sound, longest, check), longest)
            torch.set_num_threads(os.cpu_count() or 1)  # importing silero_vad sets one; holds for this thread only
            code = asked or detect_language(self._model, [sound[start:end] for start, end in windows])
            decoding = Decoding(code, glossary, self._options.beam_size, self._options.temperatures)
            for number, (start, end) in list(enumerate(windows))[first_window:]:
                check()
                begins, ends = start / SAMPLE_RATE, end / SAMPLE_RATE
                segments = recognise_window(self._model, sound[start:end], begins, decoding)
                yield RecognisedWindow(number, len(windows), begins, ends, code, segments)
                on_progress(ends)
        on_progress(len(sound) / SAMPLE_RATE)


def _model_of(weights: Weights) -> Whisper:
    model = whisper.load_model(str(weights.path))
    known = name_of(weights.sha256)
    if known is not None:  # load_model sets the heads that tell words' times only for names, not for paths
        model.set_alignment_heads(whisper._ALIGNMENT_HEADS[known])
    return model


@contextmanager
def _stopping(model: Whisper, is_cancelled: Callable[[], bool]) -> Iterator[Callable[[], None]]:
    """A check to call between steps; inside the decoder it is called before every token."""
    asked_at = -ASK_EVERY_SECONDS

    def check() -> None:
        nonlocal asked_at
        if time.monotonic() - asked_at < ASK_EVERY_SECONDS:
            return
        asked_at = time.monotonic()
        if is_cancelled():
            raise RecognitionCancelledError("The transcription was cancelled.")

    def before_token(*_: object) -> None:
        if (
            MultiHeadAttention.use_sdpa
        ):  # else whisper.timing is aligning, and an exception would leave its hooks behind
            check()

    hook = model.decoder.register_forward_pre_hook(before_token)
    try:
        yield check
    finally:
        hook.remove()
