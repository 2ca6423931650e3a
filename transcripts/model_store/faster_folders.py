"""Find the folder of a model for faster-whisper. Downloads nothing; faster_conversion.py writes it."""

import json
from dataclasses import dataclass
from pathlib import Path

from transcripts.model_store.model_facts import MissingWeightsError, compute_sha256

PROVENANCE_FILE = "made-from.json"  # our own: which weights the folder was made from
REQUIRED_FILES = ("model.bin", "config.json", "tokenizer.json")  # faster-whisper would download a missing tokenizer
MODELS_SUBFOLDER = "faster-whisper"  # of the weights folder


@dataclass(frozen=True, slots=True)
class ConvertedModel:
    name: str
    folder: Path
    sha256: str  # of the weights that it was made from, or of model.bin if they are not known


def get_default_folder(model: str, weights_folder: Path) -> Path:
    return weights_folder / MODELS_SUBFOLDER / Path(model).name.removesuffix(".pt")


def find_converted_model(model: str, weights_folder: Path) -> ConvertedModel:
    default_folder = get_default_folder(model, weights_folder)
    folder = next((folder for folder in (Path(model), default_folder) if not _list_missing_files(folder)), None)
    if folder is None:
        raise MissingWeightsError(
            f"faster-whisper needs the model “{model}” as a folder with {', '.join(REQUIRED_FILES)}. It is not in"
            f" {default_folder}. Make it from Whisper's weights with: flask transcripts convert {model}"
        )
    provenance = _read_provenance(folder)
    return ConvertedModel(
        name=provenance.get("name") or folder.name,
        folder=folder,
        sha256=provenance.get("sha256") or compute_sha256(folder / "model.bin"),
    )


def _list_missing_files(folder: Path) -> list[str]:
    return [name for name in REQUIRED_FILES if not (folder / name).is_file()]


def _read_provenance(folder: Path) -> dict[str, str]:
    path = folder / PROVENANCE_FILE
    provenance: dict[str, str] = json.loads(path.read_text()) if path.is_file() else {}
    return provenance
