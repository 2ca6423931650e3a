"""What became of an interview: noted once it has begun, by those whose interview it is, and taken back if wrong."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core import clock
from core.database import db
from core.models import OutboxMessage
from interviews.bookings import bookings, outcomes
from interviews.bookings.outcomes import BookedSinceError, InterviewNotBegunError, OutcomeNotChangeableError
from interviews.models import Booking, BookingStatus
from tests.support import five_people, make_interviews


@pytest.fixture
def booking(app: Flask) -> Booking:
    return make_interviews.booking()


@pytest.fixture
def over(booking: Booking) -> Iterator[Booking]:
    """The same, once its time has passed."""
    with clock.freeze_at(booking.slot.ends_at):
        yield booking


@pytest.fixture
def ben(app: Flask, booking: Booking) -> FlaskClient:
    return five_people.sign_in_staff(app, booking.slot.interviewer_id)


def missed_mails() -> list[OutboxMessage]:
    query = select(OutboxMessage).where(OutboxMessage.subject == "You can choose another time for your interview")
    return list(db.session.scalars(query))


def test_it_is_kept_who_noted_an_outcome_and_when(over: Booking) -> None:
    by = over.slot.interviewer_id

    outcomes.record_outcome(over, BookingStatus.COMPLETED, by=by)

    assert (over.status, over.outcome_recorded_by, over.outcome_recorded_at) == (
        BookingStatus.COMPLETED,
        by,
        clock.now(),
    )


def test_nothing_is_noted_before_it_begins(booking: Booking) -> None:
    with pytest.raises(InterviewNotBegunError):
        outcomes.record_outcome(booking, BookingStatus.COMPLETED, by=booking.slot.interviewer_id)


def test_a_cancelled_interview_has_no_outcome(booking: Booking) -> None:
    bookings.cancel(booking)

    with pytest.raises(OutcomeNotChangeableError):
        outcomes.record_outcome(booking, BookingStatus.NO_SHOW, by=booking.slot.interviewer_id)


def test_a_wrong_outcome_is_taken_back_before_it_is_noted_again(over: Booking) -> None:
    by = over.slot.interviewer_id
    outcomes.record_outcome(over, BookingStatus.NO_SHOW, by=by)
    with pytest.raises(OutcomeNotChangeableError):
        outcomes.record_outcome(over, BookingStatus.COMPLETED, by=by)

    outcomes.undo_outcome(over)
    outcomes.record_outcome(over, BookingStatus.COMPLETED, by=by)

    assert over.status is BookingStatus.COMPLETED


def test_who_did_not_come_may_choose_another_time(over: Booking) -> None:
    outcomes.record_outcome(over, BookingStatus.NO_SHOW, by=over.slot.interviewer_id)
    later = make_interviews.slot(over.slot.call, over.slot.interviewer, make_interviews.next_week(days=9))

    again = bookings.book(later, over.volunteer)

    assert again.status is BookingStatus.BOOKED


def test_an_outcome_stays_once_another_time_is_booked(over: Booking) -> None:
    outcomes.record_outcome(over, BookingStatus.NO_SHOW, by=over.slot.interviewer_id)
    later = make_interviews.slot(over.slot.call, over.slot.interviewer, make_interviews.next_week(days=9))
    bookings.book(later, over.volunteer)

    with pytest.raises(BookedSinceError, match="has booked another time since"):
        outcomes.undo_outcome(over)

    db.session.refresh(over)
    assert over.status is BookingStatus.NO_SHOW


def test_an_offer_of_another_time_is_mailed_once_and_only_if_wished(over: Booking) -> None:
    by = over.slot.interviewer_id
    outcomes.record_outcome(over, BookingStatus.NO_SHOW, by=by)
    unasked = len(missed_mails())
    outcomes.undo_outcome(over)

    for _ in range(2):
        outcomes.record_outcome(over, BookingStatus.NO_SHOW, by=by, offers_another=True)

    (mail,) = missed_mails()
    assert unasked == 0
    assert (mail.recipient, mail.is_secret, mail.calendar) == ("dev@home.example", True, None)
    assert "You do not need to explain" in mail.text


def test_an_interview_without_an_outcome_is_asked_about(over: Booking, ben: FlaskClient) -> None:
    address = f'/staff/interviews/{over.id}/outcome"'  # as it ends a link
    pages = [ben.get(path).text for path in ("/staff", "/staff/interviews", f"/staff/interviews/{over.id}")]

    ben.post(address.rstrip('"'), data={"outcome": "happened"})

    after = [ben.get(path).text for path in ("/staff", "/staff/interviews", f"/staff/interviews/{over.id}")]
    assert [address in page for page in pages] == [True] * 3
    assert [address in page for page in after] == [False] * 3
    assert "recorded by Ben" in after[2]


def test_the_recording_of_an_interview_that_happened_can_be_uploaded(over: Booking, ben: FlaskClient) -> None:
    ben.post(f"/staff/interviews/{over.id}/outcome", data={"outcome": "happened"})

    assert ben.get(f"/staff/bookings/{over.id}/recording").status_code == 200


def test_the_page_wants_an_answer_and_keeps_what_was_chosen(over: Booking, ben: FlaskClient) -> None:
    page = ben.post(f"/staff/interviews/{over.id}/outcome", data={"offers_another": "y"}).text

    assert "Error: " in page
    assert "Choose what happened." in page
    assert "checked" in page[page.index('name="offers_another"') :][:120]


def test_the_page_takes_an_outcome_back(over: Booking, ben: FlaskClient) -> None:
    ben.post(f"/staff/interviews/{over.id}/outcome", data={"outcome": "no-show"})

    page = ben.post(f"/staff/interviews/{over.id}/outcome/undo", follow_redirects=True).text

    db.session.refresh(over)
    assert "Outcome removed." in page
    assert over.status is BookingStatus.BOOKED


def test_before_it_begins_the_page_sends_back(booking: Booking, ben: FlaskClient) -> None:
    page = ben.get(f"/staff/interviews/{booking.id}/outcome", follow_redirects=True).text

    assert "has not started" in page
