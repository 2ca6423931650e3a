"""Files in an S3-compatible bucket. Account: settings.py; encryption: file_storage.py.

S3 can neither append to an object nor move it. So a file is a multipart upload, which appears under its name only when
it is complete: nothing is copied, and the limit of 5 GB for a copy or a single PUT does not apply.
"""

import asyncio
import os
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from typing import Any

from fsspec.asyn import sync

from core.errors import SettingsError
from core.settings import S3Account
from core.storage_backends import (
    StorageFullError,
    StorageRefusedError,
    StorageUnreachableError,
    StorageWriter,
)

PART_BYTES = 8 * 1024 * 1024  # in memory for each upload; S3 allows 10,000 parts, so 80 GB
CONNECT_TIMEOUT_SECONDS = 5
CALL_TIMEOUT_SECONDS = 60  # for one call with all attempts; the libraries' own timeouts do not cover every case
MAX_ATTEMPTS = 3
MISSING_PACKAGES_MESSAGE = (
    "LISTENING_POST_STORAGE_URL names S3 storage, but its packages are not installed."
    " Run: .venv/bin/python -m pip install -r requirements/s3.txt"
)
FULL_ERROR_CODES = {
    "QuotaExceeded",
    "QuotaExceededException",
    "XMinioStorageFull",
    "InsufficientStorage",
    "InsufficientCapacity",
}
FULL_HTTP_STATUS = 507
NO_BUCKET_ERROR_CODE = "NoSuchBucket"
NEXT_UPLOADS_PAGE = {"KeyMarker": "NextKeyMarker", "UploadIdMarker": "NextUploadIdMarker"}


