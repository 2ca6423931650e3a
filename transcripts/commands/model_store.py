"""`flask transcripts models`: list, download, load or measure models. Says the same as their page."""

from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from core.database import db
from core.errors import RuleError
from core.settings import Settings, current_settings
from transcripts.commands import model_loading
from transcripts.commands.output import show_download_progress
from transcripts.model_store import downloads, sentence_weights, speeds, voice_weights
from transcripts.model_store.catalogue import DEMONSTRATION_MODEL, KnownModel, find_model
from transcripts.model_store.file_fetching import NotFetchedError
from transcripts.model_store.installed_models import (
    ModelInventory,
    get_weights_folder,
    list_known_models,
    read_inventory,
)
from transcripts.model_store.model_facts import EngineName
from transcripts.model_store.model_sources import fetch_model

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
@click.argument("name", required=False)
@click.option("--background", is_flag=True, help="Leave it to a worker. The models page shows its progress.")
def download_model(name: str | None, background: bool) -> None:
    """Download the model NAME (default: the one in the settings), and install it only if its checksum is right.

    “voices” is the model that tells voices apart, “sentences” the larger one that matches speech to questions.
    """
    settings = current_settings()
    if background or name == voice_weights.VOICES_NAME:
        _provide_voices(settings, in_background=background)
    if background or name == sentence_weights.SENTENCES_NAME:
        _provide_sentences(settings, in_background=background)
    if name in {voice_weights.VOICES_NAME, sentence_weights.SENTENCES_NAME}:
        return
    if name is None and find_model(settings.whisper_model) in {None, DEMONSTRATION_MODEL}:
        click.echo(f"The model in the settings is a file, so there is nothing to download: {settings.whisper_model}.")
        return
    try:
        model = downloads.get_fetchable_model(name or settings.whisper_model)
        if (path := downloads.find_usable_path(model, settings)) is not None:
            click.echo(f"Already installed: {path}.")
        elif background:
            _enqueue_download(model)
        else:
            _download(model)
    except (RuleError, NotFetchedError) as error:
        raise click.ClickException(str(error)) from error


def _download(model: KnownModel) -> None:
    settings = current_settings()
    engine, folder = EngineName(settings.recogniser), get_weights_folder(settings)
    path = fetch_model(model, folder, settings.weights_url, show_download_progress, engine=engine)
    click.echo(f"\n{path} is installed, and its checksum is right.")


def _provide_voices(settings: Settings, *, in_background: bool) -> None:
    try:
        if (path := voice_weights.find_voice_encoder(get_weights_folder(settings))) is not None:
            click.echo(f"Already installed: {path}.")
        elif in_background:
            downloads.enqueue_voices_fetch()
            db.session.commit()
            click.echo("The model that tells voices apart (17 MB) is being downloaded in the background.")
        else:
            path = voice_weights.fetch_voice_encoder(get_weights_folder(settings), show_download_progress)
            click.echo(f"\n{path} is installed, and its checksum is right.")
    except NotFetchedError as error:
        raise click.ClickException(str(error)) from error


def _provide_sentences(settings: Settings, *, in_background: bool) -> None:
    try:
        if (path := sentence_weights.find_sentence_model(get_weights_folder(settings))) is not None:
            click.echo(f"Already installed: {path}.")
        elif in_background:
            downloads.enqueue_sentences_fetch()
            db.session.commit()
            size = sentence_weights.SENTENCES_MEGABYTES
            click.echo(
                f"The larger model for matching speech to questions ({size} MB) is downloaded in the background."
            )
        else:
            path = sentence_weights.fetch_sentence_model(get_weights_folder(settings), show_download_progress)
            click.echo(f"\n{path} is installed, and its checksum is right.")
    except NotFetchedError as error:
        raise click.ClickException(str(error)) from error


def _enqueue_download(model: KnownModel) -> None:
    downloads.enqueue_fetch(model, current_settings())
    db.session.commit()
    click.echo(
        f"The transcription model {model.name} ({model.megabytes} MB) is being downloaded in the background, and"
        " recordings wait for it. Its progress is on the page Transcription models, under Recordings."
    )


@models.command("load")
@click.argument("folder", type=FOLDER)
@click.option("--anyway", is_flag=True, help="Also unpublished models. Only use files from people you trust.")
def load_models(folder: Path, anyway: bool) -> None:
    """Install models from FOLDER, such as a memory stick: .pt files, and folders for faster-whisper."""
    loaded = model_loading.load_all(folder, get_weights_folder(current_settings()), anyway=anyway)
    if not loaded:
        raise click.ClickException(f"{folder} contains no .pt files and no folders for faster-whisper.")
    if not any(loaded):
        raise click.ClickException(f"Nothing was loaded from {folder}.")


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
