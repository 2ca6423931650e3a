"""Stored bytes in an S3-compatible bucket. The account stands in the settings, what is encrypted in files.py.

S3 can neither append to an object nor move one. So a file is a multipart upload, which stands under its name at the
moment it is completed and not before: nothing is copied, and the limit of 5 GB for a copy or a single PUT is not met.
"""

import asyncio
import os
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from fsspec.asyn import sync

from core.errors import SettingsError
from core.places import StorageFullError, StorageRefusedError, StorageUnreachableError, Target
from core.settings import S3Account

PART_BYTES = 8 * 1024 * 1024  # in memory for each file that arrives; S3 takes 10,000 parts, which makes 80 GB
CONNECT_SECONDS = 5
CALL_SECONDS = 60  # for one piece with all attempts; the libraries' own limits do not cover every silence
ATTEMPTS = 3
MISSING_PACKAGES = (
    "LISTENING_POST_STORAGE_URL names S3 storage, and the packages for it are not installed."
    " Please run: .venv/bin/python -m pip install -r requirements/s3.txt"
)
FULL = {"QuotaExceeded", "QuotaExceededException", "XMinioStorageFull", "InsufficientStorage", "InsufficientCapacity"}
FULL_STATUS = 507
NO_BUCKET = "NoSuchBucket"
NEXT_UPLOADS = {"KeyMarker": "NextKeyMarker", "UploadIdMarker": "NextUploadIdMarker"}


