"""What was not understood in a file is shown in the preview, and can be put right there before anything is imported."""

import html
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from accounts.models import StaffMember
from core.database import db
from interviews.models import Booking
from tests.support import five_people, make_interviews, make_transcripts
from tests.support.import_steps import post_for_preview
from transcripts.importing.corrections import make_key
from transcripts.importing.corrections_json import MAX_CHARACTERS, corrections_from_json
from transcripts.models import Transcript

pytestmark = pytest.mark.one_database

TITLED = b"""Waiting well

Ann: What did it cost?
Bob: Three things.
Sugar: two.
Ann: Thank you.
Bobby: Not at all.
"""
PROSE = b"""We began at the clinic.

He said: wait.

The year went by.

He said: wait again.

And we did, for a year.
"""


@pytest.fixture
def ben(app: Flask) -> StaffMember:
    return make_interviews.interviewer()


@pytest.fixture
def client(app: Flask, ben: StaffMember) -> FlaskClient:
    return five_people.sign_in_staff(app, ben.id)


@pytest.fixture
def booking(ben: StaffMember) -> Booking:
    return make_transcripts.booking(by=ben)


def correct(client: FlaskClient, address: str, **answers: str) -> TestResponse:
    """What the form sends, with the corrections that the page carries."""
    return client.post(address, data={"recording": "none", "language": "en", **answers})


def find_carried(page: TestResponse) -> str:
    match = re.search(r'name="corrections"[^>]*value="([^"]*)"', page.text)
    return html.unescape(match[1]) if match else ""


def list_said() -> list[tuple[str | None, str]]:
    db.session.rollback()
    return [(s.speaker, s.text) for s in db.session.scalars(select(Transcript)).one().segments]


def count_transcripts() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Transcript)) or 0


def test_lines_left_out_and_doubtful_texts_are_shown_with_their_numbers(client: FlaskClient, booking: Booking) -> None:
    page = " ".join(client.get(post_for_preview(client, booking, TITLED)).text.split())

    assert "1 line that nobody seems to have said" in page
    assert "3 texts that may or may not be the name of a speaker" in page


def test_a_correction_shows_the_preview_again_before_anything_is_imported(
    client: FlaskClient, booking: Booking
) -> None:
    address = post_for_preview(client, booking, TITLED)

    page = correct(client, address, restored=make_key("Waiting well"))

    assert "We have updated the preview" in page.text
    assert count_transcripts() == 0


def test_a_restored_line_is_imported_as_speech(client: FlaskClient, booking: Booking) -> None:
    address = post_for_preview(client, booking, TITLED)
    carried = find_carried(correct(client, address, restored=make_key("Waiting well")))

    correct(client, address, corrections=carried)

    assert list_said()[0] == (None, "Waiting well")


def test_a_text_taken_for_speech_can_be_a_name(client: FlaskClient, booking: Booking) -> None:
    address = post_for_preview(client, booking, PROSE)
    carried = find_carried(correct(client, address, **{f"label_{make_key('He said')}": "name"}))

    correct(client, address, corrections=carried)

    assert ("A", "wait. The year went by.") in list_said()


def test_a_name_that_nobody_noticed_can_be_typed_in(client: FlaskClient, booking: Booking) -> None:
    content = b"Ann: Why?\nBob: So.\nthe one with the hat on: Me too.\nAnn: I see.\nBob: Yes.\n"
    address = post_for_preview(client, booking, content)
    carried = find_carried(correct(client, address, more_names="the one with the hat on"))

    correct(client, address, corrections=carried)

    assert ("C", "Me too.") in list_said()


def test_a_speaker_can_be_part_of_the_speech(client: FlaskClient, booking: Booking) -> None:
    content = b"Ann: Why?\nBob: So.\nPlan B: we sold it.\nPlan B: all of it.\nAnn: I see.\nBob: Yes.\n"
    address = post_for_preview(client, booking, content)
    carried = find_carried(correct(client, address, speaks_C="speech"))

    correct(client, address, corrections=carried)

    assert ("B", "So. Plan B: we sold it. Plan B: all of it.") in list_said()


def test_two_speakers_can_be_one_person(client: FlaskClient, booking: Booking) -> None:
    content = TITLED.replace(b"Sugar: two.\n", b"")
    address = post_for_preview(client, booking, content)
    page = correct(client, address, speaks_A="interviewer", speaks_C="same_as_B")

    correct(client, address, corrections=find_carried(page), speaks_A="interviewer")

    assert list_said()[-1] == ("B", "Not at all.")
    assert {speaker for speaker, _ in list_said()} == {"A", "B"}


def test_roles_chosen_before_a_correction_are_kept_on_the_page(client: FlaskClient, booking: Booking) -> None:
    address = post_for_preview(client, booking, TITLED)

    page = correct(client, address, speaks_A="interviewer", restored=make_key("Waiting well"))

    assert re.search(r'value="interviewer"\s+selected', page.text)


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"names": 3}', "[" * 100_000, '{"names": []}', "x" * (MAX_CHARACTERS + 1)]
)
def test_corrections_that_were_tampered_with_are_ignored(text: str) -> None:
    assert corrections_from_json(text) == corrections_from_json("")
