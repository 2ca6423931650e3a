"""The erasure ledger: what was erased and when, outside the database, so that a restored backup can be erased again.

A line has no address, no id and no text, only an HMAC of the id with the secret key.
"""

import hmac
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from uuid import UUID

LEDGER_NAME = "erasure-ledger"


class ErasedKind(StrEnum):
    PERSON = "person"
    CONTRIBUTION = "contribution"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    kind: ErasedKind
    mark: str
    at: str


def calculate_mark(secret_key: str, kind: ErasedKind, row_id: UUID, question_key: str = "") -> str:
    message = f"erasure:{kind.value}:{row_id}:{question_key}"
    return hmac.new(secret_key.encode(), message.encode(), "sha256").hexdigest()


def append_entries(path: Path, entries: Iterable[LedgerEntry]) -> None:
    """On the disk when this returns: it is written before anything is erased."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        for entry in entries:
            file.write(json.dumps(asdict(entry)) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read_entries(*paths: Path) -> list[LedgerEntry]:
    """Of all of these that are there, each once. A line that was cut by a crash is left out."""
    lines = [line for path in paths if path.exists() for line in path.read_text(encoding="utf-8").splitlines()]
    return list(dict.fromkeys(entry for line in lines if (entry := _parse_entry(line))))


def copy_ledger(source: Path, target: Path) -> None:
    """`target` keeps what it has. It is created empty where nothing was ever erased."""
    known = set(read_entries(target))
    append_entries(target, [entry for entry in read_entries(source) if entry not in known])


def _parse_entry(line: str) -> LedgerEntry | None:
    try:
        values = json.loads(line)
        return LedgerEntry(ErasedKind(values["kind"]), str(values["mark"]), str(values["at"]))
    except (ValueError, KeyError, TypeError):
        return None
