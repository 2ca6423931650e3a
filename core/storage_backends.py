"""What a storage backend can do, and its errors. Encryption: file_storage.py."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Protocol

from core.errors import NotReadyError, RuleError


class StorageFullError(RuleError):
    def __init__(self) -> None:
        super().__init__("There is no space left for this file. Contact the coordinator.")


class StorageUnreachableError(RuleError, NotReadyError):
    def __init__(self, message: str = "") -> None:
        super().__init__(
            message or "We cannot reach the storage for recordings at the moment. Try again in a few minutes."
        )


class StorageRefusedError(StorageUnreachableError):
    def __init__(self) -> None:
        super().__init__("The storage for recordings denied access. Contact the operator.")


class StorageWriter(Protocol):
    def write(self, piece: bytes, /) -> object: ...

    def flush(self) -> None:
        """Make sure that everything is stored. Nothing is written after this."""


class StorageBackend(Protocol):
    """Files by path. Each raises StorageUnreachableError, StorageRefusedError; those that write, StorageFullError."""

    def open_writer(self, path: str) -> AbstractContextManager[StorageWriter]:
        """The file appears under its name when the block ends without an error."""

    def put(self, path: str, content: bytes) -> None:
        """Replaces any earlier file."""

    def read(self, path: str, start: int | None = None, end: int | None = None) -> bytes:
        """Half-open. Raises FileNotFoundError."""

    def iter_pieces(self, path: str, piece_bytes: int) -> Iterator[bytes]: ...

    def get_size(self, path: str) -> int:
        """Raises FileNotFoundError."""

    def exists(self, path: str) -> bool: ...

    def remove(self, path: str) -> None:
        """A missing file is not an error."""

    def list_paths(self, limit: int | None = None) -> list[str]:
        """With a limit, only the first ones: a bucket can have very many."""

    def remove_abandoned_writes(self, *, older_than_seconds: float, now: float) -> int:
        """Parts left by killed writers. Returns how many."""
