"""What a place for stored bytes can do, and what can go wrong there, in words. Encryption stands in files.py."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Protocol

from core.errors import NotYetError, RuleError


class StorageFullError(RuleError):
    """There is no room for the file."""

    def __init__(self) -> None:
        super().__init__("There is no room left for this file. Please tell the coordinator.")


class StorageUnreachableError(RuleError, NotYetError):
    """The storage does not answer. A job that meets this waits; a person is told to try again."""

    def __init__(self, words: str = "") -> None:
        super().__init__(
            words or "The storage for recordings cannot be reached at the moment. Please try again in a few minutes."
        )


class StorageRefusedError(StorageUnreachableError):
    """The storage answers, and does not let us in."""

    def __init__(self) -> None:
        super().__init__("The storage for recordings refuses our access. Please tell the operator.")


class Target(Protocol):
    """A file that is being written and has no name yet."""

    def write(self, piece: bytes, /) -> object: ...

    def settle(self) -> None:
        """What was written is safe; nothing more is written after this."""


class Place(Protocol):
    """Files by path. Each raises StorageUnreachableError, StorageRefusedError; those that write, StorageFullError."""

    def writing(self, path: str) -> AbstractContextManager[Target]:
        """The whole file stands under its name when the block ends well; after an error nothing does."""

    def put(self, path: str, content: bytes) -> None:
        """A small file at once, over an earlier one if there is one."""

    def read(self, path: str, start: int | None = None, end: int | None = None) -> bytes:
        """Half-open. Raises FileNotFoundError."""

    def pieces(self, path: str, piece_bytes: int) -> Iterator[bytes]: ...

    def size(self, path: str) -> int:
        """Raises FileNotFoundError."""

    def exists(self, path: str) -> bool: ...

    def remove(self, path: str) -> None:
        """One that is not there is no error."""

    def paths(self) -> list[str]: ...

    def forget_broken(self, *, older_than_seconds: float, now: float) -> int:
        """What writers that were killed left behind. Returns how many."""
