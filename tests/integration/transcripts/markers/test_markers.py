"""Taps of an interviewer: each counts once, at its own time, and only from the interview's interviewer."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from accounts.models import AuditEntry
from accounts.roles import Role
from core import clock
from core.database import db
from interviews.models import Booking
from tests.support import five_people, make, make_transcripts
from tests.support.five_people import sign_in_five
from tests.support.make_markers import list_markers, post_taps, tap_data
from transcripts.markers import live_markers
from transcripts.models import MarkerKind

pytestmark = pytest.mark.one_database


@pytest.fixture
def booking(app: Flask) -> Booking:
    return make_transcripts.booking()


@pytest.fixture
def ben(app: Flask, booking: Booking) -> FlaskClient:
    return five_people.sign_in_staff(app, booking.slot.interviewer_id)


def seconds_off(moment: datetime, other: datetime) -> float:
    return abs((moment - other).total_seconds())


def test_a_tap_that_is_sent_twice_counts_once(ben: FlaskClient, booking: Booking) -> None:
    first, second = tap_data(), tap_data(question="values")

    post_taps(ben, booking, first)
    answer = post_taps(ben, booking, first, second, second)

    assert [row.question_key for row in list_markers()] == ["capacity", "values"]
    assert [marker["question"] for marker in answer.json["markers"]] == ["capacity", "values"]
    assert answer.json["refused"] == {}
    assert db.session.scalar(select(func.count()).where(AuditEntry.action == "marker set")) == 2


def test_taps_that_come_hours_later_keep_their_moments(ben: FlaskClient, booking: Booking) -> None:
    asked_at = clock.now() - timedelta(hours=3)

    post_taps(ben, booking, tap_data(at=asked_at))

    (row,) = list_markers()
    assert seconds_off(row.tapped_at, asked_at) < 0.01
    assert seconds_off(row.received_at, clock.now()) < 60


def test_a_tap_of_a_clock_that_is_ahead_came_just_now(ben: FlaskClient, booking: Booking) -> None:
    post_taps(ben, booking, tap_data(at=clock.now() + timedelta(hours=1)))

    (row,) = list_markers()
    assert row.tapped_at == row.received_at


def test_what_is_taken_back_no_longer_counts_and_can_be_taken_back_twice(ben: FlaskClient, booking: Booking) -> None:
    tap = tap_data()

    post_taps(ben, booking, tap, {"id": tap["id"], "undo": True})
    answer = post_taps(ben, booking, tap, {"id": tap["id"], "undo": True})

    assert answer.json["markers"] == []
    assert live_markers.list_markers(booking.volunteer.contribution_id) == []
    assert [row.undone_at is None for row in list_markers()] == [False]


def test_a_refused_tap_delays_no_other(ben: FlaskClient, booking: Booking) -> None:
    unknown, empty, without = tap_data(question="<b>"), tap_data("note", note=" \x00"), tap_data("skipped", None)

    answer = post_taps(
        ben, booking, unknown, empty, without, tap_data("note", note="Tired\x00 <b>\ud800"), tap_data("began", None)
    )

    assert set(answer.json["refused"]) == {unknown["id"], empty["id"], without["id"]}
    assert {(row.kind, row.note) for row in list_markers()} == {
        (MarkerKind.NOTE, "Tired <b>\ufffd"),
        (MarkerKind.BEGAN, ""),
    }


@pytest.mark.parametrize("body", ["", "{", "[" * 100_000, '{"taps": [7]}', '{"taps": [{"id": "a"}]}'])
def test_hostile_bodies_are_refused_with_a_reason(ben: FlaskClient, booking: Booking, body: str) -> None:
    path = f"/staff/interviews/{booking.id}/markers"

    answer = ben.post(path, data=body, content_type="application/json")

    assert answer.status_code == 400
    assert answer.get_json()["error"].endswith(".")
    assert list_markers() == []


def test_a_tap_does_not_move_to_another_interview(ben: FlaskClient, booking: Booking) -> None:
    other = make_transcripts.booking(of=booking.slot.call, by=booking.slot.interviewer, name="Fay")
    tap = tap_data()
    post_taps(ben, booking, tap)

    answer = post_taps(ben, other, tap, {"id": tap["id"], "undo": True})

    assert tap["id"] in answer.json["refused"]
    assert [row.undone_at for row in list_markers()] == [None]


def test_only_the_interviewer_and_coordinators_open_the_page_and_tap(app: Flask, booking: Booking) -> None:
    people = sign_in_five(app, booking.volunteer, booking.slot.interviewer_id)
    people["another interviewer"] = five_people.sign_in_staff(app, make.staff("gil", Role.INTERVIEWER).id)
    path = f"/staff/interviews/{booking.id}"

    opened = {name: client.get(f"{path}/live").status_code for name, client in people.items()}
    listed = {name: client.get(f"{path}/markers").status_code for name, client in people.items()}
    posted = {name: post_taps(client, booking, tap_data()).status_code for name, client in people.items()}
    forms = {
        name: client.post(f"{path}/tap", data={"id": tap_data()["id"], "kind": "began"}).headers.get("Location", "")
        for name, client in people.items()
    }

    expected = {"amira": 200, "ben": 200, "cara": 403, "eve": 403, "dev": 302, "another interviewer": 403}
    assert opened == listed == posted == expected
    assert {name for name, address in forms.items() if address.endswith("#markers")} == {"amira", "ben"}
    assert len(list_markers()) == 4


def test_without_scripts_each_tap_and_each_undo_is_a_form(ben: FlaskClient, booking: Booking) -> None:
    path, tap = f"/staff/interviews/{booking.id}", tap_data()
    words = {"id": tap["id"], "kind": "asked", "question": "capacity"}

    ben.post(f"{path}/tap", data=words)
    ben.post(f"{path}/tap", data=words)
    page = ben.get(f"{path}/live").text
    ben.post(f"{path}/markers/{tap['id']}/undo")

    assert page.count("Asked at ") == 1
    assert "question 1" in page
    assert [row.undone_at is None for row in list_markers()] == [False]
