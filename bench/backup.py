"""How long a backup and a restore take, and how large the backup is, while others write: python -m bench.backup

Builds interviews with recordings of random bytes on SQLite and on PostgreSQL, backs up twice with the operator's
commands while a thread commits emails, restores into an empty installation, and compares the hash of every recording.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import psycopg
from click.testing import Result
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select

from core.database import db
from core.file_storage import format_size
from core.settings import Settings
from tests.support.installations import make_settings
from tests.support.make_backup import (
    BACKUP_KEY,
    BackupFolders,
    make_empty_installation,
    make_recorded_interviews,
    run_backup,
    run_restore,
    write_all_the_time,
)
from tests.support.postgres import run_postgres_server
from transcripts.models import Recording
from wsgi import create_app

MIB = 1024 * 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--interviews", type=int, default=100)
    parser.add_argument("--megabytes", type=float, default=1.0, help="of each recording")
    options = parser.parse_args()
    for kind in ("sqlite", "postgresql"):
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            settings = _make_installation(kind, folder, stack)
            _measure(settings, folder, options.interviews, int(options.megabytes * MIB))


def _make_installation(kind: str, folder: Path, stack: ExitStack) -> Settings:
    changes = {"BACKUP_KEY": BACKUP_KEY}
    if kind == "postgresql":
        server = stack.enter_context(run_postgres_server())
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE bench")
        changes["DATABASE_URL"] = f"{server}/bench"
    return make_settings(folder / "data", **changes)


def _measure(settings: Settings, folder: Path, interviews: int, recording_bytes: int) -> None:
    app = create_app(settings)
    folders = BackupFolders(folder / "backups", folder / "keys")
    with app.app_context():
        upgrade()
        hashes = {row.storage_path: row.sha256 for row in make_recorded_interviews(interviews, recording_bytes)}
        db.session.commit()
    with write_all_the_time(app) as numbers:
        first_seconds = _time(lambda: run_backup(app, folders))
        second_seconds = _time(lambda: run_backup(app, folders))
        written = len(numbers)
    empty = make_empty_installation(replace(settings), folder / "new")
    restore_seconds = _time(lambda: run_restore(empty, folders))
    size = sum(path.stat().st_size for path in Path(folders.newest[0]).rglob("*") if path.is_file())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(
        f"{settings.database_url.partition(':')[0]}: {interviews} interviews; first backup {first_seconds:.1f} s,"
        f" second {second_seconds:.1f} s, each verified; {written} emails written meanwhile; {format_size(size)};"
        f" restored in {restore_seconds:.1f} s, {_count_equal(empty, hashes)} of {len(hashes)} recordings equal;"
        f" peak memory {format_size(peak)}"
    )


def _time(action: Callable[[], Result]) -> float:
    started_at = time.perf_counter()
    result = action()
    assert result.exit_code == 0, result.output
    return time.perf_counter() - started_at


def _count_equal(app: Flask, hashes: dict[str, str]) -> int:
    with app.app_context():
        rows = db.session.scalars(select(Recording)).all()
        equal = sum(hashes[row.storage_path] == row.sha256 for row in rows)
        db.session.remove()
        db.engine.dispose()
    return equal


if __name__ == "__main__":
    main()
