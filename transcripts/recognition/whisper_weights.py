"""Find a Whisper model's weights on this machine, or fetch them by name. Loads nothing into memory."""

import hashlib
import tempfile
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import whisper

from transcripts.recognition.recogniser import MissingWeightsError, sha256_of

URLS: dict[str, str] = whisper._MODELS
CONNECT_SECONDS = 20
COPY_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Weights:
    name: str
    path: Path
    sha256: str


def find_weights(model: str, folder: Path, *, may_download: bool = True) -> Weights:
    """The weights of a model that Whisper knows by name, or of a file. Raises MissingWeightsError."""
    if model in URLS:
        return _named(model, folder, may_download)
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


def _named(model: str, folder: Path, may_download: bool) -> Weights:
    url = URLS[model]
    path, expected = folder / url.rsplit("/", 1)[1], _published_sha256(url)
    if not path.is_file():
        if not may_download:
            raise MissingWeightsError(_what_to_do(model, path, url, "They are not on this machine."))
        _download(model, url, path, expected)
    elif sha256_of(path) != expected:
        raise MissingWeightsError(_what_to_do(model, path, url, "The file is damaged (its checksum is wrong)."))
    return Weights(model, path, expected)


def _published_sha256(url: str) -> str:
    return url.split("/")[-2]


def _download(model: str, url: str, path: Path, expected: str) -> None:
    """Written beside its place and moved there when whole, so that nobody ever reads half a model."""
    path.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    try:
        with (
            urllib.request.urlopen(url, timeout=CONNECT_SECONDS) as source,  # noqa: S310 - a constant https address
            tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part") as partial,
        ):
            while piece := source.read(COPY_BYTES):
                digest.update(piece)
                partial.write(piece)
            partial.flush()
            if digest.hexdigest() == expected:
                path.hardlink_to(partial.name)
                return
    except (urllib.error.URLError, OSError) as error:
        raise MissingWeightsError(_what_to_do(model, path, url, "They could not be fetched from here.")) from error
    raise MissingWeightsError(_what_to_do(model, path, url, "What was fetched has the wrong checksum."))


def _what_to_do(model: str, path: Path, url: str, what_is_wrong: str) -> str:
    return (
        f"The weights of the model “{model}” are needed. {what_is_wrong} On a machine with a network, fetch {url}"
        f" and copy it to {path} (SHA-256 {_published_sha256(url)}), or set the model to the path of a file that"
        " you have. Recordings are kept, and waiting ones are transcribed as soon as the file is there."
    )
