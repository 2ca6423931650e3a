"""`flask core encrypt-storage` and `flask core rotate-storage-key`."""

import click
from flask.cli import with_appcontext

from core.file_storage import current_storage


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
