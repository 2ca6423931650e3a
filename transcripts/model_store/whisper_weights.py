"""Find a Whisper model's weights on this machine, or download them by name. Loads nothing into memory."""

from dataclasses import dataclass
from pathlib import Path

import whisper

from transcripts.model_store.file_fetching import NotFetchedError, fetch_file, remove_credentials
from transcripts.model_store.model_facts import MissingWeightsError, compute_sha256

MODEL_BIN = "model.bin"
MODEL_URLS: dict[str, str] = whisper._MODELS


@dataclass(frozen=True, slots=True)
class WeightsFile:
    name: str
    path: Path
    sha256: str

    @property
    def is_for_faster_whisper(self) -> bool:
        return self.path.name == MODEL_BIN


def find_weights(model: str, folder: Path, source: str | None = None, *, may_download: bool = True) -> WeightsFile:
    """`model`: one of Whisper's names, or a file's path. `source`: a mirror's address; None: OpenAI's.

    Raises MissingWeightsError.
    """
    if model in MODEL_URLS:
        return _find_or_fetch(model, folder, _build_address(MODEL_URLS[model], source), may_download)
    path = Path(model)
    if (path / MODEL_BIN).is_file():
        return WeightsFile(path.name, path / MODEL_BIN, compute_sha256(path / MODEL_BIN))
    if not path.is_file():
        raise MissingWeightsError(
            f"The model “{model}” is neither a file on this machine nor one of Whisper’s names:"
            f" {', '.join(sorted(MODEL_URLS))}."
        )
    return WeightsFile(path.name, path, compute_sha256(path))


def find_model_name(sha256: str) -> str | None:
    return next((name for name, url in MODEL_URLS.items() if _published_sha256(url) == sha256), None)


def _find_or_fetch(model: str, folder: Path, url: str, may_download: bool) -> WeightsFile:
    path, expected = folder / url.rsplit("/", 1)[1], _published_sha256(url)
    if not path.is_file():
        if not may_download:
            raise MissingWeightsError(_explain_missing_weights(model, path, url, "They are not on this machine."))
        try:
            fetch_file(url, path, expected)
        except NotFetchedError as error:
            raise MissingWeightsError(_explain_missing_weights(model, path, url, str(error))) from error
    elif compute_sha256(path) != expected:
        raise MissingWeightsError(
            _explain_missing_weights(model, path, url, "The file is damaged (its checksum is wrong).")
        )
    return WeightsFile(model, path, expected)


def _build_address(url: str, source: str | None) -> str:
    return "/".join((source.rstrip("/"), *url.split("/")[-2:])) if source else url


def _published_sha256(url: str) -> str:
    return url.split("/")[-2]


def _explain_missing_weights(model: str, path: Path, url: str, reason: str) -> str:
    return (
        f"The weights of the model “{model}” are missing. {reason} On a machine with a network, download"
        f" {remove_credentials(url)}"
        f" and copy it to {path} (SHA-256 {_published_sha256(url)}), or set the model to the path of a file that"
        " you have. Recordings are kept, and waiting ones are transcribed as soon as the file is installed."
    )
