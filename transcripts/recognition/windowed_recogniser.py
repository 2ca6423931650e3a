"""The Recogniser of every engine: it prepares the language and glossary, and recognises window by window."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from transcripts.audio.streams import AudioSource
from transcripts.model_store.model_facts import ModelFacts
from transcripts.recognition.clip_recogniser import ClipEngine
from transcripts.recognition.glossary import Glossary, fit_glossary
from transcripts.recognition.language_detection import resolve_language
from transcripts.recognition.long_form import WindowingOptions, recognise_windows
from transcripts.recognition.progress import ProgressCallback
from transcripts.recognition.recogniser import RecognisedWindow, describe_run_options


class PromptedEngine(ClipEngine, Protocol):
    @property
    def max_glossary_tokens(self) -> int: ...

    def count_tokens(self, text: str) -> int: ...


class WindowedRecogniser:
    def __init__(self, engine: PromptedEngine, facts: ModelFacts, windowing: WindowingOptions) -> None:
        self.facts = facts
        self._engine, self._windowing = engine, windowing

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
            self._engine,
            self._windowing,
            language=self._resolve_language(language),
            terms=self._fit_glossary(glossary).included,
            first_window=first_window,
            on_progress=on_progress,
            is_cancelled=is_cancelled,
        )

    def _resolve_language(self, language: str | None) -> str | None:
        return resolve_language(language, is_multilingual=self._engine.is_multilingual) if language else None

    def _fit_glossary(self, terms: Sequence[str]) -> Glossary:
        return fit_glossary(terms, self._engine.count_tokens, self._engine.max_glossary_tokens)
