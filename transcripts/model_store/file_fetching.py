"""Download or copy a file, and install it only if its checksum is right. Knows nothing about models."""

import glob
import hashlib
import shutil
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from core import clock

CONNECT_SECONDS = 20
CHUNK_BYTES = 1 << 20
PART_SUFFIX = ".part"
STALE_PART_SECONDS = 3600.0  # without a byte written
RESERVED_DISK_BYTES = 200 << 20  # what the machine needs to keep working

FetchProgress = Callable[[int, int | None], None]  # bytes received, and the total if it is known


class NotFetchedError(Exception): ...


def ignore_progress(_received: int, _total: int | None) -> None: ...


def fetch_file(address: str, target: Path, sha256: str, on_progress: FetchProgress = ignore_progress) -> None:
    """Raises NotFetchedError. An error raised by `on_progress` stops the download and leaves nothing behind.

    A user name and password in the address are sent to that server only, and never shown.
    """
    shown = remove_credentials(address)
    try:
        request = _build_request(address)
        with urllib.request.urlopen(request, timeout=CONNECT_SECONDS) as answer:  # noqa: S310 - http(s), by settings
            length = answer.headers.get("Content-Length", "")
            _write_verified(answer, target, sha256, int(length) if length.isdecimal() else None, on_progress)
    except urllib.error.HTTPError as error:
        raise NotFetchedError(f"{shown} responded with “{error.code} {error.reason}”.") from error
    except (urllib.error.URLError, HTTPException, OSError, ValueError) as error:
        raise NotFetchedError(_explain_failure(shown, error)) from error


def remove_credentials(address: str) -> str:
    parts = urlsplit(address)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _build_request(address: str) -> urllib.request.Request:
    parts = urlsplit(address)
    request = urllib.request.Request(remove_credentials(address))  # noqa: S310 - http(s), by settings
    if parts.username is not None:
        account = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        request.add_unredirected_header("Authorization", f"Basic {b64encode(account.encode()).decode()}")
    return request


def copy_file(source: Path, target: Path, sha256: str, on_progress: FetchProgress = ignore_progress) -> None:
    try:
        with source.open("rb") as file:
            _write_verified(file, target, sha256, source.stat().st_size, on_progress)
    except OSError as error:
        raise NotFetchedError(f"{source} cannot be copied to {target}: {error.strerror or error}.") from error


def _write_verified(
    source: BinaryIO, target: Path, sha256: str, length: int | None, on_progress: FetchProgress
) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    delete_stale_parts(target)
    require_disk_space(target.parent, length or 0)
    part = target.with_name(f".{target.name}-{uuid4().hex}{PART_SUFFIX}")
    try:
        with part.open("xb") as file:
            digest = _write_chunks(source, file, length, on_progress)
        if digest != sha256:
            raise NotFetchedError("The file is incomplete or damaged: its checksum is wrong. It was not kept.")
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _write_chunks(source: BinaryIO, part: BinaryIO, length: int | None, on_progress: FetchProgress) -> str:
    digest, received = hashlib.sha256(), 0
    while piece := source.read(CHUNK_BYTES):
        require_disk_space(Path(part.name).parent, len(piece))
        digest.update(piece)
        part.write(piece)
        received += len(piece)
        on_progress(received, length)
    return digest.hexdigest()


def delete_stale_parts(target: Path) -> None:
    """Left by a killed process. Another process may be downloading now, but it writes all the time."""
    for part in target.parent.glob(f".{glob.escape(target.name)}-*{PART_SUFFIX}"):
        if clock.now().timestamp() - _find_last_change(part) > STALE_PART_SECONDS:
            shutil.rmtree(part, ignore_errors=True) if part.is_dir() else part.unlink(missing_ok=True)


def _find_last_change(part: Path) -> float:
    return max(path.stat().st_mtime for path in (part, *part.rglob("*")))


def require_disk_space(folder: Path, length: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < length + RESERVED_DISK_BYTES:
        raise NotFetchedError(
            f"There is not enough disk space: {folder} has {free >> 20} MB left, and the file is {length >> 20} MB."
        )


def _explain_failure(address: str, error: Exception) -> str:
    reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or error
    return f"We could not download {address} ({reason})."
