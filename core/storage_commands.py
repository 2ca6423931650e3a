"""`flask core encrypt-storage`, `flask core rotate-storage-key` and `flask core check-storage`."""

from contextlib import suppress

import click
from flask.cli import with_appcontext

from core.file_storage import current_storage, format_size
from core.settings import current_settings
from core.storage_check import NO_LIMIT, RateLimit, StorageCheck, check_storage, list_missing_files
from core.storage_report import save_report

MEGABYTE = 1024**2


@click.command("encrypt-storage")
@with_appcontext
def encrypt_storage() -> None:
    """Encrypt files that are not encrypted yet. Quick if there are none."""
    storage = current_storage()
    unencrypted = [path for path in storage.list_paths() if not storage.is_encrypted(path)]
    for path in unencrypted:
        storage.encrypt_in_place(path)
    if unencrypted:
        click.echo(f"{len(unencrypted)} files encrypted.")


@click.command("rotate-storage-key")
@with_appcontext
def rotate_storage_key() -> None:
    """Wrap the keys of all files with the first key of LISTENING_POST_STORAGE_KEY. The files do not change."""
    storage = current_storage()
    changed = sum(storage.rewrap_key(path) for path in storage.list_paths() if storage.is_encrypted(path))
    click.echo(f"The keys of {changed} files were wrapped again. Older master keys are no longer needed.")


@click.command("check-storage")
@click.option(
    "--megabytes-per-second", type=click.FloatRange(min=0), default=NO_LIMIT, help="Read no faster; 0 for no limit."
)
@with_appcontext
def check_stored_files(megabytes_per_second: float) -> None:
    """Decrypt every stored file, to find a damaged one before a listener does. Status 1 if there is one."""
    storage = current_storage()
    check = check_storage(storage, RateLimit(megabytes_per_second * MEGABYTE))
    check.damaged += list_missing_files(storage)
    with suppress(OSError):  # a full disk must not hide what was found
        save_report(current_settings().data_folder, check)
    click.echo(f"{check.file_count} stored files ({format_size(check.size_bytes)}) can be opened.")
    _report_not_encrypted(check)
    for file in check.damaged:
        click.echo(f"DAMAGED: {file.path}: {file.reason}")
    if check.damaged:
        raise click.ClickException(
            f"{len(check.damaged)} stored files are damaged or missing. Take each from a backup: copy the file and its"
            " .key file from the folder files/ of the newest backup in which it can still be opened."
        )


def _report_not_encrypted(check: StorageCheck) -> None:
    if check.not_encrypted:
        click.echo(
            f"{len(check.not_encrypted)} files are not encrypted yet and wait for"
            " .venv/bin/flask --app wsgi core encrypt-storage."
        )
