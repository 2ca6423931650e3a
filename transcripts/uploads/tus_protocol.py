"""The headers of tus 1.0.0 (https://tus.io/protocols/resumable-upload). Text in, values out.

Core, creation, creation-with-upload, checksum, termination and expiration.
"""

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Protocol

from core.errors import RuleError
from core.file_storage import format_size

VERSION = "1.0.0"
EXTENSIONS = ("creation", "creation-with-upload", "checksum", "termination", "expiration")
CHECKSUM_ALGORITHMS = ("sha256", "sha1")
BODY_TYPE = "application/offset+octet-stream"
MAX_NUMBER_DIGITS = 18  # no file is longer, and more would not fit the database
CHECKSUM_MISMATCH = 460


class Headers(Protocol):
    def get(self, name: str, /) -> str | None: ...


class ProtocolError(RuleError):
    """A request that breaks tus or one of our rules; `status` is the HTTP status of the response."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Checksum:
    algorithm: str
    digest: bytes

    def new_hash(self) -> "hashlib._Hash":
        return hashlib.new(self.algorithm, usedforsecurity=False)


def build_capability_headers(max_bytes: int) -> dict[str, str]:
    return {
        "Tus-Version": VERSION,
        "Tus-Extension": ",".join(EXTENSIONS),
        "Tus-Max-Size": str(max_bytes),
        "Tus-Checksum-Algorithm": ",".join(CHECKSUM_ALGORITHMS),
    }


def require_version(stated: str | None) -> None:
    if stated != VERSION:
        raise ProtocolError(412, f"This server speaks tus {VERSION}.")


def require_body_type(stated: str) -> None:
    if stated != BODY_TYPE:
        raise ProtocolError(415, f"The bytes have to be sent as {BODY_TYPE}.")


def parse_length(headers: Headers, *, max_bytes: int) -> int:
    length = _parse_number(headers, "Upload-Length")
    if length > max_bytes:
        raise ProtocolError(413, f"The file is larger than the limit of {format_size(max_bytes)}.")
    if length == 0:
        raise ProtocolError(400, "This file is empty. It may not have been copied completely: please choose it again.")
    return length


def parse_offset(headers: Headers) -> int:
    return _parse_number(headers, "Upload-Offset")


def parse_metadata(headers: Headers) -> dict[str, str]:
    pairs = [pair.split() for pair in (headers.get("Upload-Metadata") or "").split(",") if pair.strip()]
    if any(len(pair) > 2 for pair in pairs):
        raise ProtocolError(400, "Upload-Metadata cannot be read.")
    return {
        pair[0]: _decode_base64(pair[1], "Upload-Metadata").decode(errors="replace") if pair[1:] else ""
        for pair in pairs
    }


def parse_checksum(headers: Headers) -> Checksum | None:
    stated = headers.get("Upload-Checksum")
    if stated is None:
        return None
    algorithm, _, digest = stated.partition(" ")
    if algorithm not in CHECKSUM_ALGORITHMS:
        raise ProtocolError(400, f"Checksums can be {' or '.join(CHECKSUM_ALGORITHMS)}.")
    return Checksum(algorithm, _decode_base64(digest, "Upload-Checksum"))


def format_http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def _parse_number(headers: Headers, name: str) -> int:
    text = headers.get(name) or ""
    if not (text.isascii() and text.isdecimal() and len(text) <= MAX_NUMBER_DIGITS):
        raise ProtocolError(400, f"{name} has to be a whole number of bytes.")
    return int(text)


def _decode_base64(text: str, name: str) -> bytes:
    try:
        return base64.b64decode(text.strip(), validate=True)
    except ValueError as error:
        raise ProtocolError(400, f"{name} cannot be read.") from error
