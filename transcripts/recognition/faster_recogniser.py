"""Whisper's models on faster-whisper, on the same road as the engine that ships. Its weights: faster_folders.py."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

from faster_whisper import WhisperModel
from faster_whisper.transcribe import Segment

from transcripts.audio.streams import AudioSource
from transcripts.model_store.faster_folders import ConvertedModel, find_converted_model
from transcripts.model_store.model_facts import ModelFacts
from transcripts.recognition.clips import Clip
from transcripts.recognition.faster_models import SharedFasterModel
from transcripts.recognition.glossary import Glossary, fit_glossary
from transcripts.recognition.hallucinations import COMPRESSION_RATIO_THRESHOLD, NO_SPEECH_THRESHOLD
from transcripts.recognition.language_detection import resolve_language
from transcripts.recognition.long_form import (
    CANCEL_CHECK_SECONDS,
    CancelCheck,
    WindowingOptions,
    recognise_windows,
)
from transcripts.recognition.model_cache import get_or_load
from transcripts.recognition.progress import ProgressCallback
from transcripts.recognition.recogniser import RecognisedWindow, describe_run_options
from transcripts.recognition.window_batches import LOGPROB_THRESHOLD
from transcripts.recognition.word_times import correct_times
from transcripts.text.spoken import SpokenSegment, SpokenWord

MAX_GLOSSARY_TOKENS = 223  # tokens, as in openai-whisper
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class FasterWhisperOptions:
    longest_window_seconds: float = 20.0
    beam_size: int = 1  # 1: greedy
    temperatures: tuple[float, ...] = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    best_of: int = 1


def load_faster_whisper(
    model: str, weights_folder: Path, *, options: FasterWhisperOptions = FasterWhisperOptions()
) -> "FasterWhisperRecogniser":
    """A recogniser for a folder or the name of one, kept loaded in this process. Raises MissingWeightsError."""
    converted = find_converted_model(model, weights_folder)
    kept = get_or_load(("faster-whisper", converted.sha256), lambda: SharedFasterModel(converted.folder))
    return FasterWhisperRecogniser(kept, converted, options)


class FasterWhisperRecogniser:
    def __init__(self, model: SharedFasterModel, converted: ConvertedModel, options: FasterWhisperOptions) -> None:
        self._model, self._options = model, options
        self.facts = ModelFacts(
            name=converted.name,
            sha256=converted.sha256,
            engine=f"faster-whisper {version('faster-whisper')}, ctranslate2 {version('ctranslate2')}",
            options=asdict(options) | {"device": model.device, "precision": model.precision},
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
            _FasterWhisperEngine(self._model, self._options, self._fit_glossary(glossary).prompt),
            WindowingOptions(self._options.longest_window_seconds, batch_size=1),
            language=self._resolve_language(language),
            first_window=first_window,
            on_progress=on_progress,
            is_cancelled=is_cancelled,
        )

    def _resolve_language(self, language: str | None) -> str | None:
        return resolve_language(language, is_multilingual=self._model.is_multilingual) if language else None

    def _fit_glossary(self, terms: Sequence[str]) -> Glossary:
        tokenizer = self._model.tokenizer
        return fit_glossary(terms, lambda text: len(tokenizer.encode(f" {text}").ids), MAX_GLOSSARY_TOKENS)


class _FasterWhisperEngine:
    """A model with the way a run is asked."""

    def __init__(self, model: SharedFasterModel, options: FasterWhisperOptions, prompt: str) -> None:
        self._model, self._options, self._prompt = model, options, prompt

    def detect_language(self, clips: Sequence[Clip], check: CancelCheck) -> str:
        """The likeliest language of the clips together; English where the model knows nothing else."""
        if not self._model.is_multilingual:
            return "en"
        totals: dict[str, float] = {}
        for clip in clips:
            _, _, shares = _run_with_checks(partial(self._detect_clip_language, clip), check)
            for code, share in shares:
                totals[code] = totals.get(code, 0.0) + share * clip.seconds
        return max(totals, key=lambda code: totals[code], default="en")

    def _detect_clip_language(self, clip: Clip) -> tuple[str, float, list[tuple[str, float]]]:
        with self._model.lock_model() as model:
            found: tuple[str, float, list[tuple[str, float]]] = model.detect_language(audio=clip.samples)
            return found

    def recognise_clips(
        self, clips: Sequence[Clip], language: str, check: CancelCheck
    ) -> list[tuple[SpokenSegment, ...]]:
        return [self._recognise_clip(clip, language, check) for clip in clips]

    def _recognise_clip(self, clip: Clip, language: str, check: CancelCheck) -> tuple[SpokenSegment, ...]:
        first, *others = self._options.temperatures
        said = _run_with_checks(partial(self._transcribe_greedily, clip, language, first), check)
        if others and any(map(_is_poor, said)):
            said = _run_with_checks(partial(self._transcribe_with_fallback, clip, language), check)
        return tuple(_build_segment(number, one, clip) for number, one in enumerate(said) if one.text.strip())

    def _transcribe_greedily(self, clip: Clip, language: str, temperature: float) -> list[Segment]:
        with self._model.lock_model() as model:
            return self._transcribe(model, clip, language, (temperature,))

    def _transcribe_with_fallback(self, clip: Clip, language: str) -> list[Segment]:
        with self._model.lock_seeded_model(clip.seed) as model:
            return self._transcribe(model, clip, language, self._options.temperatures)

    def _transcribe(
        self, model: WhisperModel, clip: Clip, language: str, temperatures: Sequence[float]
    ) -> list[Segment]:
        segments, _ = model.transcribe(
            clip.samples,
            language=language,
            beam_size=self._options.beam_size,
            best_of=self._options.best_of,
            temperature=list(temperatures),
            compression_ratio_threshold=COMPRESSION_RATIO_THRESHOLD,
            log_prob_threshold=LOGPROB_THRESHOLD,
            no_speech_threshold=NO_SPEECH_THRESHOLD,
            condition_on_previous_text=False,
            hotwords=self._prompt or None,  # unlike an initial prompt it is read before each stretch of a window
            word_timestamps=True,
        )
        return list(segments)


def _run_with_checks(work: Callable[[], Result], check: CancelCheck) -> Result:
    """What comes out of `work`, unless `check` raises: then it is left alone, and ends with the window it is at."""
    executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="faster-whisper")
    try:
        running: Future[Result] = executor.submit(work)
        while not wait([running], timeout=CANCEL_CHECK_SECONDS).done:
            check()
        return running.result()
    finally:
        executor.shutdown(wait=False)


def _is_poor(segment: Segment) -> bool:
    return bool(segment.compression_ratio > COMPRESSION_RATIO_THRESHOLD or segment.avg_logprob < LOGPROB_THRESHOLD)


def _build_segment(number: int, recognised: Segment, clip: Clip) -> SpokenSegment:
    start, end = _to_recording_time(recognised.start, clip), _to_recording_time(recognised.end, clip)
    segment = SpokenSegment(
        id=number,
        start=start,
        end=max(start, end),
        text=recognised.text.strip(),
        words=tuple(
            SpokenWord(
                word.word,
                _to_recording_time(word.start, clip),
                _to_recording_time(word.end, clip),
                float(word.probability),
            )
            for word in recognised.words or ()
        ),
        avg_logprob=float(recognised.avg_logprob),
        no_speech_prob=float(recognised.no_speech_prob),
        compression_ratio=float(recognised.compression_ratio),
        temperature=float(recognised.temperature or 0.0),
    )
    return correct_times(segment, segment.start, segment.end)


def _to_recording_time(seconds: float, clip: Clip) -> float:
    """A moment of the window as one of the recording."""
    return round(clip.offset_seconds + min(max(float(seconds), 0.0), clip.seconds), 3)
