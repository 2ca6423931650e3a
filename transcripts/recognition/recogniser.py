"""The Recogniser Protocol and its values. Imports neither numpy nor torch: the web process imports it too."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from transcripts.audio.streams import AudioSource
from transcripts.model_store.model_facts import ModelFacts
from transcripts.recognition.glossary import Glossary
from transcripts.recognition.hallucinations import mark_loops
from transcripts.recognition.progress import ProgressCallback
from transcripts.text.spoken import SpokenSegment, SpokenTranscript


class UnsupportedLanguageError(Exception):
    """The model cannot write the requested language."""


class RecognitionCancelledError(Exception):
    """`is_cancelled` returned True."""


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

    def describe_run(self, *, language: str | None = None, glossary: Sequence[str] = ()) -> ModelFacts:
        """`facts` with the options of a run: whether its language was given, which terms fitted."""
        ...

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
        """The windows of `sound` in order, from `first_window` on.

        Windows are recognised in batches; the batch that contains `first_window` is recognised again as a whole.
        `language` None: detected. `glossary`: terms, of which those that fit are the prompt of each window.
        Raises RecognitionCancelledError within seconds of `is_cancelled` becoming true, UnsupportedLanguageError.
        """
        ...


def describe_run_options(language: str | None, glossary: Glossary) -> dict[str, object]:
    """The options of one run that are stored with its transcript."""
    return {
        "language": f"given: {language}" if language else "detected",
        "glossary": list(glossary.included),
        "glossary left out": list(glossary.left_out),
    }


def assemble_transcript(
    windows: Iterable[RecognisedWindow], *, duration: float, facts: ModelFacts, language: str | None = None
) -> SpokenTranscript:
    """All windows as one transcript, with new segment ids. `language` is for sound without any speech."""
    windows = sorted(windows, key=lambda window: window.number)
    segments = mark_loops([segment for window in windows for segment in window.segments])
    return SpokenTranscript(
        language=windows[0].language if windows else language or "en",
        duration=round(duration, 3),
        model=facts.name,
        segments=tuple(replace(segment, id=number) for number, segment in enumerate(segments)),
    )
