"""What goes on once staff have noted that an interview happened, and what a place in a group session is not."""

import pytest
from flask import Flask

from accounts.access import Person
from accounts.roles import Role
from core.database import db
from interviews.bookings import bookings
from interviews.models import Booking, BookingStatus
from tests.support import make_evidence, make_interviews
from tests.support.five_people import get_statuses, sign_in_five, sign_in_staff
from tests.support.make_availability import make_interviewer, make_slot_at
from transcripts.recordings.ownership import may_hear


@pytest.mark.parametrize(
    ("outcome", "answer"),
    [
        (BookingStatus.BOOKED, 200),
        (BookingStatus.COMPLETED, 200),
        (BookingStatus.NO_SHOW, 404),
        (BookingStatus.CANCELLED, 404),
    ],
)
def test_a_recording_can_be_uploaded_once_the_interview_happened(
    app: Flask, outcome: BookingStatus, answer: int
) -> None:
    booking = make_interviews.booking()
    booking.status = outcome

    ben = sign_in_staff(app, booking.slot.interviewer_id)

    assert ben.get(f"/staff/bookings/{booking.id}/recording").status_code == answer


def test_nothing_is_uploaded_to_a_seat_in_a_group_session(app: Flask) -> None:
    booking = make_interviews.booking()
    booking.is_group = True

    ben = sign_in_staff(app, booking.slot.interviewer_id)

    assert ben.get(f"/staff/bookings/{booking.id}/recording").status_code == 404


def test_anyone_with_no_suitable_time_is_listed_for_coordinators(app: Flask) -> None:
    call = make_evidence.call()
    ada = make_interviewer("ada")
    make_slot_at(call, ada)
    gwen = make_interviews.volunteer(call, "Gwen", language="Welsh")
    people = sign_in_five(app, gwen, ada.id)
    db.session.flush()

    page = people["amira"].get("/staff/volunteers/unmet-needs").text

    assert gwen.participant.reference in page
    assert "An interviewer who speaks their language" in page
    assert "gwen@home.example" not in page
    assert get_statuses(people, "/staff/volunteers/unmet-needs") == {
        "amira": 200,
        "ben": 403,
        "cara": 403,
        "dev": 302,
        "eve": 403,
    }


def test_the_interviewer_of_a_session_cannot_hear_interviews_of_its_people(app: Flask) -> None:
    seat_booking = make_interviews.booking()
    seat_booking.is_group = True
    interview = bookings.book(
        make_interviews.slot(seat_booking.slot.call, make_interviews.interviewer("ada")), seat_booking.volunteer
    )
    own = seat_booking.volunteer.contribution_id
    interviewers = {name: person_of(booking) for name, booking in [("ada", interview), ("ben", seat_booking)]}

    assert {name: may_hear(own, person) for name, person in interviewers.items()} == {"ada": True, "ben": False}


def person_of(booking: Booking) -> Person:
    member = booking.slot.interviewer
    return Person(member.id, member.name, frozenset({Role.INTERVIEWER}))
