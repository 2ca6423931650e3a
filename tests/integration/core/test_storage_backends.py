"""The storage: whole files or none, on a real disk that really fills up."""

import hashlib
import io
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

import pytest

from core import file_storage
from core.encryption import DamagedFileError, MasterKeyMissingError, MasterKeys
from core.file_storage import (
    PIECE_BYTES,
    FileTooLargeError,
    IncompleteUploadError,
    NotEncryptedError,
    Storage,
    StorageFullError,
)
from tests.support.small_disk import mount_small_disk

SMALL_DISK_BYTES = 2 * 1024 * 1024
PLENTY = 1024**3
KEYS = MasterKeys(b"k" * 32)


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(f"file://{tmp_path / 'storage'}", KEYS)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MiB."""
    with mount_small_disk(tmp_path / "small", SMALL_DISK_BYTES) as disk:
        yield disk


def left_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


class Breaking(io.BufferedIOBase):
    """A connection that breaks after some bytes."""

    def __init__(self, content: bytes) -> None:
        self._content = io.BytesIO(content)

    def read(self, size: int | None = -1) -> bytes:  # noqa: ARG002 it breaks before it gives so much
        piece = self._content.read(1000)
        if not piece:
            raise ConnectionResetError("The other side is gone.")
        return piece


def test_a_file_is_stored_with_its_size_and_sum(storage: Storage, tmp_path: Path) -> None:
    content = os.urandom(PIECE_BYTES * 2 + 17)

    stored = storage.store(io.BytesIO(content), "recordings/a", announced_bytes=len(content), max_bytes=PLENTY)

    assert (stored.size_bytes, stored.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert storage.read_range("recordings/a", 0, len(content)) == content
    assert {path.name for path in left_in(tmp_path)} == {"a", "a.key"}


def test_a_file_of_exactly_the_most_is_taken(storage: Storage) -> None:
    assert storage.store(io.BytesIO(b"x" * 10), "a", announced_bytes=10, max_bytes=10).size_bytes == 10


@pytest.mark.parametrize(
    ("source", "announced", "error"),
    [
        (io.BytesIO(b"x" * 10_001), 10_001, FileTooLargeError),
        (io.BytesIO(b"x" * 10_001), None, FileTooLargeError),
        (io.BytesIO(b"x" * 9), 10, IncompleteUploadError),
        (Breaking(b"x" * 5000), 10_000, ConnectionResetError),
    ],
)
def test_a_file_that_does_not_come_whole_leaves_nothing(
    storage: Storage, tmp_path: Path, source: io.BytesIO, announced: int | None, error: type[Exception]
) -> None:
    with pytest.raises(error):
        storage.store(source, "recordings/a", announced_bytes=announced, max_bytes=10_000)

    assert left_in(tmp_path) == []
    assert not storage.exists("recordings/a")


def test_a_file_for_which_there_is_no_room_leaves_nothing(small_disk: Path) -> None:
    storage = Storage(f"file://{small_disk}", KEYS)
    content = os.urandom(SMALL_DISK_BYTES + PIECE_BYTES)

    with pytest.raises(StorageFullError, match="no space left"):
        storage.store(io.BytesIO(content), "recordings/a", announced_bytes=len(content), max_bytes=PLENTY)

    assert left_in(small_disk) == []
    assert storage.store(io.BytesIO(b"small"), "b", announced_bytes=5, max_bytes=PLENTY).size_bytes == 5


def test_memory_stays_at_one_piece(storage: Storage) -> None:
    asked: list[int] = []

    class Endless(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            asked.append(size)
            return b"x" * size if len(asked) <= 20 else b""

    storage.store(Endless(), "a", announced_bytes=None, max_bytes=PLENTY)  # type: ignore[arg-type]  # it can be read

    assert set(asked) == {PIECE_BYTES}


@pytest.mark.parametrize(("start", "end"), [(0, 10), (5, 6), (0, 0), (PIECE_BYTES - 1, PIECE_BYTES * 2 + 1)])
def test_a_range_is_read_as_it_was_written(storage: Storage, start: int, end: int) -> None:
    content = os.urandom(PIECE_BYTES * 3)
    storage.store(io.BytesIO(content), "a", announced_bytes=None, max_bytes=PLENTY)

    assert storage.read_range("a", start, end) == content[start:end]
    assert b"".join(storage.iter_range("a", start, end)) == content[start:end]


def test_many_files_arrive_at_once(storage: Storage, tmp_path: Path) -> None:
    contents = {f"recordings/{number}": os.urandom(300_000) for number in range(12)}

    threads = [
        threading.Thread(
            target=storage.store,
            args=(io.BytesIO(content), path),
            kwargs={"announced_bytes": len(content), "max_bytes": PLENTY},
        )
        for path, content in contents.items()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {path: storage.read_range(path, 0, 300_000) for path in contents} == contents
    assert len(left_in(tmp_path)) == 2 * 12  # each with its key


def test_what_a_killed_upload_left_is_forgotten_after_a_while(storage: Storage, tmp_path: Path) -> None:
    incoming = tmp_path / "storage/incoming"
    incoming.mkdir(parents=True)
    for name in ("old", "new"):
        (incoming / name).write_bytes(b"half a recording")
    written_at = (incoming / "old").stat().st_mtime
    os.utime(incoming / "new", (written_at + 3600, written_at + 3600))

    forgotten = storage.remove_abandoned_writes(older_than_seconds=1800, now=written_at + 3600)

    assert forgotten == 1
    assert [path.name for path in left_in(tmp_path)] == ["new"]


def test_a_deleted_file_is_gone_and_deleting_it_again_is_no_error(storage: Storage) -> None:
    storage.store(io.BytesIO(b"x"), "a", announced_bytes=1, max_bytes=10)

    storage.delete("a")
    storage.delete("a")

    assert not storage.exists("a")


def test_nothing_that_was_stored_can_be_read_on_the_disk(storage: Storage, tmp_path: Path) -> None:
    content = b"She waited for fourteen months. " * 10_000

    storage.store(io.BytesIO(content), "a", announced_bytes=None, max_bytes=PLENTY)
    with pytest.raises(ConnectionResetError):
        storage.store(cast(IO[bytes], Breaking(content[:200_000])), "b", announced_bytes=None, max_bytes=PLENTY)

    assert not any(b"fourteen" in path.read_bytes() for path in left_in(tmp_path))


def test_a_range_in_the_middle_reads_only_what_it_needs(tmp_path: Path) -> None:
    storage, content = Storage(f"file://{tmp_path}", KEYS), os.urandom(20 * PIECE_BYTES)
    storage.store(io.BytesIO(content), "a", announced_bytes=None, max_bytes=PLENTY)
    with (tmp_path / "a").open("r+b") as stored:  # everything but the middle is spoilt
        stored.seek(30)
        stored.write(b"x" * 9 * PIECE_BYTES)
        stored.seek(11 * PIECE_BYTES + 200_000)
        stored.write(b"x" * PIECE_BYTES)

    assert storage.read_range("a", 10 * PIECE_BYTES, 11 * PIECE_BYTES) == content[10 * PIECE_BYTES : 11 * PIECE_BYTES]


def test_a_file_that_was_cut_since_is_not_read(tmp_path: Path) -> None:
    storage = Storage(f"file://{tmp_path}", KEYS)
    storage.store(io.BytesIO(os.urandom(500_000)), "a", announced_bytes=None, max_bytes=PLENTY)
    size = storage.get_size("a")

    os.truncate(tmp_path / "a", 300_000)

    with pytest.raises(DamagedFileError):
        storage.read_range("a", 0, size)
    with pytest.raises(DamagedFileError):
        Storage(f"file://{tmp_path}", KEYS).read_range("a", 0, size)


def test_a_plain_file_swapped_for_another_is_refused(tmp_path: Path) -> None:
    storage = Storage(f"file://{tmp_path}", KEYS)
    storage.store(io.BytesIO(b"what was said"), "a", announced_bytes=None, max_bytes=PLENTY)

    (tmp_path / "a").write_bytes(b"what was never said")

    with pytest.raises(NotEncryptedError, match="encrypt-storage"):
        Storage(f"file://{tmp_path}", KEYS).read_range("a", 0, 10)


def test_another_master_key_takes_over_without_touching_the_files(tmp_path: Path) -> None:
    before, url = Storage(f"file://{tmp_path}", KEYS), f"file://{tmp_path}"
    before.store(io.BytesIO(b"what was said"), "a", announced_bytes=None, max_bytes=PLENTY)
    stored = (tmp_path / "a").read_bytes()

    both = Storage(url, MasterKeys(b"n" * 32, b"k" * 32))
    changed = [both.rewrap_key("a"), both.rewrap_key("a")]

    assert changed == [True, False]
    assert (tmp_path / "a").read_bytes() == stored
    assert Storage(url, MasterKeys(b"n" * 32)).read_range("a", 0, 100) == b"what was said"
    with pytest.raises(MasterKeyMissingError):
        Storage(url, KEYS).read_range("a", 0, 100)


def test_earlier_files_are_encrypted_where_they_are(storage: Storage, tmp_path: Path) -> None:
    plain = tmp_path / "storage/recordings/old"
    plain.parent.mkdir(parents=True)
    plain.write_bytes(b"what was said")

    for path in storage.list_paths():
        storage.encrypt_in_place(path)

    assert storage.list_paths() == ["recordings/old"]
    assert b"said" not in plain.read_bytes()
    assert storage.read_range("recordings/old", 0, 100) == b"what was said"


def test_without_a_key_nothing_is_stored(tmp_path: Path) -> None:
    with pytest.raises(MasterKeyMissingError):
        Storage(f"file://{tmp_path}", MasterKeys()).store(io.BytesIO(b"x"), "a", announced_bytes=1, max_bytes=1)

    assert left_in(tmp_path) == []


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 bytes"), (1023, "1023 bytes"), (1024, "1 kB"), (12 * 1024**2, "12 MB"), (2 * 1024**3, "2 GB")],
)
def test_a_size_is_written_as_people_say_it(size: int, words: str) -> None:
    assert file_storage.format_size(size) == words