class S3Backend:
    def __init__(self, url: str, account: S3Account) -> None:
        try:
            import s3fs
        except ImportError as error:
            raise SettingsError(MISSING_PACKAGES_MESSAGE) from error
        self._filesystem_class, self._account = s3fs.S3FileSystem, account
        self._bucket, _, prefix = url.partition("://")[2].strip("/").partition("/")
        self._prefix = f"{prefix}/" if prefix else ""
        self._process_filesystem: tuple[int, Any] | None = None

    @contextmanager
    def open_writer(self, path: str) -> Iterator[StorageWriter]:
        upload = _MultipartUpload(self, path)
        try:
            yield upload
            upload.complete()
        except BaseException:
            upload.abort()
            raise

    def put(self, path: str, content: bytes) -> None:
        self.call_on_file("put_object", path, Body=content)

    def read(self, path: str, start: int | None = None, end: int | None = None) -> bytes:
        return bytes(self._wait_for(self._filesystem._cat_file(self._build_full_path(path), start=start, end=end)))

    def iter_pieces(self, path: str, piece_bytes: int) -> Iterator[bytes]:
        size = self.get_size(path)
        for start in range(0, size, piece_bytes):
            yield self.read(path, start, min(start + piece_bytes, size))

    def get_size(self, path: str) -> int:
        return int(self.call_on_file("head_object", path)["ContentLength"])

    def exists(self, path: str) -> bool:
        with suppress(FileNotFoundError):
            return self.get_size(path) >= 0
        return False

    def remove(self, path: str) -> None:
        self.call_on_file("delete_object", path)

    def list_paths(self, limit: int | None = None) -> list[str]:
        pages = self._list_pages("list_objects_v2", "Contents", {"ContinuationToken": "NextContinuationToken"})
        return [row["Key"][len(self._prefix) :] for row in islice(pages, limit)]

    def remove_abandoned_writes(self, *, older_than_seconds: float, now: float) -> int:
        """Uploads that were never completed are invisible and take up space until aborted."""
        old = [
            upload
            for upload in self._list_pages("list_multipart_uploads", "Uploads", NEXT_UPLOADS_PAGE)
            if now - upload["Initiated"].timestamp() > older_than_seconds
        ]
        for upload in old:
            with suppress(FileNotFoundError):
                self.call_on_file(
                    "abort_multipart_upload", upload["Key"][len(self._prefix) :], UploadId=upload["UploadId"]
                )
        return len(old)

    def call_on_file(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        return self._call_bucket(method, Key=f"{self._prefix}{path}", **arguments)

    def _list_pages(self, method: str, result_key: str, next_page: dict[str, str]) -> Iterator[dict[str, Any]]:
        """`next_page`: argument of the next call -> key in this answer."""
        page_marker: dict[str, str] = {}
        while True:
            answer = self._call_bucket(method, Prefix=self._prefix, **page_marker)
            yield from answer.get(result_key, [])
            if not answer.get("IsTruncated"):
                return
            page_marker = {argument: answer[answer_key] for argument, answer_key in next_page.items()}

    def _call_bucket(self, method: str, **arguments: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self._wait_for(self._filesystem._call_s3(method, Bucket=self._bucket, **arguments))
        return answer

    def _wait_for(self, call: Awaitable[Any]) -> Any:
        with _translate_errors():
            return sync(self._filesystem.loop, asyncio.wait_for, call, CALL_TIMEOUT_SECONDS)

    def _build_full_path(self, path: str) -> str:
        return f"{self._bucket}/{self._prefix}{path}"

    @property
    def _filesystem(self) -> Any:
        """Connections and threads belong to one process, so a forked process opens its own."""
        if self._process_filesystem is None or self._process_filesystem[0] != os.getpid():
            filesystem = self._filesystem_class(**_build_filesystem_options(self._account))
            filesystem.retries = MAX_ATTEMPTS
            self._process_filesystem = os.getpid(), filesystem
        return self._process_filesystem[1]


class _MultipartUpload:
    def __init__(self, bucket: S3Backend, path: str) -> None:
        self._bucket, self._path = bucket, path
        self._buffer = bytearray()
        self._upload_id: str | None = None
        self._parts: list[dict[str, Any]] = []

    def write(self, piece: bytes) -> None:
        self._buffer += piece
        while len(self._buffer) >= PART_BYTES:
            self._send_part(bytes(self._buffer[:PART_BYTES]))
            del self._buffer[:PART_BYTES]

    def flush(self) -> None:
        if self._upload_id and self._buffer:
            self._send_part(bytes(self._buffer))
            self._buffer.clear()

    def complete(self) -> None:
        self.flush()
        if self._upload_id is None:
            self._bucket.put(self._path, bytes(self._buffer))
        else:
            self._bucket.call_on_file(
                "complete_multipart_upload",
                self._path,
                UploadId=self._upload_id,
                MultipartUpload={"Parts": self._parts},
            )

    def abort(self) -> None:
        """If the storage does not answer now, remove_abandoned_writes cleans up later."""
        if self._upload_id is not None:
            with suppress(StorageUnreachableError, FileNotFoundError):
                self._bucket.call_on_file("abort_multipart_upload", self._path, UploadId=self._upload_id)

    def _send_part(self, part: bytes) -> None:
        if self._upload_id is None:
            self._upload_id = str(self._bucket.call_on_file("create_multipart_upload", self._path)["UploadId"])
        number = len(self._parts) + 1
        sent = self._bucket.call_on_file(
            "upload_part", self._path, UploadId=self._upload_id, PartNumber=number, Body=part
        )
        self._parts.append({"PartNumber": number, "ETag": sent["ETag"]})


def _build_filesystem_options(account: S3Account) -> dict[str, Any]:
    config: dict[str, Any] = {
        "connect_timeout": CONNECT_TIMEOUT_SECONDS,
        "retries": {"total_max_attempts": 1},  # s3fs retries
        "request_checksum_calculation": "when_required",  # many other servers lack the new checksums
        "response_checksum_validation": "when_required",
    }
    if account.endpoint:
        config["s3"] = {"addressing_style": "path"}
    return {
        "endpoint_url": account.endpoint,
        "key": account.key,
        "secret": account.secret,
        "client_kwargs": {"region_name": account.region},
        "config_kwargs": config,
        "use_listings_cache": False,  # other machines write here too
        "skip_instance_cache": True,
    }


@contextmanager
def _translate_errors() -> Iterator[None]:
    """Neither the messages nor the log name the account."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (OSError, BotoCoreError, ClientError) as error:
        answer = getattr(error, "response", None) or getattr(error.__cause__, "response", None) or {}
        code = answer.get("Error", {}).get("Code", "")
        if code in FULL_ERROR_CODES or answer.get("ResponseMetadata", {}).get("HTTPStatusCode") == FULL_HTTP_STATUS:
            raise StorageFullError from error
        if isinstance(error, FileNotFoundError) and code != NO_BUCKET_ERROR_CODE:
            raise
        if isinstance(error, PermissionError) or code == NO_BUCKET_ERROR_CODE:
            raise StorageRefusedError from error
        raise StorageUnreachableError from error
