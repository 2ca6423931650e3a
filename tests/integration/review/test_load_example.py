"""The example fills an empty database once, using the same functions as the pages."""

import wave
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from accounts.models import StaffMember
from core import clock
from core.database import db
from core.models import Job, OutboxMessage
from evidence import calls
from evidence.models import Answer, Call, Contact, Contribution, ContributionState, Mode
from interviews.availability import slots
from interviews.models import Booking, Reminder, Slot
from interviews.reminders import tasks
from review.dashboard.counts import get_dashboard_counts
from review.example_data import loader
from transcripts.models import Recording

pytestmark = pytest.mark.one_database


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    path = tmp_path / "sound.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(bytes(3200))
    return path


@pytest.fixture(params=["2026-11-22", "2026-09-01", "2027-03-31", "2025-01-06", "2030-07-01"])
def some_day(request: pytest.FixtureRequest) -> Iterator[None]:
    with clock.freeze_at(datetime.fromisoformat(f"{request.param}T12:00").replace(tzinfo=UTC)):
        yield


def rows() -> dict[str, int]:
    tables = [Call, StaffMember, Contribution, Answer, Slot, Booking, Recording, OutboxMessage, Job]
    return {t.__tablename__: db.session.scalar(select(func.count()).select_from(t)) or 0 for t in tables}


def test_the_example_is_open_whatever_the_day(app: Flask, some_day: None, sound: Path) -> None:
    call = loader.load_example_call(sound)

    assert call is not None
    assert calls.is_open(call)
    assert slots.list_open_slots(call)


def test_the_example_shows_every_stage(app: Flask, sound: Path) -> None:
    loader.load_example_call(sound)

    numbers = get_dashboard_counts()

    assert (numbers.volunteers_offered, numbers.upcoming_interviews, numbers.recordings_waiting) == (1, 1, 1)
    assert (numbers.written_submitted, numbers.written_drafts) == (3, 0)


def test_the_example_leaves_no_reminder_that_was_missed(app: Flask, sound: Path) -> None:
    loader.load_example_call(sound)
    db.session.commit()

    tasks.send_due_reminders()

    assert db.session.scalars(select(Reminder)).all() == []
    assert get_dashboard_counts().interviews_without_outcome == 0


def test_loading_the_example_again_changes_nothing(app: Flask, sound: Path) -> None:
    loader.load_example_call(sound)
    db.session.commit()
    before = rows()

    again = loader.load_example_call(sound)

    assert (again, rows()) == (None, before)


def test_the_example_reaches_nobody_outside(app: Flask, sound: Path) -> None:
    loader.load_example_call(sound)

    addresses = [
        *db.session.scalars(select(Contact.email)),
        *db.session.scalars(select(StaffMember.email)),
        *db.session.scalars(select(OutboxMessage.recipient)),
    ]
    assert {address.rpartition(".")[2] for address in addresses} == {"example"}


def test_the_recorded_interview_waits_for_the_demonstration_model(app: Flask, sound: Path) -> None:
    loader.load_example_call(sound)

    recording = db.session.scalars(select(Recording)).one()

    assert recording.model == "samples/demo.pt"
    assert recording.contribution.state is ContributionState.DRAFT
    assert db.session.scalars(select(Job.name).where(Job.subject_id == recording.id)).all() == ["check recording"]


def test_every_written_answer_of_the_samples_is_there(app: Flask, sound: Path) -> None:
    loader.load_example_call(sound)

    written = (
        select(func.count()).select_from(Answer).join(Answer.contribution).where(Contribution.mode == Mode.WRITTEN)
    )
    assert db.session.scalar(written) == 30


def test_the_command_says_what_it_did(app: Flask, sound: Path) -> None:
    runner = app.test_cli_runner()

    first = runner.invoke(args=["review", "load-example", "--recording", str(sound)])
    second = runner.invoke(args=["review", "load-example", "--recording", str(sound)])

    assert ("Loaded the example call" in first.output, "is already loaded" in second.output) == (True, True)
    assert (first.exit_code, second.exit_code) == (0, 0)
