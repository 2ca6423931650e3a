"""Write a personal copy as a ZIP file straight into the encrypted storage: nothing readable is ever on the disk."""

import json
import sys
import zipfile
from collections.abc import Iterator
from typing import IO, cast

from core.encryption import DamagedFileError
from core.file_storage import Storage, StoredFile, current_storage
from privacy.own_data.copies import CollectedData, CopiedSound

SOUND_MISSING = "This recording could not be read."


class _Drain:
    """What a ZIP file is written to: gives the bytes on and keeps none."""

    def __init__(self) -> None:
        self._buffer, self._position = bytearray(), 0

    def write(self, piece: bytes) -> int:
        self._buffer += piece
        self._position += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self._position

    def flush(self) -> None: ...

    def take(self) -> bytes:
        taken = bytes(self._buffer)
        self._buffer.clear()
        return taken


class _Source:
    """Pieces as a file to read from."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces

    def read(self, _size: int = -1) -> bytes:
        return next(self._pieces, b"")


def store_copy(collected: CollectedData, path: str) -> StoredFile:
    storage = current_storage()
    source = cast(IO[bytes], _Source(piece for piece in iter_zip(collected, storage) if piece))
    return storage.store(source, path, announced_bytes=None, max_bytes=sys.maxsize)


def iter_zip(collected: CollectedData, storage: Storage) -> Iterator[bytes]:
    drain = _Drain()
    with zipfile.ZipFile(cast(IO[bytes], drain), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("what-we-have-of-you.html", collected.html)
        archive.writestr("data.json", json.dumps(collected.rows, ensure_ascii=False, indent=1))
        yield drain.take()
        for sound in collected.sounds:
            yield from _write_sound(archive, drain, sound, storage)
    yield drain.take()


def _write_sound(archive: zipfile.ZipFile, drain: _Drain, sound: CopiedSound, storage: Storage) -> Iterator[bytes]:
    info = zipfile.ZipInfo(sound.name)
    info.compress_type = zipfile.ZIP_STORED
    try:
        size = storage.get_size(sound.storage_path)
    except (OSError, DamagedFileError):
        archive.writestr(f"{sound.name}.txt", SOUND_MISSING)
        return
    with archive.open(info, "w", force_zip64=True) as target:
        for piece in storage.iter_range(sound.storage_path, 0, size):
            target.write(piece)
            yield drain.take()
