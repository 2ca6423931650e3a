"""A folder whose files are encrypted with the backup key. Its file `description` says how the key is derived."""

import io
import json
import os
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from core.encryption import KEY_BYTES, DamagedFileError, MasterKeyMissingError, MasterKeys
from core.file_storage import PIECE_BYTES, NotEncryptedError, Storage
from privacy.backup.errors import BackupDamagedError, BackupError
from privacy.backup.manifest import FORMAT, BackupPart

DESCRIPTION_FILE = "description"
SALT_BYTES = 16
SCRYPT_COST = 2**15  # with blocks of 8: 32 MiB and about a tenth of a second
NO_LIMIT = 2**63


@dataclass(frozen=True, slots=True)
class EncryptedFolder:
    path: Path
    storage: Storage

    def write(self, name: str, pieces: Iterable[bytes]) -> BackupPart:
        source = cast(IO[bytes], PieceReader(iter(pieces)))
        stored = self.storage.store(source, name, announced_bytes=None, max_bytes=NO_LIMIT)
        return BackupPart(stored.size_bytes, stored.sha256)

    def read(self, name: str) -> Iterator[bytes]:
        """Raises BackupDamagedError."""
        with explain_damage(name):
            yield from self.storage.iter_range(name, 0, self.storage.get_size(name))

    def read_text(self, name: str) -> str:
        return b"".join(self.read(name)).decode()


class PieceReader(io.RawIOBase):
    """Small pieces, such as rows, joined to large ones."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces

    def read(self, size: int = PIECE_BYTES) -> bytes:
        joined = bytearray()
        for piece in self._pieces:
            joined += piece
            if len(joined) >= size:
                break
        return bytes(joined)


def create_encrypted_folder(path: Path, backup_key: str) -> EncryptedFolder:
    path.mkdir(mode=0o700, parents=True)
    salt = os.urandom(SALT_BYTES)
    description = {"format": FORMAT, "salt": b64encode(salt).decode(), "scrypt_cost": SCRYPT_COST}
    (path / DESCRIPTION_FILE).write_text(json.dumps(description))
    return EncryptedFolder(path, _open_storage(path, backup_key, salt, SCRYPT_COST))


def open_encrypted_folder(path: Path, backup_key: str) -> EncryptedFolder:
    try:
        description = json.loads((path / DESCRIPTION_FILE).read_text())
        salt, cost = b64decode(description["salt"]), int(description["scrypt_cost"])
        return EncryptedFolder(path, _open_storage(path, backup_key, salt, min(cost, SCRYPT_COST)))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackupError(f"{path} is not a backup: its file {DESCRIPTION_FILE} is missing or damaged.") from error


@contextmanager
def explain_damage(name: str) -> Iterator[None]:
    try:
        yield
    except MasterKeyMissingError as error:
        raise BackupError("The backup was encrypted with another LISTENING_POST_BACKUP_KEY.") from error
    except FileNotFoundError as error:
        raise BackupDamagedError(f"The backup is not whole: “{name}” is missing.") from error
    except (DamagedFileError, NotEncryptedError) as error:
        raise BackupDamagedError(f"The backup is damaged: “{name}” was changed after it was written.") from error


def _open_storage(path: Path, backup_key: str, salt: bytes, cost: int) -> Storage:
    key = Scrypt(salt=salt, length=KEY_BYTES, n=cost, r=8, p=1).derive(backup_key.encode())
    return Storage(f"file://{path}", MasterKeys(key))
