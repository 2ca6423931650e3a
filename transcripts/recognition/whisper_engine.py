"""The default engine: openai-whisper's models with our own decoding loop. Needs torch: only workers import it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path

import torch
from whisper.model import Whisper
from whisper.tokenizer import Tokenizer, get_tokenizer

from transcripts.audio.streams import CancelCheck
from transcripts.model_store.model_facts import ModelFacts
from transcripts.model_store.whisper_loading import load_whisper_model
from transcripts.model_store.whisper_weights import WeightsFile, find_weights
from transcripts.recognition import devices
from transcripts.recognition.clips import Clip
from transcripts.recognition.language_choice import LanguageShares
from transcripts.recognition.long_form import WindowingOptions, choose_beam_size, choose_longest_window
from transcripts.recognition.model_cache import get_or_load
from transcripts.recognition.window_batches import BatchRecogniser, TranscribeOptions
from transcripts.recognition.windowed_recogniser import WindowedRecogniser
from transcripts.text.spoken import SpokenSegment


@dataclass(frozen=True, slots=True)
class WhisperOptions:
    longest_window_seconds: float | None = None  # up to 30; None: as suits the model
    windows_together: int | None = None  # recognised as one batch; None: as many as suit the device
    beam_size: int | None = None  # 1: greedy; None: as suits the model
    temperatures: tuple[float, ...] = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)  # Whisper's own ladder of retries
    best_of: int = 1  # texts sampled at a temperature above 0, of which the likeliest counts


def load_whisper(
    model: str,
    weights_folder: Path,
    source: str | None = None,
    *,
    options: WhisperOptions = WhisperOptions(),
    may_download: bool = True,
) -> WindowedRecogniser:
    weights = find_weights(model, weights_folder, source, may_download=may_download)
    loaded = get_or_load(("openai-whisper", weights.sha256), lambda: _load_model(weights))
    batch_size = options.windows_together or devices.choose_batch_size(loaded.device, loaded.dims)
    longest_seconds = options.longest_window_seconds or choose_longest_window(weights.sha256)
    options = replace(
        options,
        windows_together=batch_size,
        longest_window_seconds=longest_seconds,
        beam_size=options.beam_size or choose_beam_size(weights.sha256),
    )
    facts = _describe_model(loaded, weights, options)
    engine = WhisperEngine(loaded, options, can_read_glossary=not facts.is_demonstration)
    return WindowedRecogniser(engine, facts, WindowingOptions(longest_seconds, batch_size))


class WhisperEngine:
    def __init__(self, model: Whisper, options: WhisperOptions, *, can_read_glossary: bool) -> None:
        self._model = model
        decoding = TranscribeOptions(options.beam_size, options.temperatures, options.best_of)
        self._batch_recogniser = BatchRecogniser(model, decoding)
        self.is_multilingual = model.is_multilingual
        # as in openai-whisper: 223; the demonstration model never learnt to read one
        self.max_glossary_tokens = model.dims.n_text_ctx // 2 - 1 if can_read_glossary else 0

    def count_tokens(self, text: str) -> int:
        return len(_load_tokenizer(self._model).encode(f" {text}", disallowed_special=()))

    def detect_languages(self, clips: Sequence[Clip], check: CancelCheck) -> list[LanguageShares]:
        return self._batch_recogniser.detect_languages(clips, check)

    def recognise_clips(
        self, clips: Sequence[Clip], languages: Sequence[str], terms: Sequence[str], check: CancelCheck
    ) -> list[tuple[SpokenSegment, ...]]:
        return self._batch_recogniser.recognise(clips, languages, terms, check)


def _describe_model(model: Whisper, weights: WeightsFile, options: WhisperOptions) -> ModelFacts:
    return ModelFacts(
        name=weights.name,
        sha256=weights.sha256,
        engine=f"openai-whisper {version('openai-whisper')}",
        options=asdict(options) | _describe_device(model),
        is_english_only=not model.is_multilingual,
    )


def _describe_device(model: Whisper) -> dict[str, object]:
    precision = str(model.encoder.conv1.weight.dtype).removeprefix("torch.")
    is_gpu = model.device.type == "cuda"
    return {
        "device": torch.cuda.get_device_name(model.device) if is_gpu else model.device.type,
        "precision": precision,
    }


def _load_model(weights: WeightsFile) -> Whisper:
    device = devices.choose_device()
    model = load_whisper_model(weights, device)
    _ = _load_tokenizer(model).non_speech_tokens  # builds and caches the vocabulary, which takes a second
    return devices.convert_precision(model, devices.choose_precision(device))


def _load_tokenizer(model: Whisper) -> Tokenizer:
    return get_tokenizer(model.is_multilingual, num_languages=model.num_languages)
