"""How a stored file is encrypted: AES-256-GCM in chunks (docs/decisions/0008-encryption.md). Bytes in, bytes out.

Built like STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015): each chunk's nonce contains its number and whether it
is the last. So a file that was cut, reordered or changed cannot be opened, and any range can be read without the rest.
"""

import hashlib
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.errors import NotReadyError, RuleError

CHUNK_BYTES = 64 * 1024  # of plain text; each is stored with its tag at the end
TAG_BYTES = 16
KEY_BYTES = 32
KEY_ID_BYTES = 8
NONCE_BYTES = 12
NONCE_PREFIX_BYTES = 7  # the rest of a nonce: four bytes for the chunk's number, one for whether it is the last
MAGIC_BYTES = b"LP-SEAL1"
HEADER = struct.Struct(f">{len(MAGIC_BYTES)}sI{NONCE_PREFIX_BYTES}s")  # magic bytes, chunk size, nonce prefix
CHUNK_SIZE_BYTES = struct.pack(">I", CHUNK_BYTES)
WRAPPED_KEY = struct.Struct(f">8s{NONCE_BYTES}s{KEY_BYTES + TAG_BYTES}s")  # master key's id, nonce, wrapped file key
MAX_CHUNKS = 2**32


class DamagedFileError(RuleError): ...


class MasterKeyMissingError(RuleError, NotReadyError): ...


@dataclass(frozen=True, slots=True)
class FileKey:
    """`header` is the start of the file and is authenticated with each chunk."""

    key: bytes
    header: bytes

    @property
    def nonce_prefix(self) -> bytes:
        prefix: bytes = HEADER.unpack(self.header)[2]
        return prefix


class MasterKeys:
    """32 bytes each. The first wraps file keys, the others only unwrap them; without any, no file can be stored."""

    def __init__(self, *keys: bytes) -> None:
        self._keys = keys
        self._keys_by_id = {_derive_key_id(key): key for key in keys}

    def create_file_key(self) -> FileKey:
        return FileKey(os.urandom(KEY_BYTES), HEADER.pack(MAGIC_BYTES, CHUNK_BYTES, os.urandom(NONCE_PREFIX_BYTES)))

    def wrap(self, file_key: FileKey) -> bytes:
        if not self._keys:
            raise MasterKeyMissingError(
                "There is no key to encrypt files with: the data folder is read-only, or its storage-key is missing."
            )
        name, nonce = _derive_key_id(self._keys[0]), os.urandom(NONCE_BYTES)
        wrapped = AESGCM(self._keys[0]).encrypt(nonce, file_key.key, name + file_key.header)
        return WRAPPED_KEY.pack(name, nonce, wrapped)

    def unwrap(self, wrapped: bytes, header: bytes) -> FileKey:
        if len(wrapped) != WRAPPED_KEY.size or len(header) != HEADER.size or not header.startswith(MAGIC_BYTES):
            raise DamagedFileError("The stored file or its key is damaged and cannot be opened.")
        name, nonce, wrapped_key = WRAPPED_KEY.unpack(wrapped)
        if name not in self._keys_by_id:
            raise MasterKeyMissingError(
                "This file was encrypted with a key that is no longer in the settings. Ask the operator to add it."
            )
        try:
            return FileKey(AESGCM(self._keys_by_id[name]).decrypt(nonce, wrapped_key, name + header), header)
        except InvalidTag as error:
            raise DamagedFileError("The key of the stored file is damaged, so the file cannot be opened.") from error

    def can_unwrap(self, wrapped: bytes) -> bool:
        return wrapped[:KEY_ID_BYTES] in self._keys_by_id

    def is_current(self, wrapped: bytes) -> bool:
        return wrapped.startswith(_derive_key_id(self._keys[0]))


class FileEncryptor:
    """Encrypts a file that arrives in pieces. Keeps one chunk back, because the last chunk is known only at the end."""

    def __init__(self, file_key: FileKey) -> None:
        self._cipher, self._file_key = AESGCM(file_key.key), file_key
        self._buffer, self._chunk_number = bytearray(), 0

    def encrypt(self, piece: bytes) -> bytes:
        self._buffer += piece
        ciphertext = bytearray()
        while len(self._buffer) > CHUNK_BYTES:
            ciphertext += self._encrypt_chunk(bytes(self._buffer[:CHUNK_BYTES]), is_last=False)
            del self._buffer[:CHUNK_BYTES]
        return bytes(ciphertext)

    def finish(self) -> bytes:
        return self._encrypt_chunk(bytes(self._buffer), is_last=True)

    def _encrypt_chunk(self, plain: bytes, *, is_last: bool) -> bytes:
        nonce = _build_nonce(self._file_key.nonce_prefix, self._chunk_number, is_last=is_last)
        self._chunk_number += 1
        return self._cipher.encrypt(nonce, plain, self._file_key.header)


@dataclass(frozen=True, slots=True)
class StoredRange:
    """The stored bytes of a range of the file (half-open), and the number of their first chunk."""

    first_chunk: int
    stored_start: int
    stored_end: int


def compute_plain_size(stored_bytes: int) -> int:
    body = stored_bytes - HEADER.size
    chunks = -(-body // (CHUNK_BYTES + TAG_BYTES))
    if chunks < 1 or body - chunks * TAG_BYTES < 0:
        raise DamagedFileError("The stored file was cut short and cannot be opened.")
    return body - chunks * TAG_BYTES


def locate_stored_range(start: int, end: int, stored_bytes: int) -> StoredRange:
    """For the bytes start..end (half-open) of the file; `start` < `end` <= its size."""
    first, last = start // CHUNK_BYTES, (end - 1) // CHUNK_BYTES
    stored_start = HEADER.size + first * (CHUNK_BYTES + TAG_BYTES)
    stored_end = min(HEADER.size + (last + 1) * (CHUNK_BYTES + TAG_BYTES), stored_bytes)
    return StoredRange(first, stored_start, stored_end)


def decrypt_range(file_key: FileKey, ciphertext: bytes, stored_range: StoredRange, stored_bytes: int) -> bytes:
    """Whole chunks, joined. Raises DamagedFileError."""
    return b"".join(_decrypt_chunks(file_key, ciphertext, stored_range, stored_bytes))


def _decrypt_chunks(
    file_key: FileKey, ciphertext: bytes, stored_range: StoredRange, stored_bytes: int
) -> Iterator[bytes]:
    cipher, size = AESGCM(file_key.key), CHUNK_BYTES + TAG_BYTES
    last_number = -(-(stored_bytes - HEADER.size) // size) - 1
    for offset in range(0, len(ciphertext), size):
        number = stored_range.first_chunk + offset // size
        nonce = _build_nonce(file_key.nonce_prefix, number, is_last=number == last_number)
        try:
            yield cipher.decrypt(nonce, ciphertext[offset : offset + size], file_key.header)
        except InvalidTag as error:
            raise DamagedFileError("The stored file was changed after it was written, so it is not used.") from error


def _build_nonce(prefix: bytes, number: int, *, is_last: bool) -> bytes:
    if number >= MAX_CHUNKS:
        raise DamagedFileError("The file is too large to be encrypted.")
    return prefix + struct.pack(">IB", number, is_last)


def _derive_key_id(master_key: bytes) -> bytes:
    return hashlib.sha256(b"listening-post master key" + master_key).digest()[:KEY_ID_BYTES]
