"""What a recogniser is, and the values it gives. Imports neither numpy nor torch: the web process reads this too."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from transcripts.recognition.glossary import Glossary
from transcripts.recognition.honesty import with_loops
from transcripts.recognition.pace import Tell
from transcripts.sound.streams import Sound
from transcripts.spoken import SpokenSegment, SpokenTranscript

WHISPERS_OWN_FOLDER = Path.home() / ".cache" / "whisper"  # where openai-whisper keeps weights unless told otherwise
DEMONSTRATION_SHA256 = "c4e6ae21f1ccce280f3cc0107abd7f381974946c98db54ec3fd153b467ce3957"  # samples/demo.pt


class MissingWeightsError(Exception):
    """The model is not on this machine; the message says where it is expected and how to get it there."""


class LanguageNotKnownError(Exception):
    """The model cannot write the language asked for."""


class RecognitionCancelledError(Exception):
    """`is_cancelled` said so."""


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What is stored beside a transcript, so that one can tell what made it."""

    name: str  # as it was asked for; of a path only the file's name
    sha256: str
    engine: str  # such as "openai-whisper 20250625"
    options: Mapping[str, object]
    is_english_only: bool

    @property
    def is_demonstration(self) -> bool:
        return self.sha256 == DEMONSTRATION_SHA256


@dataclass(frozen=True, slots=True)
class RecognisedWindow:
    """One stretch of speech. The same sound always gives the same windows."""

    number: int  # 0 .. count - 1
    count: int
    start: float
    end: float
    language: str
    segments: tuple[SpokenSegment, ...]  # their ids count within the window; times are those of the recording
    ends_batch: bool = True  # all windows up to this one can be kept: going on with the next repeats none of them


class Recogniser(Protocol):
    @property
    def facts(self) -> ModelFacts: ...

    def facts_for(self, *, language: str | None = None, glossary: Sequence[str] = ()) -> ModelFacts:
        """The same with what a run is asked: whether its language was given, which terms there was room for."""
        ...

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
        """The windows of `sound` in order, from `first_window` on.

        Windows are recognised in batches; one that was begun before `first_window` is recognised whole again.
        `language` None: detected. `glossary`: terms, of which those that fit are read before each window.
        Raises RecognitionCancelledError within seconds of `is_cancelled` turning true, LanguageNotKnownError.
        """
        ...


def options_of_run(language: str | None, glossary: Glossary) -> dict[str, object]:
    """What is kept beside a transcript of how a run was asked."""
    return {
        "language": f"given: {language}" if language else "detected",
        "glossary": list(glossary.read),
        "glossary left out": list(glossary.left_out),
    }


def transcript_of(
    windows: Iterable[RecognisedWindow], *, duration: float, facts: ModelFacts, language: str | None = None
) -> SpokenTranscript:
    """All windows as one transcript; segments are numbered anew. `language` is for sound without any speech."""
    windows = sorted(windows, key=lambda window: window.number)
    segments = with_loops([segment for window in windows for segment in window.segments])
    return SpokenTranscript(
        language=windows[0].language if windows else language or "en",
        duration=round(duration, 3),
        model=facts.name,
        segments=tuple(replace(segment, id=number) for number, segment in enumerate(segments)),
    )


def sha256_of(path: Path) -> str:
    """Read once as long as the file does not change: large models take seconds."""
    facts = path.stat()
    return _sha256_of(path, facts.st_size, facts.st_mtime_ns)


@lru_cache(maxsize=16)
def _sha256_of(path: Path, size: int, changed: int) -> str:  # noqa: ARG001 they tell one content from another
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_demonstration_model(path: Path) -> bool:
    """Whether transcripts made with this file carry the banner that they are not for real voices."""
    return path.is_file() and sha256_of(path) == DEMONSTRATION_SHA256
