"""How a stored file is encrypted: AES-256-GCM in chunks (docs/decisions/encryption.md). Bytes in, bytes out.

Built like STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015): each chunk's nonce holds its number and whether it is the
last, so that a file that was cut, reordered or changed does not open, and any range can be read without the rest.
"""

import hashlib
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.errors import RuleError

CHUNK_BYTES = 64 * 1024  # of the file itself; each is stored with its tag behind it
TAG_BYTES = 16
KEY_BYTES = 32
NONCE_BYTES = 12
PREFIX_BYTES = 7  # the rest of a nonce: four bytes for the chunk's number, one for whether it is the last
MARK = b"LP-SEAL1"
HEAD = struct.Struct(f">{len(MARK)}sI{PREFIX_BYTES}s")  # mark, chunk size, nonce prefix
WRAP = struct.Struct(f">8s{NONCE_BYTES}s{KEY_BYTES + TAG_BYTES}s")  # master key's name, nonce, wrapped file key
MOST_CHUNKS = 2**32


class SealBrokenError(RuleError):
    """What is stored is not what was written: changed, cut, reordered, or of another key."""


class MasterKeyMissingError(RuleError):
    """The file was encrypted with a master key that the settings do not name."""


@dataclass(frozen=True, slots=True)
class FileKey:
    """What opens one file. `head` stands at the start of the file and is authenticated with each chunk."""

    key: bytes
    head: bytes

    @property
    def prefix(self) -> bytes:
        prefix: bytes = HEAD.unpack(self.head)[2]
        return prefix


class MasterKeys:
    """The keys in the settings that open the keys of files: the first also makes new ones, the others only open."""

    def __init__(self, *keys: bytes) -> None:
        """Each 32 bytes. Without any, nothing can be stored or opened."""
        self._keys = keys
        self._by_name = {_name(key): key for key in keys}

    def new_file_key(self) -> FileKey:
        return FileKey(os.urandom(KEY_BYTES), HEAD.pack(MARK, CHUNK_BYTES, os.urandom(PREFIX_BYTES)))

    def wrap(self, file_key: FileKey) -> bytes:
        """The file's key under the first master key; only the same file's head opens it again.

        Raises MasterKeyMissingError.
        """
        if not self._keys:
            raise MasterKeyMissingError("There is no key to encrypt files with, because the data folder is read-only.")
        name, nonce = _name(self._keys[0]), os.urandom(NONCE_BYTES)
        wrapped = AESGCM(self._keys[0]).encrypt(nonce, file_key.key, name + file_key.head)
        return WRAP.pack(name, nonce, wrapped)

    def unwrap(self, wrapped: bytes, head: bytes) -> FileKey:
        """Raises SealBrokenError, MasterKeyMissingError."""
        if len(wrapped) != WRAP.size or len(head) != HEAD.size or not head.startswith(MARK):
            raise SealBrokenError("The stored file or its key is damaged, so it cannot be opened.")
        name, nonce, sealed = WRAP.unpack(wrapped)
        if name not in self._by_name:
            raise MasterKeyMissingError(
                "This file was encrypted with a key that the settings no longer name. Ask the operator to add it again."
            )
        try:
            return FileKey(AESGCM(self._by_name[name]).decrypt(nonce, sealed, name + head), head)
        except InvalidTag as error:
            raise SealBrokenError("The key of the stored file is damaged, so it cannot be opened.") from error

    def is_current(self, wrapped: bytes) -> bool:
        """Whether a file's key is wrapped by the first master key."""
        return wrapped.startswith(_name(self._keys[0]))


class Sealer:
    """Encrypts a file that arrives piece by piece. The last chunk is known only at the end, so one is held back."""

    def __init__(self, file_key: FileKey) -> None:
        self._cipher, self._file_key = AESGCM(file_key.key), file_key
        self._held, self._number = bytearray(), 0

    def seal(self, piece: bytes) -> bytes:
        """The chunks that are whole by now, encrypted; often none."""
        self._held += piece
        sealed = bytearray()
        while len(self._held) > CHUNK_BYTES:
            sealed += self._chunk(bytes(self._held[:CHUNK_BYTES]), is_last=False)
            del self._held[:CHUNK_BYTES]
        return bytes(sealed)

    def finish(self) -> bytes:
        """The last chunk, which is empty for an empty file."""
        return self._chunk(bytes(self._held), is_last=True)

    def _chunk(self, plain: bytes, *, is_last: bool) -> bytes:
        nonce = _nonce(self._file_key.prefix, self._number, is_last=is_last)
        self._number += 1
        return self._cipher.encrypt(nonce, plain, self._file_key.head)


@dataclass(frozen=True, slots=True)
class SealedRange:
    """Which stored bytes hold a range of the file: half-open, and the numbers of their chunks."""

    first_chunk: int
    stored_start: int
    stored_end: int


def plain_size(stored_bytes: int) -> int:
    """Bytes of the file itself, from the bytes that are stored, head included. Raises SealBrokenError."""
    body = stored_bytes - HEAD.size
    chunks = -(-body // (CHUNK_BYTES + TAG_BYTES))
    if chunks < 1 or body - chunks * TAG_BYTES < 0:
        raise SealBrokenError("The stored file has been cut short, so it cannot be opened.")
    return body - chunks * TAG_BYTES


def sealed_range(start: int, end: int, stored_bytes: int) -> SealedRange:
    """For bytes from `start` up to, not including, `end` of the file; `start` < `end` <= its size."""
    first, last = start // CHUNK_BYTES, (end - 1) // CHUNK_BYTES
    stored_start = HEAD.size + first * (CHUNK_BYTES + TAG_BYTES)
    stored_end = min(HEAD.size + (last + 1) * (CHUNK_BYTES + TAG_BYTES), stored_bytes)
    return SealedRange(first, stored_start, stored_end)


def opened(file_key: FileKey, sealed: bytes, where: SealedRange, stored_bytes: int) -> bytes:
    """The chunks of a range, decrypted and joined. Raises SealBrokenError."""
    return b"".join(_opened_chunks(file_key, sealed, where, stored_bytes))


def _opened_chunks(file_key: FileKey, sealed: bytes, where: SealedRange, stored_bytes: int) -> Iterator[bytes]:
    cipher, size = AESGCM(file_key.key), CHUNK_BYTES + TAG_BYTES
    last_number = -(-(stored_bytes - HEAD.size) // size) - 1
    for offset in range(0, len(sealed), size):
        number = where.first_chunk + offset // size
        nonce = _nonce(file_key.prefix, number, is_last=number == last_number)
        try:
            yield cipher.decrypt(nonce, sealed[offset : offset + size], file_key.head)
        except InvalidTag as error:
            raise SealBrokenError(
                "The stored file was changed or cut since it was written, so it is not used."
            ) from error


def _nonce(prefix: bytes, number: int, *, is_last: bool) -> bytes:
    if number >= MOST_CHUNKS:
        raise SealBrokenError("The file is too large to be encrypted.")
    return prefix + struct.pack(">IB", number, is_last)


def _name(master_key: bytes) -> bytes:
    """Tells master keys apart without telling anything of them."""
    return hashlib.sha256(b"listening-post master key" + master_key).digest()[:8]
