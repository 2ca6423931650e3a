"""`flask transcripts convert`: convert Whisper's weights for faster-whisper. No database."""

from pathlib import Path

import click

from core.settings import current_settings
from transcripts.model_store.faster_folders import get_default_folder
from transcripts.model_store.installed_models import get_weights_folder
from transcripts.model_store.model_facts import MissingWeightsError


@click.command("convert")
@click.argument("model", metavar="MODEL")
@click.option("-o", "--output", type=click.Path(file_okay=False, path_type=Path), help="Where to write the folder.")
def convert_model(model: str, output: Path | None) -> None:
    """Convert a model (one of Whisper's names, or a .pt file) to a folder for faster-whisper."""
    settings = current_settings()
    weights_folder = get_weights_folder(settings)
    folder = output or get_default_folder(model, weights_folder)
    if folder.is_dir() and any(folder.iterdir()):
        raise click.ClickException(f"{folder} is not empty. Remove it first, or choose another folder with -o.")
    try:
        from transcripts.model_store.faster_conversion import write_faster_model
        from transcripts.model_store.whisper_weights import find_weights

        write_faster_model(find_weights(model, weights_folder, settings.weights_url), folder)
    except ModuleNotFoundError as error:
        raise click.ClickException(
            f"{error.name} is not installed. Install it with: python3 bootstrap.py worker faster"
        ) from error
    except MissingWeightsError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{folder} is ready. Set LISTENING_POST_RECOGNISER=faster-whisper to use it.")
