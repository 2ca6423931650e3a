"""Real disks that fill up during an upload: the one for files, the one for keys, and the one of the database."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from core.settings import Settings
from interviews.models import Booking
from tests.support import make_transcripts
from tests.support.upload_steps import (
    create_upload,
    get_offset_headers,
    get_only_recording,
    read_stored,
    run_assembly_jobs,
    send_chunk,
)


@contextmanager
def small_disk(disk: Path, options: str) -> Iterator[Path]:
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", disk], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("A disk that fills up needs the right to mount one.")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


@pytest.fixture
def database() -> str:
    return "sqlite"


def all_but_one_file(disk: Path) -> list[Path]:
    """As many files as fit on the disk, minus one."""
    made: list[Path] = []
    with suppress(OSError):
        while True:
            path = disk / f"full-{len(made)}"
            path.touch()
            made.append(path)
    made.pop().unlink()
    return made


def own_files(disk: Path) -> list[Path]:
    return [path for path in disk.rglob("*") if path.is_file() and not path.name.startswith("full-")]


class TestNoRoomForTheKey:
    @pytest.fixture
    def disk(self, tmp_path: Path) -> Iterator[Path]:
        with small_disk(tmp_path / "few-files", "size=2m,nr_inodes=40,mode=0700") as disk:
            yield disk

    @pytest.fixture
    def settings(self, settings: Settings, disk: Path) -> Settings:
        return replace(settings, storage_url=f"file://{disk}")

    def test_it_is_said_and_goes_on_when_there_is_room(self, client: FlaskClient, booking: Booking, disk: Path) -> None:
        sound = make_transcripts.tone_wav()
        upload = create_upload(client, booking, len(sound))
        send_chunk(client, upload, 0, sound[:5000])
        fillers = all_but_one_file(disk)

        answer = send_chunk(client, upload, 5000, sound[5000:])
        kept = own_files(disk)
        for path in fillers:
            path.unlink()

        assert (answer.status_code, len(kept)) == (507, 2)  # the first part and its key
        assert send_chunk(client, upload, 5000, sound[5000:]).status_code == 204
        run_assembly_jobs()
        assert read_stored(get_only_recording()) == sound


class TestNoRoomForTheDatabase:
    @pytest.fixture
    def settings(self, settings: Settings, tmp_path: Path) -> Iterator[Settings]:
        with small_disk(tmp_path / "all", "size=6m,mode=0700") as disk:
            shutil.copy(settings.data_folder / "listening-post.sqlite", disk)
            yield replace(
                settings,
                data_folder=disk,
                database_url=f"sqlite:///{disk}/listening-post.sqlite",
                storage_url=f"file://{disk}/storage",
            )

    def test_it_is_said_and_goes_on_when_there_is_room(
        self, client: FlaskClient, booking: Booking, settings: Settings
    ) -> None:
        sound = make_transcripts.tone_wav()
        upload = create_upload(client, booking, len(sound))
        send_chunk(client, upload, 0, sound[:5000])
        filler = settings.data_folder / "filler"
        with filler.open("wb", buffering=0) as target, suppress(OSError):
            while target.write(bytes(4096)):
                pass

        answer = send_chunk(client, upload, 5000, sound[5000:])
        filler.unlink()

        assert answer.status_code == 507
        assert "There is no space left" in answer.text
        assert get_offset_headers(client, upload).headers["Upload-Offset"] == "5000"
        assert send_chunk(client, upload, 5000, sound[5000:]).status_code == 204
        run_assembly_jobs()
        assert read_stored(get_only_recording()) == sound
