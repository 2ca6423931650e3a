"""Find the folder that holds a model for faster-whisper. Fetches nothing; written by faster_weights.py."""

import json
from dataclasses import dataclass
from pathlib import Path

from transcripts.recognition.recogniser import MissingWeightsError, sha256_of

MADE_FROM = "made-from.json"  # which weights a folder holds, beside the files that faster-whisper knows
NEEDED = ("model.bin", "config.json", "tokenizer.json")  # without a tokenizer, faster-whisper would fetch one
FOLDER_OF_ALL = "faster-whisper"  # in the folder of weights


@dataclass(frozen=True, slots=True)
class Converted:
    name: str
    folder: Path
    sha256: str  # of the weights that it was made from, where that is known


def folder_for(model: str, weights_folder: Path) -> Path:
    """Where a converted model stands unless a folder is named. `model`: a name of Whisper's or a file's path."""
    return weights_folder / FOLDER_OF_ALL / Path(model).name.removesuffix(".pt")


def find_converted(model: str, weights_folder: Path) -> Converted:
    """By its folder, by the name it had before, or by the file it was made from. Raises MissingWeightsError."""
    usual = folder_for(model, weights_folder)
    folder = next((folder for folder in (Path(model), usual) if not _missing_in(folder)), None)
    if folder is None:
        raise MissingWeightsError(
            f"faster-whisper needs the model “{model}” as a folder with {', '.join(NEEDED)}. It was looked for in"
            f" {usual}. Make it from Whisper's own weights with: flask transcripts convert {model}"
        )
    made_from = _made_from(folder)
    return Converted(
        name=made_from.get("name") or folder.name,
        folder=folder,
        sha256=made_from.get("sha256") or sha256_of(folder / "model.bin"),
    )


def _missing_in(folder: Path) -> list[str]:
    return [name for name in NEEDED if not (folder / name).is_file()]


def _made_from(folder: Path) -> dict[str, str]:
    path = folder / MADE_FROM
    found: dict[str, str] = json.loads(path.read_text()) if path.is_file() else {}
    return found
