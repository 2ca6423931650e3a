"""Find the folder of a model for faster-whisper. Downloads nothing; faster_conversion.py writes it."""

import json
from dataclasses import dataclass
from pathlib import Path

from transcripts.model_store.model_facts import MissingWeightsError, compute_sha256

PROVENANCE_FILE = "made-from.json"  # our own: which weights the folder was made from
MODEL_FILE = "model.bin"
REQUIRED_FILES = (MODEL_FILE, "config.json", "tokenizer.json")  # faster-whisper would download a missing tokenizer
FOLDER_FILES = (*REQUIRED_FILES, "vocabulary.txt", "vocabulary.json", "preprocessor_config.json", PROVENANCE_FILE)
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
            f" {default_folder}. Download it with: flask transcripts models download {model}. Or make it from Whisper's"
            f" weights with: flask transcripts convert {model}"
        )
    return describe_folder(folder)


def list_converted_models(weights_folder: Path) -> list[ConvertedModel]:
    folders = sorted(path for path in (weights_folder / MODELS_SUBFOLDER).glob("*") if path.is_dir())
    return [describe_folder(folder) for folder in folders if not _list_missing_files(folder)]


def describe_folder(folder: Path) -> ConvertedModel:
    provenance = _read_provenance(folder)
    return ConvertedModel(
        name=provenance.get("name") or folder.name,
        folder=folder,
        sha256=provenance.get("sha256") or compute_sha256(folder / MODEL_FILE),
    )


def _list_missing_files(folder: Path) -> list[str]:
    return [name for name in REQUIRED_FILES if not (folder / name).is_file()]


def _read_provenance(folder: Path) -> dict[str, str]:
    path = folder / PROVENANCE_FILE
    provenance: dict[str, str] = json.loads(path.read_text()) if path.is_file() else {}
    return provenance
