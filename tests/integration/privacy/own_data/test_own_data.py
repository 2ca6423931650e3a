"""Somebody sees what we have of them, corrects it and gets a copy of it."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core import clock
from core.database import db
from core.encryption import MAGIC_BYTES
from core.file_storage import current_storage
from evidence.models import Participant
from privacy import tasks
from privacy.models import CorrectionRequest, PersonalCopy
from tests.support import five_people, make, make_transcripts
from tests.support.make_privacy import WORDS, person_with_everything


@pytest.fixture
def dev(app: Flask) -> Participant:
    return person_with_everything()


@pytest.fixture
def browser(app: Flask, dev: Participant) -> FlaskClient:
    return five_people.sign_in_participant(app, dev.id)


def get_copy(browser: FlaskClient) -> zipfile.ZipFile:
    browser.post("/my/data/copy")
    make.run_jobs()
    return zipfile.ZipFile(io.BytesIO(browser.get("/my/data/copy.zip").data))


def test_the_page_shows_everything(browser: FlaskClient, dev: Participant) -> None:
    text = browser.get("/my/data").text

    for shown in (
        dev.reference,
        "dev@home.example",
        "020 7946 0123",
        "Captions",
        f"Spoken {WORDS}.",
        f"Written {WORDS}.",
        f"I {WORDS} waited.",
    ):
        assert shown in text


def test_somebody_corrects_their_details(browser: FlaskClient, dev: Participant) -> None:
    browser.post("/my/data/contact", data={"name": "Dev  Patel", "phone": "1", "postal_address": "2 High Street"})

    db.session.rollback()
    contact = dev.contact
    assert contact is not None
    assert (contact.name, contact.phone, contact.postal_address) == ("Dev Patel", "1", "2 High Street")


def test_somebody_says_what_is_wrong(app: Flask, browser: FlaskClient, dev: Participant) -> None:
    browser.post("/my/data/correction", data={"text": "It was two years."})

    row = db.session.scalars(select(CorrectionRequest)).one()
    assert (row.participant_id, row.text) == (dev.id, "It was two years.")


def test_the_copy_has_a_page_data_and_sound(browser: FlaskClient, dev: Participant) -> None:
    archive = get_copy(browser)

    assert archive.namelist() == ["what-we-have-of-you.html", "data.json", "sound/1.wav"]
    assert archive.testzip() is None
    assert archive.read("sound/1.wav") == make_transcripts.tone_wav()
    assert f"I {WORDS} waited." in archive.read("what-we-have-of-you.html").decode()
    data = json.loads(archive.read("data.json"))
    assert data["Your name, address and phone number"]["contact"][0]["email"] == "dev@home.example"
    assert any(row["text"] == f"Written {WORDS}." for row in data["Your answers and their earlier versions"]["answer"])


def test_the_copy_has_nothing_of_anybody_else(browser: FlaskClient, dev: Participant) -> None:
    elin = person_with_everything(name="Elin")

    content = get_copy(browser)

    text = "".join(content.read(name).decode() for name in content.namelist() if not name.startswith("sound"))
    assert elin.reference not in text
    assert "elin@home.example" not in text
    assert "ben@charity.example" not in text


def test_the_copy_is_encrypted_and_deleted_after_three_days(browser: FlaskClient, dev: Participant) -> None:
    get_copy(browser)
    path = db.session.scalars(select(PersonalCopy.storage_path)).one()
    stored = b"".join(current_storage().iter_stored_pieces(path))
    assert stored.startswith(MAGIC_BYTES)
    assert b"what-we-have" not in stored

    with clock.freeze_at(clock.now() + timedelta(days=3, minutes=1)):
        tasks.delete_expired_copies()

    assert not current_storage().exists(path)
    assert browser.get("/my/data/copy.zip").status_code == 404


@pytest.mark.one_database
def test_a_copy_leaves_out_a_recording_that_is_damaged(browser: FlaskClient, dev: Participant) -> None:
    for path in current_storage().list_paths():
        current_storage().delete(path)

    assert "sound/1.wav.txt" in get_copy(browser).namelist()
