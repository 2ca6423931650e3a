"""`flask core seal-storage` and `rotate-storage-key`: bring stored files up to date with the storage's keys."""

import click
from flask.cli import with_appcontext

from core.file_storage import current_storage


@click.command("seal-storage")
@with_appcontext
def encrypt_storage() -> None:
    """Encrypt files that were stored before files were encrypted. Quick when there are none."""
    storage = current_storage()
    plain = [path for path in storage.list_paths() if not storage.is_encrypted(path)]
    for path in plain:
        storage.encrypt_in_place(path)
    if plain:
        click.echo(f"{len(plain)} files are encrypted now.")


@click.command("rotate-storage-key")
@with_appcontext
def rotate_storage_key() -> None:
    """Wrap the keys of all files by the first key of LISTENING_POST_STORAGE_KEY. The files themselves stay."""
    storage = current_storage()
    changed = sum(storage.rewrap_key(path) for path in storage.list_paths() if storage.is_encrypted(path))
    click.echo(f"The keys of {changed} files were wrapped anew. Older keys are needed no longer.")
