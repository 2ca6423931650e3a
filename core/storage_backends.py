"""What a place for stored bytes can do, and what can go wrong there, in words. Encryption stands in files.py."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Protocol

from core.errors import NotReadyError, RuleError


class StorageFullError(RuleError):
    """There is no room for the file."""

    def __init__(self) -> None:
        super().__init__("There is no room left for this file. Please tell the coordinator.")


class StorageUnreachableError(RuleError, NotReadyError):
    """The storage does not answer. A job that meets this waits; a person is told to try again."""

    def __init__(self, message: str = "") -> None:
        super().__init__(
            message or "The storage for recordings cannot be reached at the moment. Please try again in a few minutes."
        )


class StorageRefusedError(StorageUnreachableError):
    """The storage answers, and does not let us in."""

    def __init__(self) -> None:
        super().__init__("The storage for recordings refuses our access. Please tell the operator.")


class StorageWriter(Protocol):
    """A file that is being written and has no name yet."""

    def write(self, piece: bytes, /) -> object: ...

    def flush(self) -> None:
        """What was written is safe; nothing more is written after this."""


class StorageBackend(Protocol):
    """Files by path. Each raises StorageUnreachableError, StorageRefusedError; those that write, StorageFullError."""

    def open_writer(self, path: str) -> AbstractContextManager[StorageWriter]:
        """The whole file stands under its name when the block ends well; after an error nothing does."""

    def put(self, path: str, content: bytes) -> None:
        """A small file at once, over an earlier one if there is one."""

    def read(self, path: str, start: int | None = None, end: int | None = None) -> bytes:
        """Half-open. Raises FileNotFoundError."""

    def iter_pieces(self, path: str, piece_bytes: int) -> Iterator[bytes]: ...

    def get_size(self, path: str) -> int:
        """Raises FileNotFoundError."""

    def exists(self, path: str) -> bool: ...

    def remove(self, path: str) -> None:
        """One that is not there is no error."""

    def list_paths(self) -> list[str]: ...

    def remove_abandoned_writes(self, *, older_than_seconds: float, now: float) -> int:
        """What writers that were killed left behind. Returns how many."""
