"""`flask transcripts models`: which are on this machine; fetch, load or measure one. Says what the page says."""

from pathlib import Path

import click
from sqlalchemy.exc import SQLAlchemyError

from core.database import db
from core.errors import RuleError
from core.settings import current_settings
from transcripts.recognition.recogniser import sha256_of
from transcripts.weights import downloads, speeds
from transcripts.weights.catalogue import Model, with_sha256
from transcripts.weights.fetching import NotFetchedError, copy, fetch
from transcripts.weights.shelf import Shelf, all_models, folder_of, shelf

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group("models")
def models() -> None:
    """Which models are on this machine; fetch, load or measure one."""


@models.command("list")
def list_models() -> None:
    """Each model: whether it is here, languages, size, memory, speed on this machine."""
    here, known = shelf(current_settings()), _known_speeds()
    for model in all_models():
        click.echo(_line(model, here, known))
    for item in here.unknown:
        click.echo(f"{'* ' if here.is_in_use(item) else '  '}{item.path}: here, unknown, {item.size_bytes >> 20} MB")
    click.echo(f"\n* in use: {here.in_use}. To use another: LISTENING_POST_WHISPER_MODEL. Models are in {here.folder}.")
    if here.missing:
        click.echo(f"{here.missing} Recordings wait until it is.", err=True)


@models.command("download")
@click.argument("name")
def download(name: str) -> None:
    """Fetch the model NAME, and put it in place only when its checksum is right."""
    settings = current_settings()
    try:
        model = downloads.model_named(name)
        found = shelf(settings).of(model)
        if found is not None and not found.is_damaged:
            click.echo(f"It is here already: {found.path}.")
            return
        target = folder_of(settings) / model.file_name
        fetch(downloads.address_of(model, settings), target, model.sha256, _show)
    except (RuleError, NotFetchedError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"\n{target} is here, and its checksum is right.")


@models.command("load")
@click.argument("folder", type=FOLDER)
@click.option("--anyway", is_flag=True, help="Also files that nobody has published. Only ones whose maker you trust.")
def load(folder: Path, anyway: bool) -> None:
    """Copy models from FOLDER, such as a memory stick, to where they are looked for."""
    files = sorted(path for path in folder.glob("*.pt") if path.is_file())
    loaded = [_loaded(path, folder_of(current_settings()), anyway) for path in files]
    if not any(loaded):
        raise click.ClickException(f"Nothing was loaded from {folder}." if files else f"{folder} holds no .pt files.")


@models.command("measure")
@click.argument("name")
@click.option("--seconds", type=click.FloatRange(min=10), help="Of the sample, where the whole of it takes too long.")
def measure(name: str, seconds: float | None) -> None:
    """Write down the first sample recording with the model NAME, and keep how long it takes on this machine."""
    from transcripts.weights.trial import NotMeasuredError, measure_speed  # torch takes seconds

    try:
        factor = measure_speed(name, current_settings(), seconds)
        db.session.commit()
    except NotMeasuredError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{name}: {speeds.Speed(factor * 60, is_measured=True).words}.")


def _line(model: Model, here: Shelf, known: dict[str, float]) -> str:
    found, speed = here.of(model), speeds.speed_of(model, known)
    state = "not here" if found is None else f"damaged: {found.path}" if found.is_damaged else f"here: {found.path}"
    languages = "English" if model.is_english_only else "99 languages"
    size = f"{model.megabytes} MB, {model.memory_gigabytes} GB of memory, licence {model.licence}"
    mark = "* " if here.is_in_use(model) else "  "
    return f"{mark}{model.name:15} {languages:12} {size}{f', {speed.words}' if speed else ''}; {state}"


def _known_speeds() -> dict[str, float]:
    """Nothing where there is no database yet: the list is of use before."""
    try:
        return speeds.measured()
    except SQLAlchemyError:
        db.session.rollback()
        return {}


def _loaded(path: Path, folder: Path, anyway: bool) -> bool:
    sha256 = sha256_of(path)
    model = with_sha256(sha256)
    if model is None and not anyway:
        click.echo(f"{path.name}: unknown, so it is left. If you trust whoever made it, add --anyway.", err=True)
        return False
    target = folder / (model.file_name if model else path.name)
    if target.is_file() and sha256_of(target) == sha256:
        click.echo(f"{path.name}: here already, {target}.")
        return True
    try:
        copy(path, target, sha256, _show)
    except NotFetchedError as error:
        raise click.ClickException(str(error)) from error
    hint = "" if model else f" It is unknown: to use it, set LISTENING_POST_WHISPER_MODEL to {target}."
    click.echo(f"\n{path.name}: {model.name if model else 'loaded'}, {target}.{hint}")
    return True


def _show(here: int, whole: int | None) -> None:
    if whole:
        click.echo(f"\r{here / whole:4.0%} of {whole >> 20} MB", nl=False, err=True)
