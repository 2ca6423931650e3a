"""Install models from a folder, such as a memory stick. The command is in model_store.py."""

from pathlib import Path

import click

from transcripts.commands.output import show_download_progress
from transcripts.model_store.catalogue import find_model_by_sha256
from transcripts.model_store.faster_folders import FOLDER_FILES, MODEL_FILE, get_default_folder
from transcripts.model_store.file_fetching import NotFetchedError, copy_file
from transcripts.model_store.model_facts import compute_sha256
from transcripts.model_store.packaged_models import PACKAGED_MODELS


def load_all(source: Path, weights_folder: Path, *, anyway: bool) -> list[bool]:
    """Whether each model found in `source` is installed now. Raises ClickException."""
    files = sorted(path for path in source.glob("*.pt") if path.is_file())
    folders = sorted(path.parent for pattern in (MODEL_FILE, f"*/{MODEL_FILE}") for path in source.glob(pattern))
    try:
        return [
            *(_load_file(path, weights_folder, anyway=anyway) for path in files),
            *(_load_folder(path, weights_folder, anyway=anyway) for path in folders),
        ]
    except (NotFetchedError, OSError) as error:
        raise click.ClickException(str(error)) from error


def _load_file(path: Path, weights_folder: Path, *, anyway: bool) -> bool:
    sha256 = compute_sha256(path)
    model = find_model_by_sha256(sha256)
    if model is None and not anyway:
        _report_unknown(path)
        return False
    target = weights_folder / (model.file_name if model else path.name)
    if target.is_file() and compute_sha256(target) == sha256:
        click.echo(f"{path.name}: already installed, {target}.")
        return True
    copy_file(path, target, sha256, show_download_progress)
    _report_loaded(path, model.name if model else "", target)
    return True


def _load_folder(folder: Path, weights_folder: Path, *, anyway: bool) -> bool:
    """Of a published model, every file has to be the published one; of others, only those that engines read."""
    model = find_model_by_sha256(compute_sha256(folder / MODEL_FILE))
    if model is None and not anyway:
        _report_unknown(folder)
        return False
    hashes = {file.name: file.sha256 for file in PACKAGED_MODELS[model.name]} if model else _hash_files(folder)
    target = get_default_folder(model.name if model else folder.name, weights_folder)
    for name, sha256 in hashes.items():
        copy_file(folder / name, target / name, sha256, show_download_progress)
    _report_loaded(folder, model.name if model else "", target)
    return True


def _hash_files(folder: Path) -> dict[str, str]:
    """The model last: until it is there, the folder is not a model."""
    names = sorted(FOLDER_FILES, key=lambda name: name == MODEL_FILE)
    return {name: compute_sha256(folder / name) for name in names if (folder / name).is_file()}


def _report_unknown(path: Path) -> None:
    click.echo(f"{path.name}: unknown, so it was skipped. If you trust its source, add --anyway.", err=True)


def _report_loaded(path: Path, name: str, target: Path) -> None:
    hint = "" if name else f" It is unknown: to use it, set LISTENING_POST_WHISPER_MODEL to {target}."
    click.echo(f"\n{path.name}: {name or 'loaded'}, {target}.{hint}")
