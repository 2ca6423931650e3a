"""SQLite: its online backup copies the file while others write."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from core.file_storage import PIECE_BYTES
from privacy.backup.databases import (
    VERSION_TABLE,
    DatabaseSnapshot,
    ReadPart,
    check_hash,
    compare_row_counts,
)
from privacy.backup.errors import BackupDamagedError
from privacy.backup.manifest import Manifest

PART = "database/database.sqlite"
WORK_PREFIX = "backup-work-"
LOCK_SECONDS = 60.0
COMPANION_SUFFIXES = ("-wal", "-shm")


@dataclass(frozen=True, slots=True)
class SqliteDatabase:
    path: Path
    work_folder: Path  # beside the database: a copy in the clear is as safe there as the original
    kind: str = "sqlite"

    @contextmanager
    def open_snapshot(self) -> Iterator[DatabaseSnapshot]:
        for abandoned in self.work_folder.glob(f"{WORK_PREFIX}*"):  # of a backup that was killed
            shutil.rmtree(abandoned)
        with TemporaryDirectory(prefix=WORK_PREFIX, dir=self.work_folder) as folder:
            copy = Path(folder) / "copy.sqlite"
            with closing(_connect(self.path)) as source, closing(_connect(copy)) as target:
                source.backup(target)
            with closing(_connect(copy, read_only=True)) as connection:
                revisions, counts = _list_revisions(connection), _count_rows(connection)
            yield DatabaseSnapshot(revisions, counts, {}, {}, iter([(PART, _iter_file(copy))]))

    def list_filled_tables(self) -> list[str]:
        if not self.path.exists():
            return []
        with closing(_connect(self.path, read_only=True)) as connection:
            return sorted(table for table, count in _count_rows(connection).items() if count)

    def restore(self, manifest: Manifest, read_part: ReadPart) -> None:
        """The file gets its name when it is whole."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with TemporaryDirectory(dir=self.path.parent) as folder:
            restored = Path(folder) / "restored.sqlite"
            with restored.open("wb") as file:
                for piece in check_hash(read_part(PART), manifest.database[PART].sha256, PART):
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            for suffix in COMPANION_SUFFIXES:
                Path(f"{self.path}{suffix}").unlink(missing_ok=True)
            restored.replace(self.path)

    def compare(self, manifest: Manifest) -> None:
        with closing(_connect(self.path)) as connection:
            problems = [row[0] for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
            problems += [
                f"a row of {row[0]} without its parent" for row in connection.execute("PRAGMA foreign_key_check")
            ]
            if problems:
                raise BackupDamagedError(f"The restored database is damaged: {problems[0]}.")
            compare_row_counts(_count_rows(connection), manifest)

    @contextmanager
    def create_temporary(self) -> Iterator["SqliteDatabase"]:
        with TemporaryDirectory(prefix=WORK_PREFIX, dir=self.work_folder) as folder:
            yield SqliteDatabase(Path(folder) / "database.sqlite", Path(folder))


def _connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}{'?mode=ro' if read_only else ''}", uri=True, timeout=LOCK_SECONDS
    )


def _list_revisions(connection: sqlite3.Connection) -> tuple[str, ...]:
    return tuple(row[0] for row in connection.execute(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608 a constant


def _count_rows(connection: sqlite3.Connection) -> dict[str, int]:
    query = (  # the search index is made from search_entry
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        " AND name NOT LIKE 'search\\_index%' ESCAPE '\\' AND name <> ?"
    )
    tables = [row[0] for row in connection.execute(query, [VERSION_TABLE])]
    count = 'SELECT count(*) FROM "{}"'
    return {table: connection.execute(count.format(table)).fetchone()[0] for table in tables}


def _iter_file(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE_BYTES):
            yield piece
