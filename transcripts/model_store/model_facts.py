"""Which model and engine made a transcript, and the hash of its weights."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

WHISPER_CACHE_FOLDER = Path.home() / ".cache" / "whisper"  # openai-whisper's default
DEMONSTRATION_SHA256 = "c4e6ae21f1ccce280f3cc0107abd7f381974946c98db54ec3fd153b467ce3957"  # samples/demo.pt


class MissingWeightsError(Exception):
    """The message says where the model should be and how to get it there."""


@dataclass(frozen=True, slots=True)
class ModelFacts:
    name: str  # Whisper's name, or the name of a file without its path
    sha256: str
    engine: str  # such as "openai-whisper 20250625"
    options: Mapping[str, object]
    is_english_only: bool

    @property
    def is_demonstration(self) -> bool:
        return self.sha256 == DEMONSTRATION_SHA256


def compute_sha256(path: Path) -> str:
    """Cached until the file changes: large models take seconds."""
    stat = path.stat()
    return _compute_sha256(path, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=64)
def _compute_sha256(path: Path, size: int, changed: int) -> str:  # noqa: ARG001 part of the cache key
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class EngineName(StrEnum):
    OPENAI_WHISPER = "openai-whisper"
    FASTER_WHISPER = "faster-whisper"
