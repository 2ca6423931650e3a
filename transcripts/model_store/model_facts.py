"""Which model and engine made a text, and the hash of its weights."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

WHISPER_CACHE_FOLDER = Path.home() / ".cache" / "whisper"  # where openai-whisper keeps weights unless told otherwise
DEMONSTRATION_SHA256 = "c4e6ae21f1ccce280f3cc0107abd7f381974946c98db54ec3fd153b467ce3957"  # samples/demo.pt


class MissingWeightsError(Exception):
    """The model is not on this machine; the message says where it is expected and how to get it there."""


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


def compute_sha256(path: Path) -> str:
    """Read once as long as the file does not change: large models take seconds."""
    facts = path.stat()
    return _compute_sha256(path, facts.st_size, facts.st_mtime_ns)


@lru_cache(maxsize=16)
def _compute_sha256(path: Path, size: int, changed: int) -> str:  # noqa: ARG001 they tell one content from another
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class EngineName(StrEnum):
    OPENAI_WHISPER = "openai-whisper"
    FASTER_WHISPER = "faster-whisper"
