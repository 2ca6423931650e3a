"""The faster-whisper engine. Its weights are in the folders that model_store/faster_folders.py finds."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

from faster_whisper import WhisperModel
from faster_whisper.transcribe import Segment

from transcripts.audio.streams import CancelCheck
from transcripts.model_store.faster_folders import ConvertedModel, find_converted_model
from transcripts.model_store.model_facts import ModelFacts
from transcripts.recognition.clips import Clip
from transcripts.recognition.faster_models import SharedFasterModel
from transcripts.recognition.glossary import contains_term, make_prompt, select_terms
from transcripts.recognition.hallucinations import COMPRESSION_RATIO_THRESHOLD, NO_SPEECH_THRESHOLD
from transcripts.recognition.language_choice import LanguageShares
from transcripts.recognition.long_form import (
    CANCEL_CHECK_SECONDS,
    WindowingOptions,
    choose_beam_size,
    choose_longest_window,
)
from transcripts.recognition.model_cache import get_or_load
from transcripts.recognition.window_batches import DISOWNED_LOGPROB, LOGPROB_THRESHOLD, MAX_LOGPROB_LOSS
from transcripts.recognition.windowed_recogniser import WindowedRecogniser
from transcripts.recognition.word_times import correct_times
from transcripts.text.spoken import NOT_UNDERSTOOD, SpokenSegment, SpokenWord

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class FasterWhisperOptions:
    longest_window_seconds: float | None = None  # None: as suits the model
    beam_size: int | None = None  # 1: greedy; None: as suits the model
    temperatures: tuple[float, ...] = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    best_of: int = 1


def load_faster_whisper(
    model: str, weights_folder: Path, *, options: FasterWhisperOptions = FasterWhisperOptions()
) -> WindowedRecogniser:
    converted = find_converted_model(model, weights_folder)
    longest_seconds = options.longest_window_seconds or choose_longest_window(converted.sha256)
    beam_size = options.beam_size or choose_beam_size(converted.sha256)
    options = replace(options, longest_window_seconds=longest_seconds, beam_size=beam_size)
    loaded = get_or_load(("faster-whisper", converted.sha256), lambda: SharedFasterModel(converted.folder))
    return WindowedRecogniser(
        FasterWhisperEngine(loaded, options),
        _describe_model(loaded, converted, options),
        WindowingOptions(longest_seconds, batch_size=1),
    )


def _describe_model(model: SharedFasterModel, converted: ConvertedModel, options: FasterWhisperOptions) -> ModelFacts:
    return ModelFacts(
        name=converted.name,
        sha256=converted.sha256,
        engine=f"faster-whisper {version('faster-whisper')}, ctranslate2 {version('ctranslate2')}",
        options=asdict(options) | {"device": model.device, "precision": model.precision},
        is_english_only=not model.is_multilingual,
    )


class FasterWhisperEngine:
    max_glossary_tokens = 223  # as in openai-whisper

    def __init__(self, model: SharedFasterModel, options: FasterWhisperOptions) -> None:
        self._model, self._options = model, options
        self.is_multilingual = model.is_multilingual

    def count_tokens(self, text: str) -> int:
        return len(self._model.tokenizer.encode(f" {text}").ids)

    def detect_languages(self, clips: Sequence[Clip], check: CancelCheck) -> list[LanguageShares]:
        if not self._model.is_multilingual:
            return [{"en": 1.0} for _ in clips]
        return [dict(_run_with_checks(partial(self._detect_clip_language, clip), check)) for clip in clips]

    def _detect_clip_language(self, clip: Clip) -> list[tuple[str, float]]:
        with self._model.lock_model() as model:
            _, _, shares = model.detect_language(audio=clip.samples)
            return list(shares)

    def recognise_clips(
        self, clips: Sequence[Clip], languages: Sequence[str], terms: Sequence[str], check: CancelCheck
    ) -> list[tuple[SpokenSegment, ...]]:
        return [
            self._recognise_clip(clip, language, terms, check) for clip, language in zip(clips, languages, strict=True)
        ]

    def _recognise_clip(
        self, clip: Clip, language: str, terms: Sequence[str], check: CancelCheck
    ) -> tuple[SpokenSegment, ...]:
        first, *others = self._options.temperatures
        segments = _run_with_checks(partial(self._transcribe_greedily, clip, language, "", first), check)
        if others and any(map(_is_poor, segments)):
            segments = _run_with_checks(partial(self._transcribe_with_fallback, clip, language), check)
        likely = select_terms(terms, _join_texts(segments)) if terms else ()
        if likely:
            prompt = make_prompt(likely)
            again = _run_with_checks(partial(self._transcribe_greedily, clip, language, prompt, first), check)
            segments = again if _is_acceptable(again, segments, likely) else segments
        return tuple(_build_segment(number, one, clip) for number, one in enumerate(segments) if one.text.strip())

    def _transcribe_greedily(self, clip: Clip, language: str, prompt: str, temperature: float) -> list[Segment]:
        with self._model.lock_model() as model:
            return self._transcribe(model, clip, language, (temperature,), prompt=prompt)

    def _transcribe_with_fallback(self, clip: Clip, language: str) -> list[Segment]:
        with self._model.lock_seeded_model(clip.seed) as model:
            return self._transcribe(model, clip, language, self._options.temperatures)

    def _transcribe(
        self, model: WhisperModel, clip: Clip, language: str, temperatures: Sequence[float], *, prompt: str = ""
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
            hotwords=prompt or None,  # unlike an initial prompt, these are read before each pass over a window
            word_timestamps=True,
        )
        return list(segments)


def _run_with_checks(work: Callable[[], Result], check: CancelCheck) -> Result:
    """If `check` raises, the thread ends after the window it is working on."""
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


def _is_acceptable(again: Sequence[Segment], before: Sequence[Segment], terms: Sequence[str]) -> bool:
    """What was read again with terms has one of them, and is about as likely as what was read without."""
    if not again or any(map(_is_poor, again)) or not contains_term(terms, _join_texts(again)):
        return False
    return bool(min(one.avg_logprob for one in again) >= min(one.avg_logprob for one in before) - MAX_LOGPROB_LOSS)


def _join_texts(segments: Sequence[Segment]) -> str:
    return "".join(segment.text for segment in segments)


def _build_segment(number: int, recognised: Segment, clip: Clip) -> SpokenSegment:
    start, end = clip.to_recording_time(recognised.start), clip.to_recording_time(recognised.end)
    segment = SpokenSegment(
        id=number,
        start=start,
        end=max(start, end),
        text=recognised.text.strip(),
        words=tuple(
            SpokenWord(
                word.word,
                clip.to_recording_time(word.start),
                clip.to_recording_time(word.end),
                float(word.probability),
            )
            for word in recognised.words or ()
        ),
        avg_logprob=float(recognised.avg_logprob),
        no_speech_prob=float(recognised.no_speech_prob),
        compression_ratio=float(recognised.compression_ratio),
        temperature=float(recognised.temperature or 0.0),
    )
    if recognised.avg_logprob < DISOWNED_LOGPROB:
        return replace(segment, text=NOT_UNDERSTOOD, words=(), is_unclear=True)
    return correct_times(segment, segment.start, segment.end)
