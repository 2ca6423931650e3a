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

from transcripts.recognition.clips import Clip
from transcripts.recognition.faster_folders import Converted, find_converted
from transcripts.recognition.faster_models import OneModel
from transcripts.recognition.glossary import Glossary, fitting
from transcripts.recognition.honesty import MOST_REPETITION, SILENCE_PROBABILITY
from transcripts.recognition.languages import known_language
from transcripts.recognition.loaded_model import loaded
from transcripts.recognition.long_form import ASK_EVERY_SECONDS, Check, Cutting, recognised
from transcripts.recognition.pace import Tell
from transcripts.recognition.recogniser import ModelFacts, RecognisedWindow, options_of_run
from transcripts.recognition.window_batches import LEAST_LOGPROB
from transcripts.recognition.word_times import with_believable_times
from transcripts.sound.streams import Sound
from transcripts.spoken import SpokenSegment, SpokenWord

ROOM_FOR_GLOSSARY = 223  # tokens, as in openai-whisper
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class FasterOptions:
    longest_window_seconds: float = 20.0
    beam_size: int = 1  # 1: greedy
    temperatures: tuple[float, ...] = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    best_of: int = 1


def load_faster(model: str, weights_folder: Path, *, options: FasterOptions = FasterOptions()) -> "FasterRecogniser":
    """A recogniser for a folder or the name of one, kept loaded in this process. Raises MissingWeightsError."""
    converted = find_converted(model, weights_folder)
    kept = loaded(("faster-whisper", converted.sha256), lambda: OneModel(converted.folder))
    return FasterRecogniser(kept, converted, options)


class FasterRecogniser:
    def __init__(self, model: OneModel, converted: Converted, options: FasterOptions) -> None:
        self._model, self._options = model, options
        self.facts = ModelFacts(
            name=converted.name,
            sha256=converted.sha256,
            engine=f"faster-whisper {version('faster-whisper')}, ctranslate2 {version('ctranslate2')}",
            options=asdict(options) | {"device": model.device, "precision": model.precision},
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
            Cutting(self._options.longest_window_seconds, windows_together=1),
            language=self._asked(language),
            first_window=first_window,
            on_progress=on_progress,
            is_cancelled=is_cancelled,
        )

    def _asked(self, language: str | None) -> str | None:
        return known_language(language, is_multilingual=self._model.is_multilingual) if language else None

    def _fitting(self, terms: Sequence[str]) -> Glossary:
        tokenizer = self._model.tokenizer
        return fitting(terms, lambda text: len(tokenizer.encode(f" {text}").ids), ROOM_FOR_GLOSSARY)


class _Engine:
    """A model with the way a run is asked."""

    def __init__(self, model: OneModel, options: FasterOptions, prompt: str) -> None:
        self._model, self._options, self._prompt = model, options, prompt

    def language_of(self, clips: Sequence[Clip], check: Check) -> str:
        """The likeliest language of the clips together; English where the model knows nothing else."""
        if not self._model.is_multilingual:
            return "en"
        totals: dict[str, float] = {}
        for clip in clips:
            _, _, shares = _waited_for(partial(self._languages, clip), check)
            for code, share in shares:
                totals[code] = totals.get(code, 0.0) + share * clip.seconds
        return max(totals, key=lambda code: totals[code], default="en")

    def _languages(self, clip: Clip) -> tuple[str, float, list[tuple[str, float]]]:
        with self._model.reading() as model:
            found: tuple[str, float, list[tuple[str, float]]] = model.detect_language(audio=clip.sound)
            return found

    def hear(self, clips: Sequence[Clip], language: str, check: Check) -> list[tuple[SpokenSegment, ...]]:
        return [self._heard(clip, language, check) for clip in clips]

    def _heard(self, clip: Clip, language: str, check: Check) -> tuple[SpokenSegment, ...]:
        first, *others = self._options.temperatures
        said = _waited_for(partial(self._read_once, clip, language, first), check)
        if others and any(map(_is_poor, said)):
            said = _waited_for(partial(self._read_again, clip, language), check)
        return tuple(_segment(number, one, clip) for number, one in enumerate(said) if one.text.strip())

    def _read_once(self, clip: Clip, language: str, temperature: float) -> list[Segment]:
        with self._model.reading() as model:
            return self._read(model, clip, language, (temperature,))

    def _read_again(self, clip: Clip, language: str) -> list[Segment]:
        with self._model.drawing(clip.seed) as model:
            return self._read(model, clip, language, self._options.temperatures)

    def _read(self, model: WhisperModel, clip: Clip, language: str, ladder: Sequence[float]) -> list[Segment]:
        segments, _ = model.transcribe(
            clip.sound,
            language=language,
            beam_size=self._options.beam_size,
            best_of=self._options.best_of,
            temperature=list(ladder),
            compression_ratio_threshold=MOST_REPETITION,
            log_prob_threshold=LEAST_LOGPROB,
            no_speech_threshold=SILENCE_PROBABILITY,
            condition_on_previous_text=False,
            hotwords=self._prompt or None,  # unlike an initial prompt it is read before each stretch of a window
            word_timestamps=True,
        )
        return list(segments)


def _waited_for(work: Callable[[], Result], check: Check) -> Result:
    """What comes out of `work`, unless `check` raises: then it is left alone, and ends with the window it is at."""
    executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="faster-whisper")
    try:
        running: Future[Result] = executor.submit(work)
        while not wait([running], timeout=ASK_EVERY_SECONDS).done:
            check()
        return running.result()
    finally:
        executor.shutdown(wait=False)


def _is_poor(segment: Segment) -> bool:
    return bool(segment.compression_ratio > MOST_REPETITION or segment.avg_logprob < LEAST_LOGPROB)


def _segment(number: int, said: Segment, clip: Clip) -> SpokenSegment:
    start, end = _placed(said.start, clip), _placed(said.end, clip)
    segment = SpokenSegment(
        id=number,
        start=start,
        end=max(start, end),
        text=said.text.strip(),
        words=tuple(
            SpokenWord(word.word, _placed(word.start, clip), _placed(word.end, clip), float(word.probability))
            for word in said.words or ()
        ),
        avg_logprob=float(said.avg_logprob),
        no_speech_prob=float(said.no_speech_prob),
        compression_ratio=float(said.compression_ratio),
        temperature=float(said.temperature or 0.0),
    )
    return with_believable_times(segment, segment.start, segment.end)


def _placed(seconds: float, clip: Clip) -> float:
    """A moment of the window as one of the recording."""
    return round(clip.offset_seconds + min(max(float(seconds), 0.0), clip.seconds), 3)
