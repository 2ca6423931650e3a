"""Find the folder that holds a model for faster-whisper. Fetches nothing; written by faster_weights.py."""

import json
from dataclasses import dataclass
from pathlib import Path

from transcripts.model_store.model_facts import MissingWeightsError, compute_sha256

PROVENANCE_FILE = "made-from.json"  # which weights a folder holds, beside the files that faster-whisper knows
REQUIRED_FILES = ("model.bin", "config.json", "tokenizer.json")  # without a tokenizer, faster-whisper would fetch one
MODELS_SUBFOLDER = "faster-whisper"  # in the folder of weights


@dataclass(frozen=True, slots=True)
class ConvertedModel:
    name: str
    folder: Path
    sha256: str  # of the weights that it was made from, where that is known


def get_default_folder(model: str, weights_folder: Path) -> Path:
    """Where a converted model stands unless a folder is named. `model`: a name of Whisper's or a file's path."""
    return weights_folder / MODELS_SUBFOLDER / Path(model).name.removesuffix(".pt")


def find_converted_model(model: str, weights_folder: Path) -> ConvertedModel:
    """By its folder, by the name it had before, or by the file it was made from. Raises MissingWeightsError."""
    usual = get_default_folder(model, weights_folder)
    folder = next((folder for folder in (Path(model), usual) if not _list_missing_files(folder)), None)
    if folder is None:
        raise MissingWeightsError(
            f"faster-whisper needs the model “{model}” as a folder with {', '.join(REQUIRED_FILES)}. It was looked for in"
            f" {usual}. Make it from Whisper's own weights with: flask transcripts convert {model}"
        )
    made_from = _read_provenance(folder)
    return ConvertedModel(
        name=made_from.get("name") or folder.name,
        folder=folder,
        sha256=made_from.get("sha256") or compute_sha256(folder / "model.bin"),
    )


def _list_missing_files(folder: Path) -> list[str]:
    return [name for name in REQUIRED_FILES if not (folder / name).is_file()]


def _read_provenance(folder: Path) -> dict[str, str]:
    path = folder / PROVENANCE_FILE
    found: dict[str, str] = json.loads(path.read_text()) if path.is_file() else {}
    return found
