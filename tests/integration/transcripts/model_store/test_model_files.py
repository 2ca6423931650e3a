"""Models' files: known ones, fetched ones, broken ones."""

import hashlib
import os
import shutil
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
import whisper

from tests.support import feed_server
from tests.support.feed_server import FeedServer
from transcripts.model_store import file_fetching
from transcripts.model_store.catalogue import OPENAI_MODELS, OPENAI_SOURCE, find_model
from transcripts.model_store.file_fetching import NotFetchedError, copy_file, fetch_file
from transcripts.model_store.model_facts import MissingWeightsError
from transcripts.model_store.whisper_weights import find_weights

CONTENT = bytes(range(256)) * 20_000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(scope="module")
def server() -> Iterator[FeedServer]:
    with feed_server.run_feed_server() as started:
        started.responses["/model.pt"] = feed_server.respond_with(CONTENT)
        started.responses["/short.pt"] = feed_server.respond_with(CONTENT[:-1])
        started.responses["/gone.pt"] = feed_server.respond_with("no", 404)
        yield started


def test_the_catalogue_is_that_of_openai_whisper() -> None:
    ours = {name: model.build_url() for model in OPENAI_MODELS for name in (model.name, *model.aliases)}

    assert ours == whisper._MODELS
    assert all(model.build_url().startswith(OPENAI_SOURCE) for model in OPENAI_MODELS)


def test_english_models_are_distinguished_from_others() -> None:
    english, many = find_model("base.en"), find_model("turbo")

    assert english
    assert many
    assert (english.is_english_only, many.is_english_only, many.name) == (True, False, "large-v3-turbo")


def test_a_file_is_installed_whole_and_reports_its_progress(server: FeedServer, tmp_path: Path) -> None:
    reports: list[tuple[int, int | None]] = []
    target = tmp_path / "new" / "model.pt"

    fetch_file(server.url("/model.pt"), target, SHA256, lambda received, total: reports.append((received, total)))

    assert target.read_bytes() == CONTENT
    assert reports[-1] == (len(CONTENT), len(CONTENT))
    assert [path.name for path in target.parent.iterdir()] == ["model.pt"]


@pytest.mark.parametrize(
    ("path", "words"), [("/short.pt", "checksum is wrong"), ("/gone.pt", "404"), (":1/", "could not download")]
)
def test_what_does_not_come_whole_leaves_nothing_behind(
    server: FeedServer, tmp_path: Path, path: str, words: str
) -> None:
    address = server.url(path) if path.startswith("/") else f"http://127.0.0.1{path}"

    with pytest.raises(NotFetchedError, match=words):
        fetch_file(address, tmp_path / "model.pt", SHA256)

    assert list(tmp_path.iterdir()) == []


def test_a_worker_fetches_from_the_mirror_and_says_its_password_to_nobody_else(
    server: FeedServer, tmp_path: Path
) -> None:
    source = server.url("").replace("http://", "http://ann:s%40cret@")
    path = "/" + "/".join(whisper._MODELS["tiny.en"].split("/")[-2:])
    server.responses[path] = feed_server.respond_with("not a model")

    with pytest.raises(MissingWeightsError) as missed:
        find_weights("tiny.en", tmp_path, source)

    assert server.requested_paths[-1] == path
    assert server.request_headers[-1]["Authorization"] == f"Basic {b64encode(b'ann:s@cret').decode()}"
    assert "its checksum is wrong" in str(missed.value)
    assert server.url(path) in str(missed.value)
    assert "cret" not in str(missed.value)


def test_a_password_is_not_sent_on_to_where_a_mirror_leads(server: FeedServer, tmp_path: Path) -> None:
    server.responses["/moved.pt"] = feed_server.redirect_to(server.url("/model.pt", host="localhost"))

    fetch_file(server.url("/moved.pt").replace("http://", "http://ann:secret@"), tmp_path / "model.pt", SHA256)

    assert [("Authorization" in headers) for headers in server.request_headers[-2:]] == [True, False]


@pytest.mark.parametrize("address", ["http://ann:secret@127.0.0.1:1/x.pt", "https://ann:secret@no such host/x.pt"])
def test_a_mirror_that_cannot_be_reached_is_named_without_its_password(address: str, tmp_path: Path) -> None:
    with pytest.raises(NotFetchedError) as missed:
        fetch_file(address, tmp_path / "model.pt", SHA256)

    assert "/x.pt (" in str(missed.value)
    assert "secret" not in str(missed.value)


def test_a_damaged_file_is_replaced_by_a_whole_one(tmp_path: Path) -> None:
    source, target = tmp_path / "source.pt", tmp_path / "model.pt"
    source.write_bytes(CONTENT)
    target.write_bytes(b"half")

    copy_file(source, target, SHA256)

    assert target.read_bytes() == CONTENT


def test_a_source_that_sends_without_end_stops_while_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "zero.pt"
    source.symlink_to("/dev/zero")
    folder = tmp_path / "models"
    folder.mkdir()
    monkeypatch.setattr(file_fetching, "RESERVED_DISK_BYTES", shutil.disk_usage(folder).free - (20 << 20))

    with pytest.raises(NotFetchedError, match="not enough disk space"):
        copy_file(source, folder / "model.pt", SHA256)

    assert list(folder.iterdir()) == []


def test_what_a_killed_one_left_goes_with_the_next(tmp_path: Path) -> None:
    source, target = tmp_path / "source.pt", tmp_path / "models" / "model.pt"
    source.write_bytes(CONTENT)
    target.parent.mkdir()
    old, new = (target.with_name(f".model.pt-{name}.part") for name in ("old", "new"))
    for part in (old, new):
        part.write_bytes(b"half")
    os.utime(old, (0, 0))

    copy_file(source, target, SHA256)

    assert sorted(path.name for path in target.parent.iterdir()) == [new.name, "model.pt"]


def test_stopping_leaves_nothing_behind(server: FeedServer, tmp_path: Path) -> None:
    class StoppedError(Exception):
        pass

    def stop(_here: int, _whole: int | None) -> None:
        raise StoppedError

    with pytest.raises(StoppedError):
        fetch_file(server.url("/model.pt"), tmp_path / "model.pt", SHA256, stop)

    assert list(tmp_path.iterdir()) == []
