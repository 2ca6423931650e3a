"""Which models are installed on this machine, and which one is in use. Downloads and loads none."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.settings import PROJECT_ROOT, Settings
from transcripts.model_store.catalogue import (
    DEMONSTRATION_MODEL,
    OPENAI_MODELS,
    KnownModel,
    find_model,
    find_model_by_sha256,
)
from transcripts.model_store.faster_folders import (
    MODEL_FILE,
    ConvertedModel,
    describe_folder,
    find_converted_model,
    list_converted_models,
)
from transcripts.model_store.model_facts import WHISPER_CACHE_FOLDER, EngineName, MissingWeightsError, compute_sha256

DEMONSTRATION_FILE = PROJECT_ROOT / "samples" / "demo.pt"
MAX_HASHED_BYTES = 200 << 20  # larger files are identified by name; loading one checks its checksum anyway


@dataclass(frozen=True, slots=True)
class StoredModel:
    path: Path
    size_bytes: int
    model: KnownModel | None  # None: unknown
    is_damaged: bool  # it has the name of a known model, but other content

    @property
    def is_for_faster_whisper(self) -> bool:
        return self.path.name == MODEL_FILE


@dataclass(frozen=True, slots=True)
class ModelInventory:
    folder: Path  # where models are installed
    stored_models: tuple[StoredModel, ...]
    model_setting: str
    engine: EngineName

    def find_stored(self, model: KnownModel) -> StoredModel | None:
        """Preferably one that can be used."""
        files = [item for item in self.stored_models if item.model is model]
        return max(files, key=lambda item: (self.can_use(item), not item.is_damaged), default=None)

    def can_use(self, item: StoredModel) -> bool:
        """faster-whisper reads its folders only; Whisper's engine reads both."""
        return not item.is_damaged and (item.is_for_faster_whisper or self.engine is EngineName.OPENAI_WHISPER)

    @property
    def unknown_files(self) -> tuple[StoredModel, ...]:
        return tuple(item for item in self.stored_models if item.model is None)

    def is_in_use(self, item: KnownModel | StoredModel) -> bool:
        path = resolve_model_path(self.model_setting)
        if isinstance(item, StoredModel):
            return path is not None and path == item.path.resolve()
        if path is None:
            return find_model(self.model_setting) is item
        stored = self.find_stored(item)
        return stored is not None and stored.path.resolve() == path

    @property
    def missing_message(self) -> str:
        if self.engine is EngineName.FASTER_WHISPER:
            return _explain_missing_folder(self.model_setting, self.folder)
        stored = next((item for item in self.stored_models if self.is_in_use(item)), None)
        known = find_model(self.model_setting)
        stored = stored or (self.find_stored(known) if known else None)
        if stored and not stored.is_damaged:
            return ""
        return f"The model in use, {self.model_setting}, is not installed on this machine."


def read_inventory(settings: Settings) -> ModelInventory:
    folder = get_weights_folder(settings)
    paths = dict.fromkeys(path.resolve() for path in _iter_candidates(folder, settings.whisper_model))
    stored = tuple(sorted(map(_inspect, paths), key=_get_size))
    return ModelInventory(folder, stored, settings.whisper_model, EngineName(settings.recogniser))


def get_weights_folder(settings: Settings) -> Path:
    return settings.weights_folder or WHISPER_CACHE_FOLDER


def resolve_model_path(model: str) -> Path | None:
    """The file of a setting that is a path, also relative to the project; None for a name or a missing file."""
    if find_model(model) is not None:
        return None
    paths = [path for base in (PROJECT_ROOT / model, Path(model)) for path in (base, base / MODEL_FILE)]
    return next((path.resolve() for path in paths if path.is_file()), None)


def list_known_models() -> tuple[KnownModel, ...]:
    return (DEMONSTRATION_MODEL, *OPENAI_MODELS)


def _explain_missing_folder(model: str, folder: Path) -> str:
    in_project = PROJECT_ROOT / model
    try:
        find_converted_model(str(in_project) if in_project.exists() else model, folder)
    except MissingWeightsError as error:
        return str(error)
    return ""


def _iter_candidates(folder: Path, model: str) -> Iterator[Path]:
    for weights_folder in dict.fromkeys((folder, WHISPER_CACHE_FOLDER)):
        if weights_folder.is_dir():
            yield from sorted(path for path in weights_folder.glob("*.pt") if path.is_file())
    for converted in list_converted_models(folder):
        yield converted.folder / MODEL_FILE
    for path in (DEMONSTRATION_FILE, resolve_model_path(model)):
        if path is not None and path.is_file():
            yield path


def _inspect(path: Path) -> StoredModel:
    return _inspect_folder(describe_folder(path.parent)) if path.name == MODEL_FILE else _inspect_file(path)


def _inspect_folder(converted: ConvertedModel) -> StoredModel:
    path, model = converted.folder / MODEL_FILE, find_model_by_sha256(converted.sha256)
    by_name = find_model(converted.folder.name)
    return StoredModel(path, path.stat().st_size, model or by_name, is_damaged=model is None and by_name is not None)


def _inspect_file(path: Path) -> StoredModel:
    stat = path.stat()
    by_name = next((model for model in OPENAI_MODELS if model.file_name == path.name), None)
    if stat.st_size > MAX_HASHED_BYTES:
        return StoredModel(
            path, stat.st_size, by_name, is_damaged=by_name is not None and _is_short(by_name, stat.st_size)
        )
    by_hash = find_model_by_sha256(compute_sha256(path))
    return StoredModel(path, stat.st_size, by_hash or by_name, is_damaged=by_hash is None and by_name is not None)


def _is_short(model: KnownModel, size_bytes: int) -> bool:
    return size_bytes < model.megabytes * 990_000


def _get_size(item: StoredModel) -> int:
    return item.size_bytes
