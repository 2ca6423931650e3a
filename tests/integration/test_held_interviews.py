"""What goes on once staff have noted that an interview happened, and what a place in a group session is not."""

import pytest
from flask import Flask

from accounts.access import STAFF_KEY, Person
from accounts.roles import Role
from core.database import db
from interviews import bookings
from interviews.models import Booking, BookingStatus
from tests import make_evidence, make_interviews
from tests.five import client_with, five_people, statuses
from tests.integration.test_offers import at, interviewer
from transcripts.ownership import may_hear


@pytest.mark.parametrize(
    ("outcome", "answer"),
    [
        (BookingStatus.BOOKED, 200),
        (BookingStatus.HAPPENED, 200),
        (BookingStatus.NO_SHOW, 404),
        (BookingStatus.CANCELLED, 404),
    ],
)
def test_a_recording_can_be_uploaded_once_the_interview_happened(
    app: Flask, outcome: BookingStatus, answer: int
) -> None:
    booking = make_interviews.booking()
    booking.status = outcome

    ben = client_with(app, STAFF_KEY, str(booking.slot.interviewer_id))

    assert ben.get(f"/staff/bookings/{booking.id}/recording").status_code == answer


def test_nothing_is_uploaded_to_a_place_in_a_group_session(app: Flask) -> None:
    booking = make_interviews.booking()
    booking.is_group = True

    ben = client_with(app, STAFF_KEY, str(booking.slot.interviewer_id))

    assert ben.get(f"/staff/bookings/{booking.id}/recording").status_code == 404


def test_whoever_finds_no_time_that_suits_stands_on_a_page_for_coordinators(app: Flask) -> None:
    call = make_evidence.call()
    ada = interviewer("ada")
    at(call, ada)
    gwen = make_interviews.volunteer(call, "Gwen", language="Welsh")
    people = five_people(app, gwen, ada.id)
    db.session.flush()

    page = people["amira"].get("/staff/volunteers/unmet-needs").text

    assert gwen.participant.reference in page
    assert "An interviewer who speaks their language" in page
    assert "gwen@home.example" not in page
    assert statuses(people, "/staff/volunteers/unmet-needs") == {
        "amira": 200,
        "ben": 403,
        "cara": 403,
        "dev": 302,
        "eve": 403,
    }


def test_who_holds_a_group_session_does_not_hear_the_interviews_of_those_who_come(app: Flask) -> None:
    place = make_interviews.booking()
    place.is_group = True
    interview = bookings.book(
        make_interviews.slot(place.slot.call, make_interviews.interviewer("ada")), place.volunteer
    )
    own = place.volunteer.contribution_id
    held_by = {name: person_of(booking) for name, booking in [("ada", interview), ("ben", place)]}

    assert {name: may_hear(own, person) for name, person in held_by.items()} == {"ada": True, "ben": False}


def person_of(booking: Booking) -> Person:
    member = booking.slot.interviewer
    return Person(member.id, member.name, frozenset({Role.INTERVIEWER}))
