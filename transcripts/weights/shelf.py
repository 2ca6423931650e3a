"""Which models are on this machine, and which one is in use. Reads files; fetches and loads none."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from core.settings import PROJECT_ROOT, Settings
from transcripts.recognition.engines import EngineName
from transcripts.recognition.faster_folders import find_converted
from transcripts.recognition.recogniser import WHISPERS_OWN_FOLDER, MissingWeightsError, sha256_of
from transcripts.weights.catalogue import DEMONSTRATION, MODELS, Model, named, with_sha256

DEMONSTRATION_FILE = PROJECT_ROOT / "samples" / "demo.pt"
BYTES_HASHED_AT_ONCE = 200 << 20  # a larger one goes by its name; its checksum is tested whenever it is loaded


@dataclass(frozen=True, slots=True)
class Found:
    """A file of weights. `model` None: nobody knows what it is."""

    path: Path
    size_bytes: int
    model: Model | None
    is_damaged: bool  # it is called like a known model and is none


@dataclass(frozen=True, slots=True)
class Shelf:
    folder: Path  # where models are put
    found: tuple[Found, ...]
    in_use: str  # as the settings say
    engine: EngineName

    def of(self, model: Model) -> Found | None:
        """A whole one rather than a damaged one."""
        mine = [item for item in self.found if item.model is model]
        return min(mine, key=lambda item: item.is_damaged, default=None)

    @property
    def unknown(self) -> tuple[Found, ...]:
        return tuple(item for item in self.found if item.model is None)

    def is_in_use(self, item: Model | Found) -> bool:
        path = path_in_use(self.in_use)
        if isinstance(item, Found):
            return path is not None and path == item.path.resolve()
        here = self.of(item)
        return named(self.in_use) is item if path is None else here is not None and here.path.resolve() == path

    @property
    def missing(self) -> str:
        """What is not here without which nothing is written down, in words; empty when all is."""
        if self.engine is EngineName.FASTER_WHISPER:
            return _missing_folder(self.in_use, self.folder)
        here = next((item for item in self.found if self.is_in_use(item)), None)
        known = named(self.in_use)
        here = here or (self.of(known) if known else None)
        return "" if here and not here.is_damaged else f"The model in use, {self.in_use}, is not on this machine."


def shelf(settings: Settings) -> Shelf:
    folder = folder_of(settings)
    paths = dict.fromkeys(path.resolve() for path in _candidates(folder, settings.whisper_model))
    found = tuple(sorted(map(_found, paths), key=_size))
    return Shelf(folder, found, settings.whisper_model, EngineName(settings.recogniser))


def folder_of(settings: Settings) -> Path:
    return settings.weights_folder or WHISPERS_OWN_FOLDER


def path_in_use(model: str) -> Path | None:
    """Of a setting that names a file, also from the project's root; None for a name, or where there is none."""
    if named(model) is not None:
        return None
    return next((path.resolve() for path in (PROJECT_ROOT / model, Path(model)) if path.is_file()), None)


def all_models() -> tuple[Model, ...]:
    return (DEMONSTRATION, *MODELS)


def _missing_folder(model: str, folder: Path) -> str:
    """faster-whisper reads folders that were made from the weights."""
    inside = PROJECT_ROOT / model
    try:
        find_converted(str(inside) if inside.exists() else model, folder)
    except MissingWeightsError as error:
        return str(error)
    return ""


def _candidates(folder: Path, model: str) -> Iterator[Path]:
    for place in (folder, WHISPERS_OWN_FOLDER):
        if place.is_dir():
            yield from sorted(path for path in place.glob("*.pt") if path.is_file())
    for path in (DEMONSTRATION_FILE, path_in_use(model)):
        if path is not None and path.is_file():
            yield path


def _found(path: Path) -> Found:
    stat = path.stat()
    by_name = next((model for model in MODELS if model.file_name == path.name), None)
    if stat.st_size > BYTES_HASHED_AT_ONCE:
        return Found(path, stat.st_size, by_name, is_damaged=by_name is not None and _is_short(by_name, stat.st_size))
    by_hash = with_sha256(_sha256(path, stat.st_size, stat.st_mtime_ns))
    return Found(path, stat.st_size, by_hash or by_name, is_damaged=by_hash is None and by_name is not None)


def _is_short(model: Model, size_bytes: int) -> bool:
    return size_bytes < model.megabytes * 990_000


@lru_cache(maxsize=64)
def _sha256(path: Path, _size: int, _changed: int) -> str:
    return sha256_of(path)


def _size(item: Found) -> int:
    return item.size_bytes
