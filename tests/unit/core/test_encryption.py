"""The format of encrypted files: it opens what it sealed, and nothing that was touched."""

import os

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from core.encryption import (
    CHUNK_BYTES,
    HEADER,
    TAG_BYTES,
    DamagedFileError,
    FileEncryptor,
    FileKey,
    MasterKeyMissingError,
    MasterKeys,
    compute_plain_size,
    decrypt_range,
    locate_stored_range,
)

STORED_CHUNK = CHUNK_BYTES + TAG_BYTES
KEYS = MasterKeys(b"k" * 32)


def sealed(content: bytes, file_key: FileKey, piece_bytes: int = 100_000) -> bytes:
    sealer = FileEncryptor(file_key)
    pieces = [sealer.encrypt(content[n : n + piece_bytes]) for n in range(0, len(content), piece_bytes)]
    return file_key.header + b"".join(pieces) + sealer.finish()


def read(stored: bytes, file_key: FileKey, start: int, end: int) -> bytes:
    where = locate_stored_range(start, end, len(stored))
    chunks = decrypt_range(file_key, stored[where.stored_start : where.stored_end], where, len(stored))
    return chunks[start - where.first_chunk * CHUNK_BYTES :][: end - start]


@given(
    size=st.integers(1, 3 * CHUNK_BYTES) | st.sampled_from([CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES]),
    piece=st.integers(1, 2 * CHUNK_BYTES).filter(lambda n: n > 1000),
    edges=st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
def test_any_range_comes_back_as_it_was(size: int, piece: int, edges: tuple[float, float]) -> None:
    content, file_key = os.urandom(size), KEYS.create_file_key()
    start, end = sorted((int(edges[0] * (size - 1)), int(edges[1] * (size - 1))))

    stored = sealed(content, file_key, piece)

    assert compute_plain_size(len(stored)) == size
    assert read(stored, file_key, start, end + 1) == content[start : end + 1]


def test_an_empty_file_is_sealed_too() -> None:
    file_key = KEYS.create_file_key()

    stored = sealed(b"", file_key)

    assert len(stored) == HEADER.size + TAG_BYTES
    assert compute_plain_size(len(stored)) == 0


def test_each_chunk_is_plain_gcm_with_the_nonce_that_the_format_names() -> None:
    content, file_key = os.urandom(CHUNK_BYTES + 5), KEYS.create_file_key()

    stored = sealed(content, file_key)

    body = stored[HEADER.size :]
    first = AESGCM(file_key.key).decrypt(file_key.nonce_prefix + b"\0\0\0\0\0", body[:STORED_CHUNK], file_key.header)
    second = AESGCM(file_key.key).decrypt(file_key.nonce_prefix + b"\0\0\0\1\1", body[STORED_CHUNK:], file_key.header)
    assert first + second == content


@pytest.mark.parametrize("position", [HEADER.size, HEADER.size + CHUNK_BYTES, HEADER.size + STORED_CHUNK + 3, -1])
def test_a_changed_byte_is_seen(position: int) -> None:
    file_key = KEYS.create_file_key()
    stored = bytearray(sealed(os.urandom(2 * CHUNK_BYTES), file_key))

    stored[position] ^= 1

    with pytest.raises(DamagedFileError):
        read(bytes(stored), file_key, 0, 2 * CHUNK_BYTES)


@pytest.mark.parametrize("missing", [1, TAG_BYTES, CHUNK_BYTES // 2, STORED_CHUNK, 2 * STORED_CHUNK])
def test_a_cut_is_seen_also_between_two_chunks(missing: int) -> None:
    file_key = KEYS.create_file_key()
    stored = sealed(os.urandom(3 * CHUNK_BYTES), file_key)[:-missing]

    with pytest.raises(DamagedFileError):
        read(stored, file_key, 0, compute_plain_size(len(stored)))


def test_chunks_in_another_order_are_seen() -> None:
    file_key = KEYS.create_file_key()
    stored = sealed(os.urandom(3 * CHUNK_BYTES), file_key)
    body = stored[HEADER.size :]
    swapped = (
        stored[: HEADER.size] + body[STORED_CHUNK : 2 * STORED_CHUNK] + body[:STORED_CHUNK] + body[2 * STORED_CHUNK :]
    )

    with pytest.raises(DamagedFileError):
        read(swapped, file_key, 0, CHUNK_BYTES)


def test_a_chunk_of_another_file_is_seen() -> None:
    one, other = KEYS.create_file_key(), KEYS.create_file_key()
    stored = sealed(os.urandom(100), other)

    with pytest.raises(DamagedFileError):
        read(one.header + stored[HEADER.size :], one, 0, 100)


def test_a_wrapped_key_opens_with_its_master_key_and_only_its_own_header() -> None:
    file_key, other = KEYS.create_file_key(), KEYS.create_file_key()
    wrapped = KEYS.wrap(file_key)

    assert KEYS.unwrap(wrapped, file_key.header) == file_key
    assert file_key.key not in wrapped
    with pytest.raises(DamagedFileError):
        KEYS.unwrap(wrapped, other.header)
    with pytest.raises(MasterKeyMissingError, match="no longer in the settings"):
        MasterKeys(b"o" * 32).unwrap(wrapped, file_key.header)


def test_an_older_master_key_still_opens_and_the_first_one_wraps_again() -> None:
    file_key = KEYS.create_file_key()
    rotated = MasterKeys(b"n" * 32, b"k" * 32)

    before = KEYS.wrap(file_key)
    after = rotated.wrap(rotated.unwrap(before, file_key.header))

    assert not rotated.is_current(before)
    assert rotated.is_current(after)
    assert MasterKeys(b"n" * 32).unwrap(after, file_key.header) == file_key


@pytest.mark.parametrize("wrapped", [b"", b"x" * 10, b"x" * 200])
def test_a_damaged_key_is_reported(wrapped: bytes) -> None:
    with pytest.raises(DamagedFileError, match="damaged"):
        KEYS.unwrap(wrapped, KEYS.create_file_key().header)
