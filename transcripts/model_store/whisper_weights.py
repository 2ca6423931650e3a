"""Find a Whisper model's weights on this machine, or download them by name. Loads nothing into memory."""

from dataclasses import dataclass
from pathlib import Path

from transcripts.model_store.catalogue import KnownModel, find_model, find_model_by_sha256, list_model_names
from transcripts.model_store.faster_folders import MODEL_FILE, describe_folder, get_default_folder
from transcripts.model_store.file_fetching import NotFetchedError, remove_credentials
from transcripts.model_store.model_facts import MissingWeightsError, compute_sha256
from transcripts.model_store.model_sources import describe_sources, fetch_model


@dataclass(frozen=True, slots=True)
class WeightsFile:
    name: str
    path: Path
    sha256: str  # of the file, or of the one that it was converted from

    @property
    def is_for_faster_whisper(self) -> bool:
        return self.path.name == MODEL_FILE


def find_weights(model: str, folder: Path, mirror: str | None = None, *, may_download: bool = True) -> WeightsFile:
    """`model`: one of Whisper's names, or the path of a file or of a folder for faster-whisper.

    `mirror`: an address to try before OpenAI's. Raises MissingWeightsError.
    """
    known = find_model(model)
    if known is not None and not known.is_demonstration:
        return find_installed_weights(known, folder) or _fetch(known, folder, mirror, may_download)
    path = Path(model)
    if (path / MODEL_FILE).is_file():
        return _describe_folder(path)
    if not path.is_file():
        raise MissingWeightsError(
            f"The model “{model}” is neither a file on this machine nor one of Whisper’s names:"
            f" {', '.join(list_model_names())}."
        )
    return WeightsFile(path.name, path, compute_sha256(path))


def find_installed_weights(model: KnownModel, folder: Path) -> WeightsFile | None:
    """Raises MissingWeightsError if all that is there is damaged."""
    path, converted = folder / model.file_name, get_default_folder(model.name, folder)
    if path.is_file() and compute_sha256(path) == model.sha256:
        return WeightsFile(model.name, path, model.sha256)
    if (converted / MODEL_FILE).is_file() and (weights := _describe_folder(converted)).sha256 in model.hashes:
        return weights
    damaged = next((found for found in (path, converted / MODEL_FILE) if found.is_file()), None)
    if damaged is not None:
        raise MissingWeightsError(
            f"The weights of the model “{model.name}” cannot be used: {damaged} is damaged (its checksum is wrong)."
            f" Download it again with: flask transcripts models download {model.name}"
        )
    return None


def find_model_name(sha256: str) -> str | None:
    model = find_model_by_sha256(sha256)
    return model.name if model and not model.is_demonstration else None


def _describe_folder(folder: Path) -> WeightsFile:
    described = describe_folder(folder)
    return WeightsFile(described.name, folder / MODEL_FILE, described.sha256)


def _fetch(model: KnownModel, folder: Path, mirror: str | None, may_download: bool) -> WeightsFile:
    if not may_download:
        raise MissingWeightsError(_explain_missing_weights(model, folder, mirror, "They are not on this machine."))
    try:
        path = fetch_model(model, folder, mirror)
    except NotFetchedError as error:
        raise MissingWeightsError(_explain_missing_weights(model, folder, mirror, str(error))) from error
    return WeightsFile(model.name, path, compute_sha256(path))


def _explain_missing_weights(model: KnownModel, folder: Path, mirror: str | None, reason: str) -> str:
    address = remove_credentials(describe_sources(model, mirror)[0])
    return (
        f"The weights of the model “{model.name}” are missing. {reason} On a machine with a network, download {address}"
        f" and copy it to {folder / model.file_name} (SHA-256 {model.sha256}), or set the model to the path of a file"
        " that you have. Recordings are kept, and waiting ones are transcribed as soon as the file is installed."
    )
