"""The Recogniser that ships: openai-whisper's models on our own driver. Needs torch, so only a worker may import it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

import torch
import whisper
from whisper.model import Whisper
from whisper.tokenizer import Tokenizer, get_tokenizer

from transcripts.audio.streams import AudioSource
from transcripts.model_store.model_facts import ModelFacts
from transcripts.model_store.whisper_weights import WeightsFile, find_model_name, find_weights
from transcripts.recognition import devices
from transcripts.recognition.clips import Clip
from transcripts.recognition.glossary import Glossary, fit_glossary
from transcripts.recognition.language_detection import detect_language, resolve_language
from transcripts.recognition.long_form import CancelCheck, WindowingOptions, recognise_windows
from transcripts.recognition.model_cache import get_or_load
from transcripts.recognition.progress import ProgressCallback
from transcripts.recognition.recogniser import RecognisedWindow, describe_run_options
from transcripts.recognition.window_batches import BatchRecogniser, TranscribeOptions
from transcripts.text.spoken import SpokenSegment


@dataclass(frozen=True, slots=True)
class WhisperOptions:
    longest_window_seconds: float = 20.0  # up to 30; see samples/README.md for what its choice costs and gains
    windows_together: int | None = None  # recognised as one batch; None: as many as suit the device
    beam_size: int | None = None  # None: greedy
    temperatures: tuple[float, ...] = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)  # Whisper's own ladder of retries
    best_of: int = 1  # texts drawn at a temperature above 0, of which the likeliest counts


def load_whisper(
    model: str,
    weights_folder: Path,
    source: str | None = None,
    *,
    options: WhisperOptions = WhisperOptions(),
    may_download: bool = True,
) -> "WhisperRecogniser":
    """A recogniser for a model's name or path, kept loaded in this process. Raises MissingWeightsError."""
    weights = find_weights(model, weights_folder, source, may_download=may_download)
    return WhisperRecogniser(
        get_or_load(("openai-whisper", weights.sha256), lambda: _load_model(weights)), weights, options
    )


class WhisperRecogniser:
    def __init__(self, model: Whisper, weights: WeightsFile, options: WhisperOptions) -> None:
        together = options.windows_together or devices.choose_batch_size(model.device, model.dims)
        self._model = model
        self._options = replace(options, windows_together=together)
        self._windowing = WindowingOptions(options.longest_window_seconds, together)
        self.facts = ModelFacts(
            name=weights.name,
            sha256=weights.sha256,
            engine=f"openai-whisper {version('openai-whisper')}",
            options=asdict(self._options) | _describe_device(model),
            is_english_only=not model.is_multilingual,
        )

    def describe_run(self, *, language: str | None = None, glossary: Sequence[str] = ()) -> ModelFacts:
        run = describe_run_options(self._resolve_language(language), self._fit_glossary(glossary))
        return replace(self.facts, options={**self.facts.options, **run})

    def recognise(
        self,
        sound: AudioSource,
        *,
        language: str | None = None,
        glossary: Sequence[str] = (),
        first_window: int = 0,
        on_progress: ProgressCallback = lambda _: None,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> Iterator[RecognisedWindow]:
        return recognise_windows(
            sound,
            _WhisperEngine(self._model, self._options, self._fit_glossary(glossary).prompt),
            self._windowing,
            language=self._resolve_language(language),
            first_window=first_window,
            on_progress=on_progress,
            is_cancelled=is_cancelled,
        )

    def _resolve_language(self, language: str | None) -> str | None:
        return resolve_language(language, is_multilingual=self._model.is_multilingual) if language else None

    def _fit_glossary(self, terms: Sequence[str]) -> Glossary:
        tokenizer = _load_tokenizer(self._model)
        return fit_glossary(
            terms, lambda text: len(tokenizer.encode(f" {text}", disallowed_special=())), self._max_glossary_tokens
        )

    @property
    def _max_glossary_tokens(self) -> int:
        """For the glossary, in tokens; as in openai-whisper 223. The demonstration model never learnt to read one."""
        return 0 if self.facts.is_demonstration else self._model.dims.n_text_ctx // 2 - 1


class _WhisperEngine:
    """A model with the way a run is asked."""

    def __init__(self, model: Whisper, options: WhisperOptions, prompt: str) -> None:
        self._model, self._options, self._prompt = model, options, prompt
        self._get_batch_recogniser = lru_cache(maxsize=1)(self._create_batch_recogniser)

    def detect_language(self, clips: Sequence[Clip], check: CancelCheck) -> str:
        return detect_language(self._model, clips, check)

    def recognise_clips(
        self, clips: Sequence[Clip], language: str, check: CancelCheck
    ) -> list[tuple[SpokenSegment, ...]]:
        return self._get_batch_recogniser(language).recognise(clips, check)

    def _create_batch_recogniser(self, language: str) -> BatchRecogniser:
        options = self._options
        decoding = TranscribeOptions(language, self._prompt, options.beam_size, options.temperatures, options.best_of)
        return BatchRecogniser(self._model, decoding)


def _describe_device(model: Whisper) -> dict[str, object]:
    precision = str(model.encoder.conv1.weight.dtype).removeprefix("torch.")
    on_card = model.device.type == "cuda"
    return {
        "device": torch.cuda.get_device_name(model.device) if on_card else model.device.type,
        "precision": precision,
    }


def _load_model(weights: WeightsFile) -> Whisper:
    device = devices.choose_device()
    model = whisper.load_model(str(weights.path), device=device)
    known = find_model_name(weights.sha256)
    if known is not None:  # load_model sets the heads that tell words' times only for names, not for paths
        model.set_alignment_heads(whisper._ALIGNMENT_HEADS[known])
    _ = _load_tokenizer(
        model
    ).non_speech_tokens  # Whisper builds its vocabulary at first use, for a second, and keeps it
    return devices.convert_precision(model, devices.choose_precision(device))


def _load_tokenizer(model: Whisper) -> Tokenizer:
    return get_tokenizer(model.is_multilingual, num_languages=model.num_languages)
