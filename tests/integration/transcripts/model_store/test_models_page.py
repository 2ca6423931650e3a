"""The page and the command of models: who may open it, what it says of each, fetching one."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from core import clock, jobs
from core.database import db
from core.models import Job, JobState
from core.settings import Settings
from tests.support import feed_server, make_interviews, make_transcripts
from tests.support.feed_server import FeedServer
from tests.support.five_people import get_statuses, sign_in_five
from transcripts.model_store import downloads, speeds
from transcripts.model_store.catalogue import DEMONSTRATION_MODEL, find_model
from transcripts.model_store.model_facts import DEMONSTRATION_SHA256
from transcripts.models import MeasuredSpeed

pytestmark = pytest.mark.one_database
HOUR = 3600.0
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


def test_only_coordinators_see_models_and_fetch_them(app: Flask) -> None:
    people = sign_in_five(app, make_interviews.volunteer(), make_interviews.interviewer().id)

    seen = get_statuses(people, "/staff/models")
    posted = {name: client.post("/staff/models/tiny.en/fetch").status_code for name, client in people.items()}

    assert [name for name, status in seen.items() if status == 200] == ["amira"]
    assert [name for name, status in posted.items() if status == 302 and name != "dev"] == ["amira"]
    db.session.rollback()
    assert db.session.scalars(select(Job.arguments).where(Job.name == downloads.FETCH_MODEL_JOB)).all() == [
        {"model": "tiny.en"}
    ]


@pytest.mark.parametrize("name", ["demo", "no-such", "..%2f..%2fetc%2fpasswd", "%3Cscript%3E"])
def test_what_is_no_model_cannot_be_fetched(app: Flask, name: str) -> None:
    amira = sign_in_five(app, make_interviews.volunteer(), make_interviews.interviewer().id)["amira"]

    assert amira.post(f"/staff/models/{name}/fetch").status_code == 404


def test_the_page_says_what_is_missing_and_how_long_models_take(app: Flask) -> None:
    amira = sign_in_five(app, make_interviews.volunteer(), make_interviews.interviewer().id)["amira"]
    new = amira.get("/staff/models").text
    db.session.add(_measured(0.1))
    db.session.commit()

    page = amira.get("/staff/models").text

    assert [("We do not know yet" in text, "models measure NAME" in text) for text in (new, page)] == [
        (True, True),
        (False, False),
    ]
    assert "is not installed on this machine" in page
    assert "6 minutes for an hour of sound (measured here)" in page
    assert "(a rough estimate)" in page


def test_a_mirrors_password_is_shown_nowhere(app: Flask, settings: Settings, tmp_path: Path) -> None:
    app.extensions["settings"] = _with(settings, tmp_path, "http://ann:secret@127.0.0.1:9/whisper")
    amira = sign_in_five(app, make_interviews.volunteer(), make_interviews.interviewer().id)["amira"]

    job = downloads.enqueue_fetch(downloads.get_fetchable_model("tiny.en"), app.extensions["settings"])
    db.session.commit()
    jobs.run(job.id)
    page = amira.get("/staff/models").text

    assert "http://127.0.0.1:9/whisper" in page
    assert job.state is JobState.FAILED
    assert not any("secret" in text for text in (page, job.message, repr(app.extensions["settings"])))


def test_a_speed_is_calculated_from_the_nearest_model_and_called_an_estimate() -> None:
    base, medium, demo = find_model("base.en"), find_model("medium.en"), DEMONSTRATION_MODEL
    assert base
    assert medium

    near = speeds.estimate_speed(base, {demo.sha256: 0.02, medium.sha256: 1.0})

    assert near is not None
    assert not near.is_measured
    assert near.minutes_an_hour == pytest.approx(60 * 74 / 8 * 0.02)
    assert speeds.estimate_speed(base, {}) is None


def test_what_was_really_written_down_counts_before_a_trial(app: Flask) -> None:
    db.session.add(_measured(0.5))
    row = make_transcripts.transcript(None, "One.")
    row.model_sha256, row.duration_seconds, row.seconds_taken = DEMONSTRATION_SHA256, HOUR, 180.0
    db.session.flush()

    assert speeds.load_measured_factors() == {DEMONSTRATION_SHA256: pytest.approx(0.05)}


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with feed_server.run_feed_server() as started:
        yield started


def test_a_model_that_comes_damaged_is_refused_with_a_reason_and_nothing_of_it_stays(
    app: Flask, settings: Settings, server: FeedServer, tmp_path: Path
) -> None:
    model = downloads.get_fetchable_model("tiny.en")
    server.responses[f"/{model.sha256}/tiny.en.pt"] = feed_server.respond_with(b"not a model")
    app.extensions["settings"] = _with(settings, tmp_path / "weights", server.url(""))

    job = downloads.enqueue_fetch(model, app.extensions["settings"])
    db.session.commit()
    jobs.run(job.id)

    assert (job.state, list((tmp_path / "weights").iterdir())) == (JobState.FAILED, [])
    assert "its checksum is wrong" in job.message
    amira = sign_in_five(app, make_interviews.volunteer(), make_interviews.interviewer().id)["amira"]
    assert "The download failed" in amira.get("/staff/models").text


def test_the_command_lists_loads_and_refuses(app: Flask, settings: Settings, tmp_path: Path) -> None:
    stick, folder = tmp_path / "stick", tmp_path / "weights"
    stick.mkdir()
    (stick / "mystery.pt").write_bytes(b"who knows")
    app.extensions["settings"] = _with(settings, folder, "http://127.0.0.1:9")
    run = app.test_cli_runner().invoke

    refused = run(args=["transcripts", "models", "load", str(stick)])
    taken = run(args=["transcripts", "models", "load", str(stick), "--anyway"])
    listed = run(args=["transcripts", "models", "list"])
    offline = run(args=["transcripts", "models", "download", "tiny.en"])

    assert (refused.exit_code, taken.exit_code, listed.exit_code, offline.exit_code) == (1, 0, 0, 1)
    assert "If you trust its source, add --anyway" in refused.output
    assert f"{folder / 'mystery.pt'}: installed, unknown" in listed.output
    assert "demo" in listed.output
    assert "flask transcripts models load FOLDER" in offline.output


def test_the_command_measures_a_model_and_keeps_one_row_for_it(app: Flask) -> None:
    db.session.add(MeasuredSpeed(model_sha256="0" * 64, engine="x", device="y", real_time_factor=9, measured_at=EPOCH))
    db.session.commit()
    run = app.test_cli_runner().invoke

    measured = run(args=["transcripts", "models", "measure", "samples/demo.pt", "--seconds", "15"])
    listed = run(args=["transcripts", "models", "list"])

    assert measured.exit_code == 0, measured.output
    row = db.session.scalars(select(MeasuredSpeed).where(MeasuredSpeed.model_sha256 == DEMONSTRATION_SHA256)).one()
    assert 0 < row.real_time_factor < 100
    assert (row.engine.split()[0], row.device) == ("openai-whisper", "device cpu")
    words = speeds.Speed(row.real_time_factor * 60, is_measured=True).description
    assert f"samples/demo.pt: {words}." in measured.output
    assert f"{words}; installed:" in listed.output


def test_a_model_that_is_not_here_is_not_fetched_to_be_measured(
    app: Flask, settings: Settings, server: FeedServer, tmp_path: Path
) -> None:
    app.extensions["settings"] = _with(settings, tmp_path / "weights", server.url(""))

    refused = app.test_cli_runner().invoke(args=["transcripts", "models", "measure", "tiny.en"])

    assert refused.exit_code == 1
    assert "They are not on this machine." in refused.output
    assert (server.requested_paths, db.session.scalars(select(MeasuredSpeed)).all()) == ([], [])


def _measured(factor: float) -> MeasuredSpeed:
    return MeasuredSpeed(
        model_sha256=DEMONSTRATION_SHA256,
        engine="test",
        device="cpu, 2 threads",
        real_time_factor=factor,
        measured_at=clock.now(),
    )


def _with(settings: Settings, folder: Path, url: str) -> Settings:
    return replace(settings, weights_folder=folder, weights_url=url)
