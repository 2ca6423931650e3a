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

from transcripts.recognition import devices
from transcripts.recognition.clips import Clip
from transcripts.recognition.glossary import Glossary, fitting
from transcripts.recognition.languages import detect_language, known_language
from transcripts.recognition.loaded_model import loaded
from transcripts.recognition.long_form import Check, Cutting, recognised
from transcripts.recognition.pace import Tell
from transcripts.recognition.recogniser import ModelFacts, RecognisedWindow, options_of_run
from transcripts.recognition.whisper_weights import Weights, find_weights, name_of
from transcripts.recognition.window_batches import BatchRecogniser, Decoding
from transcripts.sound.streams import Sound
from transcripts.spoken import SpokenSegment


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
    return WhisperRecogniser(loaded(("openai-whisper", weights.sha256), lambda: _model_of(weights)), weights, options)


class WhisperRecogniser:
    def __init__(self, model: Whisper, weights: Weights, options: WhisperOptions) -> None:
        together = options.windows_together or devices.windows_on(model.device, model.dims)
        self._model = model
        self._options = replace(options, windows_together=together)
        self._cutting = Cutting(options.longest_window_seconds, together)
        self.facts = ModelFacts(
            name=weights.name,
            sha256=weights.sha256,
            engine=f"openai-whisper {version('openai-whisper')}",
            options=asdict(self._options) | _place_of(model),
            is_english_only=not model.is_multilingual,
        )

    def facts_for(self, *, language: str | None = None, glossary: Sequence[str] = ()) -> ModelFacts:
        run = options_of_run(self._asked(language), self._fitting(glossary))
        return replace(self.facts, options={**self.facts.options, **run})

    def recognise(
        self,
        sound: Sound,
        *,
        language: str | None = None,
        glossary: Sequence[str] = (),
        first_window: int = 0,
        on_progress: Tell = lambda _: None,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> Iterator[RecognisedWindow]:
        return recognised(
            sound,
            _Engine(self._model, self._options, self._fitting(glossary).prompt),
            self._cutting,
            language=self._asked(language),
            first_window=first_window,
            on_progress=on_progress,
            is_cancelled=is_cancelled,
        )

    def _asked(self, language: str | None) -> str | None:
        return known_language(language, is_multilingual=self._model.is_multilingual) if language else None

    def _fitting(self, terms: Sequence[str]) -> Glossary:
        tokenizer = _tokenizer_of(self._model)
        return fitting(terms, lambda text: len(tokenizer.encode(f" {text}", disallowed_special=())), self._room)

    @property
    def _room(self) -> int:
        """For the glossary, in tokens; as in openai-whisper 223. The demonstration model never learnt to read one."""
        return 0 if self.facts.is_demonstration else self._model.dims.n_text_ctx // 2 - 1


class _Engine:
    """A model with the way a run is asked."""

    def __init__(self, model: Whisper, options: WhisperOptions, prompt: str) -> None:
        self._model, self._options, self._prompt = model, options, prompt
        self._batches = lru_cache(maxsize=1)(self._batches_in)

    def language_of(self, clips: Sequence[Clip], check: Check) -> str:
        return detect_language(self._model, clips, check)

    def hear(self, clips: Sequence[Clip], language: str, check: Check) -> list[tuple[SpokenSegment, ...]]:
        return self._batches(language).recognise(clips, check)

    def _batches_in(self, language: str) -> BatchRecogniser:
        options = self._options
        decoding = Decoding(language, self._prompt, options.beam_size, options.temperatures, options.best_of)
        return BatchRecogniser(self._model, decoding)


def _place_of(model: Whisper) -> dict[str, object]:
    precision = str(model.encoder.conv1.weight.dtype).removeprefix("torch.")
    on_card = model.device.type == "cuda"
    return {
        "device": torch.cuda.get_device_name(model.device) if on_card else model.device.type,
        "precision": precision,
    }


def _model_of(weights: Weights) -> Whisper:
    device = devices.device()
    model = whisper.load_model(str(weights.path), device=device)
    known = name_of(weights.sha256)
    if known is not None:  # load_model sets the heads that tell words' times only for names, not for paths
        model.set_alignment_heads(whisper._ALIGNMENT_HEADS[known])
    _ = _tokenizer_of(model).non_speech_tokens  # Whisper builds its vocabulary at first use, for a second, and keeps it
    return devices.with_precision(model, devices.precision_on(device))


def _tokenizer_of(model: Whisper) -> Tokenizer:
    return get_tokenizer(model.is_multilingual, num_languages=model.num_languages)
