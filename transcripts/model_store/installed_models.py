"""Which models are on this machine, and which one is in use. Reads files; fetches and loads none."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from core.settings import PROJECT_ROOT, Settings
from transcripts.model_store.catalogue import (
    DEMONSTRATION_MODEL,
    OPENAI_MODELS,
    KnownModel,
    find_model,
    find_model_by_sha256,
)
from transcripts.model_store.faster_folders import find_converted_model
from transcripts.model_store.model_facts import WHISPER_CACHE_FOLDER, EngineName, MissingWeightsError, compute_sha256

DEMONSTRATION_FILE = PROJECT_ROOT / "samples" / "demo.pt"
MAX_HASHED_BYTES = 200 << 20  # a larger one goes by its name; its checksum is tested whenever it is loaded


@dataclass(frozen=True, slots=True)
class StoredModel:
    """A file of weights. `model` None: nobody knows what it is."""

    path: Path
    size_bytes: int
    model: KnownModel | None
    is_damaged: bool  # it is called like a known model and is none


@dataclass(frozen=True, slots=True)
class ModelInventory:
    folder: Path  # where models are put
    stored_models: tuple[StoredModel, ...]
    model_setting: str  # as the settings say
    engine: EngineName

    def find_stored(self, model: KnownModel) -> StoredModel | None:
        """A whole one rather than a damaged one."""
        mine = [item for item in self.stored_models if item.model is model]
        return min(mine, key=lambda item: item.is_damaged, default=None)

    @property
    def unknown_files(self) -> tuple[StoredModel, ...]:
        return tuple(item for item in self.stored_models if item.model is None)

    def is_in_use(self, item: KnownModel | StoredModel) -> bool:
        path = resolve_model_path(self.model_setting)
        if isinstance(item, StoredModel):
            return path is not None and path == item.path.resolve()
        here = self.find_stored(item)
        return (
            find_model(self.model_setting) is item if path is None else here is not None and here.path.resolve() == path
        )

    @property
    def missing_message(self) -> str:
        """What is not here without which nothing is written down, in words; empty when all is."""
        if self.engine is EngineName.FASTER_WHISPER:
            return _explain_missing_folder(self.model_setting, self.folder)
        here = next((item for item in self.stored_models if self.is_in_use(item)), None)
        known = find_model(self.model_setting)
        here = here or (self.find_stored(known) if known else None)
        return (
            "" if here and not here.is_damaged else f"The model in use, {self.model_setting}, is not on this machine."
        )


def read_inventory(settings: Settings) -> ModelInventory:
    folder = get_weights_folder(settings)
    paths = dict.fromkeys(path.resolve() for path in _iter_candidates(folder, settings.whisper_model))
    found = tuple(sorted(map(_inspect_file, paths), key=_get_size))
    return ModelInventory(folder, found, settings.whisper_model, EngineName(settings.recogniser))


def get_weights_folder(settings: Settings) -> Path:
    return settings.weights_folder or WHISPER_CACHE_FOLDER


def resolve_model_path(model: str) -> Path | None:
    """Of a setting that names a file, also from the project's root; None for a name, or where there is none."""
    if find_model(model) is not None:
        return None
    return next((path.resolve() for path in (PROJECT_ROOT / model, Path(model)) if path.is_file()), None)


def list_known_models() -> tuple[KnownModel, ...]:
    return (DEMONSTRATION_MODEL, *OPENAI_MODELS)


def _explain_missing_folder(model: str, folder: Path) -> str:
    """faster-whisper reads folders that were made from the weights."""
    inside = PROJECT_ROOT / model
    try:
        find_converted_model(str(inside) if inside.exists() else model, folder)
    except MissingWeightsError as error:
        return str(error)
    return ""


def _iter_candidates(folder: Path, model: str) -> Iterator[Path]:
    for place in (folder, WHISPER_CACHE_FOLDER):
        if place.is_dir():
            yield from sorted(path for path in place.glob("*.pt") if path.is_file())
    for path in (DEMONSTRATION_FILE, resolve_model_path(model)):
        if path is not None and path.is_file():
            yield path


def _inspect_file(path: Path) -> StoredModel:
    stat = path.stat()
    by_name = next((model for model in OPENAI_MODELS if model.file_name == path.name), None)
    if stat.st_size > MAX_HASHED_BYTES:
        return StoredModel(
            path, stat.st_size, by_name, is_damaged=by_name is not None and _is_short(by_name, stat.st_size)
        )
    by_hash = find_model_by_sha256(_compute_cached_sha256(path, stat.st_size, stat.st_mtime_ns))
    return StoredModel(path, stat.st_size, by_hash or by_name, is_damaged=by_hash is None and by_name is not None)


def _is_short(model: KnownModel, size_bytes: int) -> bool:
    return size_bytes < model.megabytes * 990_000


@lru_cache(maxsize=64)
def _compute_cached_sha256(path: Path, _size: int, _changed: int) -> str:
    return compute_sha256(path)


def _get_size(item: StoredModel) -> int:
    return item.size_bytes
