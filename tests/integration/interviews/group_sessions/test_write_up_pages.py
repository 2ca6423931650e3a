"""Pages on which staff note who came, write a session up, and read what those who came say about it."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core import clock
from core.database import db
from interviews.group_sessions import attendance, write_ups
from interviews.models import Slot, Volunteer
from tests.support import make_group_sessions, make_interviews
from tests.support.five_people import sign_in_five, sign_in_volunteer

pytestmark = pytest.mark.one_database


@pytest.fixture
def slot(app: Flask) -> Slot:
    """A session that ben runs, in which dev has a place."""
    slot = make_group_sessions.session()
    attendance.take_seat(slot, make_interviews.volunteer(slot.call))
    return slot


@pytest.fixture
def dev(slot: Slot) -> Volunteer:
    (booking,) = attendance.list_seated_bookings(slot)
    return booking.volunteer


@pytest.fixture
def five(app: Flask, slot: Slot, dev: Volunteer) -> dict[str, FlaskClient]:
    return sign_in_five(app, dev, slot.interviewer_id)


def test_a_comment_is_to_read_until_staff_have_marked_it(
    app: Flask, five: dict[str, FlaskClient], slot: Slot, dev: Volunteer
) -> None:
    with clock.freeze_at(slot.ends_at):
        row = write_ups.save_draft(slot, "We talked.", by=slot.interviewer_id)
        comment = write_ups.add_comment(row, dev, "You forgot the garden.")
    db.session.commit()
    path = f"/staff/sessions/{slot.id}/write-up/comments/{comment.id}/read"
    heading = "New comments on session summaries"

    before = {name: heading in five[name].get("/staff/messages").text for name in ("amira", "ben")}
    refused = five["cara"].post(path).status_code
    page = five["ben"].post(path, follow_redirects=True).text

    assert before == {"amira": True, "ben": True}
    assert refused == 403
    assert "Mark as read" not in page
    assert heading not in five["amira"].get("/staff/messages").text


def test_noting_nothing_says_what_to_choose(five: dict[str, FlaskClient], slot: Slot) -> None:
    with clock.freeze_at(slot.ends_at):
        page = five["ben"].post(f"/staff/sessions/{slot.id}/who-came", follow_redirects=True).text

    assert "Select yes or no for at least one person." in page
    assert "Attendance saved." not in page


def test_nobody_reads_the_comment_of_another(app: Flask, slot: Slot, dev: Volunteer) -> None:
    (fay,) = make_group_sessions.volunteers(slot.call, "Fay")
    attendance.take_seat(slot, fay)
    with clock.freeze_at(slot.ends_at):
        attendance.record_attendance(
            slot, {one.id: True for one in attendance.list_seated_bookings(slot)}, by=slot.interviewer_id
        )
        row = write_ups.save_draft(slot, "We talked.", by=slot.interviewer_id)
        write_ups.send_to_attendees(row)
        write_ups.add_comment(row, dev, "You forgot the garden.")

        page = sign_in_volunteer(app, fay).get(f"/my/sessions/{slot.id}/write-up").text

    assert "We talked." in page
    assert "garden" not in page


def test_who_saved_behind_somebody_else_sees_both_texts(five: dict[str, FlaskClient], slot: Slot) -> None:
    path = f"/staff/sessions/{slot.id}/write-up"
    with clock.freeze_at(slot.ends_at):
        five["ben"].post(path, data={"text": "The first text.", "seen": ""})

        answer = five["amira"].post(path, data={"text": "The second text.", "seen": ""}).text

    assert "Someone else has saved" in answer
    assert "The first text." in answer
    assert "The second text." in answer
