"""Find a Whisper model's weights on this machine, or fetch them by name. Loads nothing into memory."""

from dataclasses import dataclass
from pathlib import Path

import whisper

from transcripts.recognition.recogniser import MissingWeightsError, sha256_of
from transcripts.weights.fetching import NotFetchedError, fetch, without_password

URLS: dict[str, str] = whisper._MODELS


@dataclass(frozen=True, slots=True)
class Weights:
    name: str
    path: Path
    sha256: str


def find_weights(model: str, folder: Path, source: str | None = None, *, may_download: bool = True) -> Weights:
    """The weights of a model that Whisper knows by name, or of a file. Raises MissingWeightsError.

    `source`: the address of a copy of OpenAI's models; None: OpenAI's own.
    """
    if model in URLS:
        return _named(model, folder, _address(URLS[model], source), may_download)
    path = Path(model)
    if not path.is_file():
        raise MissingWeightsError(
            f"The model “{model}” is neither a file on this machine nor one of the names that Whisper knows:"
            f" {', '.join(sorted(URLS))}."
        )
    return Weights(path.name, path, sha256_of(path))


def name_of(sha256: str) -> str | None:
    """Which of Whisper's own models a file is, whatever it is called."""
    return next((name for name, url in URLS.items() if _published_sha256(url) == sha256), None)


def _named(model: str, folder: Path, url: str, may_download: bool) -> Weights:
    path, expected = folder / url.rsplit("/", 1)[1], _published_sha256(url)
    if not path.is_file():
        if not may_download:
            raise MissingWeightsError(_what_to_do(model, path, url, "They are not on this machine."))
        try:
            fetch(url, path, expected)
        except NotFetchedError as error:
            raise MissingWeightsError(_what_to_do(model, path, url, str(error))) from error
    elif sha256_of(path) != expected:
        raise MissingWeightsError(_what_to_do(model, path, url, "The file is damaged (its checksum is wrong)."))
    return Weights(model, path, expected)


def _address(url: str, source: str | None) -> str:
    """A copy has the same paths below its own address."""
    return "/".join((source.rstrip("/"), *url.split("/")[-2:])) if source else url


def _published_sha256(url: str) -> str:
    return url.split("/")[-2]


def _what_to_do(model: str, path: Path, url: str, what_is_wrong: str) -> str:
    return (
        f"The weights of the model “{model}” are needed. {what_is_wrong} On a machine with a network, fetch"
        f" {without_password(url)}"
        f" and copy it to {path} (SHA-256 {_published_sha256(url)}), or set the model to the path of a file that"
        " you have. Recordings are kept, and waiting ones are transcribed as soon as the file is there."
    )