class Bucket:
    """Files by key below one prefix. Calls are short, so a storage that does not answer holds nobody for long."""

    def __init__(self, url: str, account: S3Account) -> None:
        try:
            import s3fs
        except ImportError as error:
            raise SettingsError(MISSING_PACKAGES) from error
        self._kind, self._account = s3fs.S3FileSystem, account
        self._bucket, _, prefix = url.partition("://")[2].strip("/").partition("/")
        self._prefix = f"{prefix}/" if prefix else ""
        self._opened: tuple[int, Any] | None = None

    @contextmanager
    def writing(self, path: str) -> Iterator[Target]:
        upload = _Upload(self, path)
        try:
            yield upload
            upload.complete()
        except BaseException:
            upload.abort()
            raise

    def put(self, path: str, content: bytes) -> None:
        self.call("put_object", path, Body=content)

    def read(self, path: str, start: int | None = None, end: int | None = None) -> bytes:
        return bytes(self._wait_for(self._fs._cat_file(self._at(path), start=start, end=end)))

    def pieces(self, path: str, piece_bytes: int) -> Iterator[bytes]:
        size = self.size(path)
        for start in range(0, size, piece_bytes):
            yield self.read(path, start, min(start + piece_bytes, size))

    def size(self, path: str) -> int:
        return int(self.call("head_object", path)["ContentLength"])

    def exists(self, path: str) -> bool:
        with suppress(FileNotFoundError):
            return self.size(path) >= 0
        return False

    def remove(self, path: str) -> None:
        self.call("delete_object", path)

    def paths(self) -> list[str]:
        pages = self._listed("list_objects_v2", "Contents", {"ContinuationToken": "NextContinuationToken"})
        return [row["Key"][len(self._prefix) :] for row in pages]

    def forget_broken(self, *, older_than_seconds: float, now: float) -> int:
        """Uploads that were never completed: nobody sees them, and they take room until they are aborted."""
        old = [
            upload
            for upload in self._listed("list_multipart_uploads", "Uploads", NEXT_UPLOADS)
            if now - upload["Initiated"].timestamp() > older_than_seconds
        ]
        for upload in old:
            with suppress(FileNotFoundError):
                self.call("abort_multipart_upload", upload["Key"][len(self._prefix) :], UploadId=upload["UploadId"])
        return len(old)

    def call(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        """One of S3's own calls on one of our files."""
        return self._ask(method, Key=f"{self._prefix}{path}", **arguments)

    def _listed(self, method: str, name: str, next_page: dict[str, str]) -> Iterator[dict[str, Any]]:
        """`next_page`: which argument of the next call stands where in this one's answer."""
        after: dict[str, str] = {}
        while True:
            answer = self._ask(method, Prefix=self._prefix, **after)
            yield from answer.get(name, [])
            if not answer.get("IsTruncated"):
                return
            after = {argument: answer[told] for argument, told in next_page.items()}

    def _ask(self, method: str, **arguments: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self._wait_for(self._fs._call_s3(method, Bucket=self._bucket, **arguments))
        return answer

    def _wait_for(self, answer: Awaitable[Any]) -> Any:
        with _in_words():
            return sync(self._fs.loop, asyncio.wait_for, answer, CALL_SECONDS)

    def _at(self, path: str) -> str:
        return f"{self._bucket}/{self._prefix}{path}"

    @property
    def _fs(self) -> Any:
        """Its connections and its thread belong to one process, so a process that was forked opens its own."""
        if self._opened is None or self._opened[0] != os.getpid():
            filesystem = self._kind(**_options(self._account))
            filesystem.retries = ATTEMPTS
            self._opened = os.getpid(), filesystem
        return self._opened[1]


class _Upload:
    """A file on its way into the bucket. A small one is a single PUT."""

    def __init__(self, bucket: Bucket, path: str) -> None:
        self._bucket, self._path = bucket, path
        self._waiting = bytearray()
        self._upload_id: str | None = None
        self._parts: list[dict[str, Any]] = []

    def write(self, piece: bytes) -> None:
        self._waiting += piece
        while len(self._waiting) >= PART_BYTES:
            self._send(bytes(self._waiting[:PART_BYTES]))
            del self._waiting[:PART_BYTES]

    def settle(self) -> None:
        if self._upload_id and self._waiting:
            self._send(bytes(self._waiting))
            self._waiting.clear()

    def complete(self) -> None:
        self.settle()
        if self._upload_id is None:
            self._bucket.put(self._path, bytes(self._waiting))
        else:
            self._bucket.call(
                "complete_multipart_upload",
                self._path,
                UploadId=self._upload_id,
                MultipartUpload={"Parts": self._parts},
            )

    def abort(self) -> None:
        """A storage that does not answer now is tidied up later by forget_broken."""
        if self._upload_id is not None:
            with suppress(StorageUnreachableError, FileNotFoundError):
                self._bucket.call("abort_multipart_upload", self._path, UploadId=self._upload_id)

    def _send(self, part: bytes) -> None:
        if self._upload_id is None:
            self._upload_id = str(self._bucket.call("create_multipart_upload", self._path)["UploadId"])
        number = len(self._parts) + 1
        sent = self._bucket.call("upload_part", self._path, UploadId=self._upload_id, PartNumber=number, Body=part)
        self._parts.append({"PartNumber": number, "ETag": sent["ETag"]})


def _options(account: S3Account) -> dict[str, Any]:
    config: dict[str, Any] = {
        "connect_timeout": CONNECT_SECONDS,
        "retries": {"total_max_attempts": 1},  # s3fs itself tries again
        "request_checksum_calculation": "when_required",  # many servers that are not Amazon's do not know the new ones
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
def _in_words() -> Iterator[None]:
    """Neither these words nor the log name the account."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (OSError, BotoCoreError, ClientError) as error:
        answer = getattr(error, "response", None) or getattr(error.__cause__, "response", None) or {}
        code = answer.get("Error", {}).get("Code", "")
        if code in FULL or answer.get("ResponseMetadata", {}).get("HTTPStatusCode") == FULL_STATUS:
            raise StorageFullError from error
        if isinstance(error, FileNotFoundError) and code != NO_BUCKET:
            raise
        if isinstance(error, PermissionError) or code == NO_BUCKET:
            raise StorageRefusedError from error
        raise StorageUnreachableError from error
