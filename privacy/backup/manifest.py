"""What a backup consists of. Pure: values and their JSON."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from privacy.backup.errors import BackupDamagedError

FORMAT = 1


@dataclass(frozen=True, slots=True)
class BackupPart:
    """A file of the backup. Size and hash are those of the content: as stored for recordings, in the clear for parts
    of the database.
    """

    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    created_at: str
    database_kind: str
    revisions: tuple[str, ...]  # of the migrations
    row_counts: dict[str, int]
    columns: dict[str, list[str]]  # PostgreSQL's, in the order of the rows
    sequences: dict[str, int]  # PostgreSQL's; SQLite's are in its file
    database: dict[str, BackupPart]
    files: dict[str, BackupPart]
    wrapped_keys: dict[str, str]  # SHA-256 by path
    format: int = FORMAT

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=1)

    @property
    def size_bytes(self) -> int:
        return sum(part.size_bytes for part in (*self.database.values(), *self.files.values()))


def parse_manifest(text: str) -> Manifest:
    values: dict[str, Any] = json.loads(text)
    if values["format"] != FORMAT:
        raise BackupDamagedError("This backup was made by a newer version of Listening Post. Restore it with that one.")
    parts = {name: {path: BackupPart(**part) for path, part in values[name].items()} for name in ("database", "files")}
    return Manifest(**{**values, **parts, "revisions": tuple(values["revisions"])})
