"""What a backup needs of a database, whichever it is: sqlite_database.py, postgres_database.py."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from privacy.backup.errors import BackupDamagedError
from privacy.backup.manifest import Manifest

VERSION_TABLE = "alembic_version"  # the migrations write it
ReadPart = Callable[[str], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class DatabaseSnapshot:
    """Everything at one moment, while others go on writing. `parts`: names and contents, each to be read in turn."""

    revisions: tuple[str, ...]
    row_counts: dict[str, int]
    columns: dict[str, list[str]]
    sequences: dict[str, int]
    parts: Iterator[tuple[str, Iterator[bytes]]]


class RestorableDatabase(Protocol):
    @property
    def kind(self) -> str: ...

    def open_snapshot(self) -> AbstractContextManager[DatabaseSnapshot]: ...

    def list_filled_tables(self) -> list[str]: ...

    def restore(self, manifest: Manifest, read_part: ReadPart) -> None:
        """Into an empty database, whole or not at all."""

    def compare(self, manifest: Manifest) -> None:
        """Raises BackupDamagedError unless the database is what the manifest says."""

    def create_temporary(self) -> AbstractContextManager["RestorableDatabase"]:
        """An empty one beside this, which is removed afterwards."""


def compare_row_counts(found: dict[str, int], manifest: Manifest) -> None:
    different = [table for table, count in manifest.row_counts.items() if found.get(table) != count]
    if different or set(found) - set(manifest.row_counts):
        raise BackupDamagedError(
            f"The restored database is not the one saved: {', '.join(different) or 'more tables'}."
        )


def check_hash(pieces: Iterable[bytes], sha256: str, name: str) -> Iterator[bytes]:
    """Passes the pieces on. Raises BackupDamagedError after the last one."""
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
        yield piece
    if digest.hexdigest() != sha256:
        raise BackupDamagedError(f"The backup is damaged: “{name}” is not what was saved.")
