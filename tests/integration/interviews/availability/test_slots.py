"""Interviewers publish times, once and in series, and withdraw the free ones."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core import clock
from core.database import db
from interviews.availability import slots
from interviews.availability.slots import LocationMissingError, SlotBookedError, SlotTimeUnavailableError
from interviews.models import Slot, SlotKind
from tests.support import five_people, make_evidence, make_group_sessions, make_interviews

pytestmark = pytest.mark.one_database


@pytest.fixture
def ben_client(client: FlaskClient) -> FlaskClient:
    ben = make_interviews.interviewer()
    five_people.switch_to_staff(client, ben.id)
    return client


def slots_form(slug: str, **changes: Any) -> dict[str, Any]:
    first = make_interviews.next_week().date()
    values = {
        "call": slug,
        "times": "9:30, 14:00",
        "repeat": "once",
        "kind": "video link",
        "location": "https://meet.example",
    }
    return values | {"first_on": [first.day, first.month, first.year]} | changes


def test_two_times_on_a_day_are_published(ben_client: FlaskClient) -> None:
    slug = make_evidence.call().slug

    answer = ben_client.post("/staff/slots/publish", data=slots_form(slug), follow_redirects=True)

    assert "2 times published." in answer.text
    assert [clock.convert_to_zone(at, "Europe/London").hour for at in db.session.scalars(select(Slot.starts_at))] == [
        9,
        14,
    ]


def test_a_time_lasts_as_long_as_the_call_says(ben_client: FlaskClient) -> None:
    slug = make_evidence.call(interview_minutes=50).slug

    ben_client.post("/staff/slots/publish", data=slots_form(slug, times="10:00"))

    slot = db.session.scalars(select(Slot)).one()
    assert slot.ends_at - slot.starts_at == timedelta(minutes=50)


def test_a_series_is_published_week_by_week(ben_client: FlaskClient) -> None:
    last = make_interviews.next_week(days=14).date()
    data = slots_form(
        make_evidence.call().slug, times="10:00", repeat="weekly", last_on=[last.day, last.month, last.year]
    )

    ben_client.post("/staff/slots/publish", data=data)

    assert len(db.session.scalars(select(Slot)).all()) == 3


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"times": "half past nine"}, "Enter times like 9:30"),
        ({"times": "9:30, 25:00"}, "Enter times like 9:30"),
        ({"repeat": "weekly"}, "Enter the last day"),
        ({"first_on": ["31", "2", "2027"]}, "Enter a real date"),
        ({"first_on": ["1", "2", "2020"]}, "is in the past. Choose a later time"),
        ({"first_on": ["28", "3", "2027"], "times": "1:30"}, "The clocks go forward on Sunday 28 March 2027"),
        ({"first_on": ["31", "10", "2027"], "times": "1:30"}, "The clocks go back on Sunday 31 October 2027"),
        ({"first_on": ["31", "12", "9999"], "times": "23:30"}, "Enter a day between"),
        ({"first_on": ["1", "1", "1"], "times": "0:00"}, "Enter a day between"),
        ({"repeat": "weekly", "last_on": ["31", "12", "9999"]}, "within a year"),
        ({"location": ""}, "Enter the video link or the address"),
        ({"kind": "by pigeon"}, "Not a valid choice"),
        ({"call": "elsewhere"}, "Not a valid choice"),
        ({"times": "10:00, 10:15"}, "overlaps a time that you have already published"),
    ],
)
def test_what_cannot_be_published_is_explained_and_kept(
    ben_client: FlaskClient, changes: dict[str, Any], words: str
) -> None:
    slug = make_evidence.call().slug

    with clock.freeze_at(clock.now().replace(year=2026, month=11, day=20)):
        answer = ben_client.post("/staff/slots/publish", data=slots_form(slug, **changes))

    assert words in answer.text
    assert "<title>Error: " in answer.text
    assert db.session.scalars(select(Slot)).all() == []


def test_a_telephone_time_needs_no_location(ben_client: FlaskClient) -> None:
    data = slots_form(make_evidence.call().slug, kind="telephone", location="", times="10:00")

    ben_client.post("/staff/slots/publish", data=data)

    assert db.session.scalars(select(Slot.kind)).one() is SlotKind.TELEPHONE


def test_two_interviewers_may_offer_the_same_time(app: Flask) -> None:
    call, at = make_evidence.call(), make_interviews.next_week()

    for name in ("ben", "zoe"):
        make_interviews.slot(call, make_interviews.interviewer(name), at)

    assert len(slots.list_open_slots(call)) == 2


def test_a_withdrawn_time_may_be_offered_again(app: Flask) -> None:
    call, ben, at = make_evidence.call(), make_interviews.interviewer(), make_interviews.next_week()
    slots.withdraw(make_interviews.slot(call, ben, at))

    again = make_interviews.slot(call, ben, at)

    assert slots.list_open_slots(call) == [again]


def test_a_booked_time_cannot_vanish(app: Flask) -> None:
    booking = make_interviews.booking()

    with pytest.raises(SlotBookedError):
        slots.withdraw(booking.slot)

    assert booking.slot.withdrawn_at is None


def test_a_group_session_is_not_withdrawn_like_a_time(app: Flask) -> None:
    session = make_group_sessions.session()

    with pytest.raises(SlotBookedError, match="Cancel it on its own page"):
        slots.withdraw(session)

    assert session.withdrawn_at is None


def test_another_interviewer_s_time_cannot_be_withdrawn(ben_client: FlaskClient) -> None:
    slot = make_interviews.slot(make_evidence.call(), make_interviews.interviewer("zoe"))

    answer = ben_client.post(f"/staff/slots/{slot.id}/withdraw")

    assert answer.status_code == 404
    assert db.session.get_one(Slot, slot.id).withdrawn_at is None


def test_a_free_time_is_withdrawn(ben_client: FlaskClient) -> None:
    call = make_evidence.call()
    ben_client.post("/staff/slots/publish", data=slots_form(call.slug, times="10:00"))
    slot = db.session.scalars(select(Slot)).one()

    answer = ben_client.post(f"/staff/slots/{slot.id}/withdraw", follow_redirects=True)

    assert "Time withdrawn." in answer.text
    assert slots.list_open_slots(call) == []


def test_too_many_times_at_once_are_refused(app: Flask) -> None:
    starts = [make_interviews.next_week() + timedelta(hours=n) for n in range(slots.MAX_SLOTS_PER_PUBLICATION + 1)]

    with pytest.raises(SlotTimeUnavailableError, match="at most"):
        slots.publish(make_evidence.call(), make_interviews.interviewer(), starts, kind=SlotKind.TELEPHONE, location="")


def test_a_location_of_blanks_is_no_location(app: Flask) -> None:
    with pytest.raises(LocationMissingError):
        make_interviews.slot(make_evidence.call(), make_interviews.interviewer(), location="  ")
