"""`flask privacy …`: back up, verify a backup, restore it, and show its keys."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import psycopg
from flask.cli import AppGroup

from accounts import audit_seals
from core.database import db
from core.errors import RuleError
from core.file_storage import current_storage, format_size
from core.outages import find_outage
from core.settings import current_settings
from evidence.participants import find_participant
from privacy.backup import restoration
from privacy.backup.backup_folders import build_keys_folder, remove_oldest
from privacy.backup.backup_keys import get_backup_key
from privacy.backup.creation import FinishedBackup, create_backup, open_keys, verify_backup
from privacy.erasure import replay  # noqa: F401 a restore is not finished before it
from privacy.erasure.ledger import LEDGER_NAME, copy_ledger
from privacy.withdrawals import receipts, requests, running

FOLDER = click.Path(file_okay=False, path_type=Path)
EXISTING_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)

privacy_commands = AppGroup("privacy", help="Back up, restore and erase.")


@privacy_commands.command("backup")
@click.argument("folder", type=FOLDER)
@click.option(
    "--keys", type=FOLDER, help="Where the keys go. Without it: beside FOLDER, with “-keys” added to its name."
)
@click.option("--keep", type=click.IntRange(min=1), help="Delete older backups than so many.")
def back_up(folder: Path, keys: Path | None, keep: int | None) -> None:
    """Back up database, files and keys to a new folder in FOLDER, encrypted, while everything runs.

    The backup is verified by restoring it into an empty trace. Status 1 if anything is wrong.
    """
    keys_folder = keys or build_keys_folder(folder)
    with _explain_errors():
        finished = create_backup(current_settings(), current_storage(), folder, keys_folder)
        copy_ledger(current_settings().erasure_ledger_path, folder / LEDGER_NAME)
    _report(finished, folder, keys_folder)
    if keep is not None:
        for name in remove_oldest(folder, keys_folder, keep):
            click.echo(f"Deleted the older backup {name}.")
    _refuse_damaged(finished.damaged_files, "The backup is whole, but these files are damaged in the storage itself")


@privacy_commands.command("check-backup")
@click.argument("backup", type=EXISTING_FOLDER)
@click.option("--keys", type=EXISTING_FOLDER, required=True, help="The folder with the keys of this backup.")
def check_backup(backup: Path, keys: Path) -> None:
    """Verify an earlier backup: restore it into an empty place beside the database, and compare."""
    with _explain_errors():
        damaged = verify_backup(current_settings(), backup, keys)
    click.echo("The backup can be restored: all counts and hashes are right.")
    _refuse_damaged(damaged, "These files were already damaged when they were copied")


@privacy_commands.command("restore")
@click.argument("backup", type=EXISTING_FOLDER)
@click.option("--keys", type=EXISTING_FOLDER, required=True, help="The folder with the keys of this backup.")
def restore(backup: Path, keys: Path) -> None:
    """Restore a backup into an empty database and an empty storage, as the settings name them."""
    settings = current_settings()
    with _explain_errors():
        restored = restoration.restore_backup(settings, backup, keys)
        restoration.finish_restoring(restored)
    db.session.commit()
    restoration.remove_marker(settings)
    manifest = restored.manifest
    click.echo(
        f"Restored the backup of {manifest.created_at}: {sum(manifest.row_counts.values())} rows and"
        f" {len(manifest.files) - len(restored.damaged_files)} files."
    )
    _refuse_damaged(restored.damaged_files, "Everything was restored except these files, which the backup has damaged")


@privacy_commands.command("erase")
@click.argument("reference")
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase(reference: str, yes: bool) -> None:
    """Erase a person with REFERENCE, such as P-7KQ4M, in every place, now. It cannot be undone."""
    participant = find_participant(reference)
    if participant is None:
        raise click.ClickException(f"Nobody has the reference {reference}.")
    if not yes:
        click.confirm(f"Erase everything of {participant.reference}? This cannot be undone.", abort=True)
    row = requests.erase_now(participant)
    db.session.commit()
    running.run(row)
    db.session.commit()
    for trace in receipts.list_traces(row):
        click.echo(f"{trace.title}: {trace.found} erased" if trace.is_done else f"{trace.title}: waits")
    if not receipts.is_done(row):
        click.echo("The quick worker erases the rest once the last emails about this person have been sent.")


@privacy_commands.command("verify-audit")
def verify_audit() -> None:
    """Check that no line of the audit log was changed or removed since it was sealed. Status 1 if one was."""
    check = audit_seals.check_seals()
    click.echo(
        f"{check.entry_count} lines in {check.seal_count} seals, {check.unsealed_count} not sealed yet."
        f" Newest seal: {check.seal_count} {check.newest_digest or 'none'}"
    )
    if check.broken_number is not None:
        raise click.ClickException(f"Seal {check.broken_number} does not fit: a line of it was changed or removed.")


@privacy_commands.command("show-keys")
@click.argument("keys", type=EXISTING_FOLDER)
def show_keys(keys: Path) -> None:
    """Print the storage key and the secret key of a backup, as the settings take them."""
    with _explain_errors():
        found = open_keys(keys, get_backup_key(current_settings()))
    click.echo(f"LISTENING_POST_STORAGE_KEY={found.format_storage_keys()}")
    click.echo(f"LISTENING_POST_SECRET_KEY={found.secret_key}")


def _report(finished: FinishedBackup, folder: Path, keys_folder: Path) -> None:
    manifest = finished.manifest
    click.echo(
        f"Backed up {sum(manifest.row_counts.values())} rows and {len(manifest.files)} files"
        f" ({format_size(manifest.size_bytes)}), {finished.linked_count} of them already in the previous backup,"
        " and restored them into an empty place: all counts and hashes are right."
    )
    click.echo(f"Backup: {folder / finished.name}\nKeys:   {keys_folder / finished.name}")


def _refuse_damaged(paths: list[str], sentence: str) -> None:
    if paths:
        raise click.ClickException(f"{sentence}: {', '.join(paths)}")


@contextmanager
def _explain_errors() -> Iterator[None]:
    try:
        yield
    except RuleError as error:
        raise click.ClickException(str(error)) from error
    except (OSError, sqlite3.Error, psycopg.Error) as error:
        raise click.ClickException(_explain_failure(error)) from error


def _explain_failure(error: Exception) -> str:
    """Without the details that PostgreSQL adds on further lines: they can be what people wrote."""
    reason = find_outage(error) or str(error).partition("\n")[0] or type(error).__name__
    return f"It did not succeed, and nothing half done counts: {reason}"
