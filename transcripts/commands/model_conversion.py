"""`flask transcripts convert`: Whisper's weights as faster-whisper reads them. No database; recognises nothing."""

from pathlib import Path

import click
from flask import current_app

from core.settings import Settings
from transcripts.model_store.faster_folders import get_default_folder
from transcripts.model_store.model_facts import WHISPER_CACHE_FOLDER, MissingWeightsError


@click.command("convert")
@click.argument("model", metavar="MODEL")
@click.option("-o", "--output", type=click.Path(file_okay=False, path_type=Path), help="Where to write the folder.")
def convert_model(model: str, output: Path | None) -> None:
    """Write a model (one of Whisper's names, or a .pt file) as a folder for faster-whisper."""
    settings: Settings = current_app.extensions["settings"]
    weights_folder = settings.weights_folder or WHISPER_CACHE_FOLDER
    folder = output or get_default_folder(model, weights_folder)
    if folder.is_dir() and any(folder.iterdir()):
        raise click.ClickException(f"{folder} is not empty. Remove it first, or name another folder with -o.")
    try:
        from transcripts.model_store.faster_conversion import write_faster_model
        from transcripts.model_store.whisper_weights import find_weights

        write_faster_model(find_weights(model, weights_folder, settings.weights_url), folder)
    except ModuleNotFoundError as error:
        raise click.ClickException(
            f"{error.name} is not on this machine. Install it with: python3 bootstrap.py worker faster"
        ) from error
    except MissingWeightsError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{folder} is ready. Set LISTENING_POST_RECOGNISER=faster-whisper to use it.")
