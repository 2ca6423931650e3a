"""The Recogniser Protocol and its values. Imports neither numpy nor torch: the web process imports it too."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from transcripts.audio.streams import AudioSource
from transcripts.model_store.model_facts import ModelFacts
from transcripts.recognition.glossary import Glossary
from transcripts.recognition.hallucinations import mark_loops
from transcripts.recognition.progress import ProgressCallback
from transcripts.recognition.seams import join_windows
from transcripts.text.spoken import SpokenSegment, SpokenTranscript


class UnsupportedLanguageError(Exception): ...


class RecognitionCancelledError(Exception): ...


@dataclass(frozen=True, slots=True)
class RecognisedWindow:
    """A section of speech. The same sound always gives the same windows."""

    number: int  # 0 .. count - 1
    count: int
    start: float
    end: float
    language: str
    segments: tuple[SpokenSegment, ...]  # ids count within the window; times are those of the recording
    ends_batch: bool = True  # a run that resumes after this window repeats none before it


class Recogniser(Protocol):
    @property
    def facts(self) -> ModelFacts: ...

    def describe_run(self, *, language: str | None = None, glossary: Sequence[str] = ()) -> ModelFacts: ...

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
        """The windows in order; the batch that contains `first_window` is recognised again as a whole.

        Raises RecognitionCancelledError within seconds of `is_cancelled` becoming true, UnsupportedLanguageError.
        """
        ...


def describe_run_options(language: str | None, glossary: Glossary) -> dict[str, object]:
    return {
        "language": f"given: {language}" if language else "detected",
        "glossary": list(glossary.included),
        "glossary left out": list(glossary.left_out),
    }


def assemble_transcript(
    windows: Iterable[RecognisedWindow], *, duration: float, facts: ModelFacts, language: str | None = None
) -> SpokenTranscript:
    windows = sorted(windows, key=lambda window: window.number)
    segments = mark_loops(join_windows([window.segments for window in windows]))
    return SpokenTranscript(
        language=_find_main_language(windows) or language or "en",
        duration=round(duration, 3),
        model=facts.name,
        segments=tuple(replace(segment, id=number) for number, segment in enumerate(segments)),
        speech_seconds=round(sum(window.end - window.start for window in windows), 3),
    )


def _find_main_language(windows: Sequence[RecognisedWindow]) -> str | None:
    """That of most of the speech; None without windows."""
    seconds: dict[str, float] = {}
    for window in windows:
        seconds.setdefault(window.language, 0.0)
        for segment in window.segments:
            code = segment.language or window.language
            seconds[code] = seconds.get(code, 0.0) + segment.end - segment.start
    return max(seconds, key=lambda code: seconds[code], default=None)
