"""`flask transcripts models`: list, download, load or measure models. Says the same as their page."""

from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from core.database import db
from core.errors import RuleError
from core.settings import Settings, current_settings
from transcripts.model_store import downloads, speeds, voice_weights
from transcripts.model_store.catalogue import KnownModel, find_model_by_sha256
from transcripts.model_store.file_fetching import NotFetchedError, copy_file, fetch_file
from transcripts.model_store.installed_models import (
    ModelInventory,
    get_weights_folder,
    list_known_models,
    read_inventory,
)
from transcripts.model_store.model_facts import compute_sha256

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group("models")
def models() -> None:
    """List, download, load or measure the models of this machine."""


@models.command("list")
def list_models() -> None:
    """Show each model's languages, size, memory and speed, and whether it is installed."""
    inventory, factors = read_inventory(current_settings()), _load_speeds()
    for model in list_known_models():
        click.echo(_format_model(model, inventory, factors))
    for item in inventory.unknown_files:
        mark = "* " if inventory.is_in_use(item) else "  "
        click.echo(f"{mark}{item.path}: installed, unknown, {item.size_bytes >> 20} MB")
    click.echo(
        f"\n* in use: {inventory.model_setting}. To use another: LISTENING_POST_WHISPER_MODEL."
        f" Models are in {inventory.folder}."
    )
    if inventory.missing_message:
        click.echo(f"{inventory.missing_message} Recordings wait until it is installed.", err=True)


@models.command("download")
@click.argument("name")
def download_model(name: str) -> None:
    """Download the model NAME (“voices”: what tells voices apart), and install it only if its checksum is right."""
    settings = current_settings()
    try:
        if name == voice_weights.VOICES_NAME:
            _download_voices(settings)
            return
        model = downloads.get_fetchable_model(name)
        stored = read_inventory(settings).find_stored(model)
        if stored is not None and not stored.is_damaged:
            click.echo(f"Already installed: {stored.path}.")
            return
        target = get_weights_folder(settings) / model.file_name
        fetch_file(downloads.build_model_url(model, settings), target, model.sha256, _show_progress)
    except (RuleError, NotFetchedError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"\n{target} is installed, and its checksum is right.")


def _download_voices(settings: Settings) -> None:
    path = voice_weights.find_voice_encoder(settings)
    if path is not None:
        click.echo(f"Already installed: {path}.")
        return
    path = voice_weights.fetch_voice_encoder(settings, _show_progress)
    click.echo(f"\n{path} is installed, and its checksum is right.")


@models.command("load")
@click.argument("folder", type=FOLDER)
@click.option("--anyway", is_flag=True, help="Also unpublished models. Only use files from people you trust.")
def load_models(folder: Path, anyway: bool) -> None:
    """Install models from FOLDER, such as a memory stick."""
    files = sorted(path for path in folder.glob("*.pt") if path.is_file())
    loaded = [_load_file(path, get_weights_folder(current_settings()), anyway) for path in files]
    if not any(loaded):
        raise click.ClickException(
            f"Nothing was loaded from {folder}." if files else f"{folder} contains no .pt files."
        )


@models.command("measure")
@click.argument("name")
@click.option(
    "--seconds", type=click.FloatRange(min=10), help="How much of the sample to use, if all of it takes too long."
)
def measure_model(name: str, seconds: float | None) -> None:
    """Transcribe the first sample recording with the model NAME, and store how long it takes on this machine."""
    from transcripts.recognition.speed_trial import NotMeasuredError, measure_speed  # torch takes seconds

    try:
        factor = measure_speed(name, current_settings(), seconds)
        db.session.commit()
    except NotMeasuredError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{name}: {speeds.Speed(factor * 60, is_measured=True).description}.")


def _format_model(model: KnownModel, inventory: ModelInventory, factors: dict[str, float]) -> str:
    stored, speed = inventory.find_stored(model), speeds.estimate_speed(model, factors)
    state = "not installed" if stored is None else f"{'damaged' if stored.is_damaged else 'installed'}: {stored.path}"
    languages = "English" if model.is_english_only else "99 languages"
    size = f"{model.megabytes} MB, {model.memory_gigabytes} GB of memory, licence {model.licence}"
    mark = "* " if inventory.is_in_use(model) else "  "
    return f"{mark}{model.name:15} {languages:12} {size}{f', {speed.description}' if speed else ''}; {state}"


def _load_speeds() -> dict[str, float]:
    try:
        return speeds.load_measured_factors()
    except SQLAlchemyError:
        db.session.rollback()
        return {}


def _load_file(path: Path, folder: Path, anyway: bool) -> bool:
    sha256 = compute_sha256(path)
    model = find_model_by_sha256(sha256)
    if model is None and not anyway:
        click.echo(f"{path.name}: unknown, so it was skipped. If you trust its source, add --anyway.", err=True)
        return False
    target = folder / (model.file_name if model else path.name)
    if target.is_file() and compute_sha256(target) == sha256:
        click.echo(f"{path.name}: already installed, {target}.")
        return True
    try:
        copy_file(path, target, sha256, _show_progress)
    except NotFetchedError as error:
        raise click.ClickException(str(error)) from error
    hint = "" if model else f" It is unknown: to use it, set LISTENING_POST_WHISPER_MODEL to {target}."
    click.echo(f"\n{path.name}: {model.name if model else 'loaded'}, {target}.{hint}")
    return True


def _show_progress(received: int, total: int | None) -> None:
    if total:
        click.echo(f"\r{received / total:4.0%} of {total >> 20} MB", nl=False, err=True)
