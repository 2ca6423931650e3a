"""Until when and how often people move and cancel alone, and what they do afterwards."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from accounts.roles import Role
from core import clock
from core.database import db
from core.models import OutboxMessage
from evidence.models import Call
from interviews.bookings import booking_policy, bookings
from interviews.bookings.booking_policy import BookingPolicyChoices
from interviews.bookings.bookings import InterviewCompletedError, SelfServiceClosedError
from interviews.inbox import messages
from interviews.inbox.messages import MAX_MESSAGES
from interviews.models import BookingPolicy, BookingStatus, MessageToStaff, Slot
from tests.support import make, make_evidence, make_interviews
from tests.support.five_people import get_statuses, sign_in_five, sign_in_staff, sign_in_volunteer

pytestmark = pytest.mark.one_database

DAY = timedelta(days=1)


def later(slot: Slot) -> Slot:
    return make_interviews.slot(slot.call, slot.interviewer)


def test_a_call_without_rules_has_the_defaults(app: Flask) -> None:
    own = booking_policy.get_booking_policy(make_evidence.call())

    assert (own.cutoff_hours, own.max_self_service_changes, own.offer_hours) == (24, 5, 24)
    assert db.session.scalars(select(BookingPolicy)).all() == []


def test_until_the_cutoff_people_cancel_alone(app: Flask) -> None:
    booking = make_interviews.booking()

    with clock.freeze_at(booking.slot.starts_at - DAY):
        bookings.cancel(booking)

    assert (booking.status, booking.is_cancelled_by_person) == (BookingStatus.CANCELLED, True)


def test_after_the_cutoff_they_do_not(app: Flask) -> None:
    booking = make_interviews.booking()
    other = later(booking.slot)

    with clock.freeze_at(booking.slot.starts_at - DAY + timedelta(seconds=1)):
        with pytest.raises(SelfServiceClosedError, match="in less than 24 hours"):
            bookings.cancel(booking)
        with pytest.raises(SelfServiceClosedError):
            bookings.move(booking, other)


def test_staff_move_and_cancel_after_the_cutoff(app: Flask) -> None:
    booking = make_interviews.booking()
    other = later(booking.slot)

    with clock.freeze_at(booking.slot.starts_at - timedelta(hours=1)):
        bookings.move(booking, other, by_staff=True)
    with clock.freeze_at(booking.slot.starts_at - timedelta(hours=1)):
        bookings.cancel(booking, by_staff=True)

    assert (booking.self_service_changes, booking.is_cancelled_by_person) == (0, False)


def test_each_call_has_a_cutoff_of_its_own(app: Flask) -> None:
    booking = make_interviews.booking()
    booking_policy.set_booking_policy(booking.slot.call, BookingPolicyChoices(cutoff_hours=0))

    with clock.freeze_at(booking.slot.starts_at - timedelta(minutes=5)):
        bookings.cancel(booking)

    assert booking.status is BookingStatus.CANCELLED


def test_moves_and_cancellations_count_together(app: Flask) -> None:
    booking = make_interviews.booking()
    booking_policy.set_booking_policy(booking.slot.call, BookingPolicyChoices(max_self_service_changes=2))
    bookings.move(booking, later(booking.slot))
    bookings.cancel(booking)

    again = bookings.book(later(booking.slot), booking.volunteer)

    with pytest.raises(SelfServiceClosedError, match="several times"):
        bookings.cancel(again)


def test_what_staff_move_does_not_count(app: Flask) -> None:
    booking = make_interviews.booking()
    booking_policy.set_booking_policy(booking.slot.call, BookingPolicyChoices(max_self_service_changes=1))
    bookings.move(booking, later(booking.slot), by_staff=True)

    bookings.cancel(booking)

    assert booking.status is BookingStatus.CANCELLED


@pytest.mark.parametrize(("outcome", "may_book"), [(BookingStatus.COMPLETED, False), (BookingStatus.NO_SHOW, True)])
def test_who_has_been_interviewed_books_no_second_alone(app: Flask, outcome: BookingStatus, may_book: bool) -> None:
    booking = make_interviews.booking()
    booking.status = outcome
    other = later(booking.slot)

    if may_book:
        assert bookings.book(other, booking.volunteer).status is BookingStatus.BOOKED
        return
    with pytest.raises(InterviewCompletedError):
        bookings.book(other, booking.volunteer)
    bookings.book(other, booking.volunteer, booked_by=booking.slot.interviewer_id)


def test_a_seat_in_a_group_session_is_no_interview(app: Flask) -> None:
    seat_booking = make_interviews.booking()
    seat_booking.is_group = True
    db.session.flush()

    booking = bookings.book(later(seat_booking.slot), seat_booking.volunteer)

    assert bookings.find_active_booking(seat_booking.volunteer) is booking


def test_after_the_cutoff_the_pages_lead_to_a_message(app: Flask) -> None:
    booking = make_interviews.booking()
    client = sign_in_volunteer(app, booking.volunteer)

    with clock.freeze_at(booking.slot.starts_at - timedelta(hours=1)):
        own_page = client.get("/my").text
        sent_on = client.post(f"/my/bookings/{booking.id}/cancel", data={"reason": "ill"})
        form = client.get(sent_on.location).text

    db.session.refresh(booking)
    assert "Move the interview" not in own_page
    assert f"/message?about={booking.id}" in own_page
    assert "Your interview starts in less than 24 hours" in form
    assert "It is too late to move or cancel the interview here" in own_page
    assert "They will reply by email or phone" in form
    assert booking.status is BookingStatus.BOOKED


def test_a_message_is_kept_and_only_announced_by_mail(app: Flask) -> None:
    booking = make_interviews.booking()
    amira = make.staff("amira", Role.COORDINATOR)
    before = len(mails())

    sign_in_volunteer(app, booking.volunteer).post(
        f"/my/offers/{booking.volunteer_id}/message?about={booking.id}", data={"text": "My bus does not run."}
    )

    kept = db.session.scalars(select(MessageToStaff)).one()
    notices = mails()[before:]
    assert (kept.text, kept.booking_id) == ("My bus does not run.", booking.id)
    assert {mail.recipient for mail in notices} == {amira.email, booking.slot.interviewer.email}
    assert not any("bus" in mail.text or "P-" in mail.text + mail.subject for mail in notices)


def test_an_empty_message_is_refused(app: Flask) -> None:
    dev = make_interviews.volunteer()

    answer = sign_in_volunteer(app, dev).post(f"/my/offers/{dev.id}/message", data={"text": " "})

    assert "Enter a message." in answer.text
    assert db.session.scalars(select(MessageToStaff)).all() == []


def test_staff_are_not_flooded_with_messages(app: Flask) -> None:
    dev = make_interviews.volunteer()
    for number in range(MAX_MESSAGES):
        messages.send_message(dev, f"Message {number}")

    answer = sign_in_volunteer(app, dev).post(f"/my/offers/{dev.id}/message", data={"text": "One more, please read."})

    assert "You have sent several messages today." in answer.text
    assert "One more, please read." in answer.text


def test_nobody_writes_about_somebody_else_s_interview(app: Flask) -> None:
    booking = make_interviews.booking()
    fay = make_interviews.volunteer(booking.slot.call, "Fay")

    answer = sign_in_volunteer(app, fay).post(f"/my/offers/{fay.id}/message?about={booking.id}", data={"text": "Hello"})

    assert answer.status_code == 404


def test_messages_are_read_by_those_whom_they_concern(app: Flask) -> None:
    booking = make_interviews.booking()
    gus = make_interviews.interviewer("gus")
    people = sign_in_five(app, booking.volunteer, booking.slot.interviewer_id)
    messages.send_message(booking.volunteer, "My bus does not run.", about=booking)
    people["gus"] = sign_in_staff(app, gus.id)

    seen = {name for name, client in people.items() if "My bus" in client.get("/staff/messages").text}

    assert seen == {"amira", "ben"}
    assert get_statuses(people, "/staff/messages") == {
        "amira": 200,
        "ben": 200,
        "gus": 200,
        "cara": 403,
        "eve": 403,
        "dev": 302,
    }


def test_a_message_leads_to_the_interview_or_the_session(app: Flask) -> None:
    interview = make_interviews.booking()
    seat_booking = make_interviews.booking(make_interviews.volunteer(interview.slot.call, "Fay"), later(interview.slot))
    seat_booking.is_group = True
    for booking in (interview, seat_booking):
        messages.send_message(booking.volunteer, "My bus does not run.", about=booking)

    page = sign_in_staff(app, interview.slot.interviewer_id).get("/staff/messages").text

    assert f"/staff/interviews/{interview.id}" in page
    assert f"/staff/sessions/{seat_booking.slot_id}" in page
    assert f"/staff/interviews/{seat_booking.id}" not in page


def test_a_message_is_marked_as_read_once(app: Flask) -> None:
    booking = make_interviews.booking()
    people = sign_in_five(app, booking.volunteer, booking.slot.interviewer_id)
    message = messages.send_message(booking.volunteer, "My bus does not run.", about=booking)
    path = f"/staff/messages/{message.id}/read"

    refused = {name: people[name].post(path).status_code for name in ("cara", "eve", "dev")}
    people["ben"].post(path)
    people["amira"].post(path)

    db.session.refresh(message)
    assert refused == {"cara": 403, "eve": 403, "dev": 302}
    assert message.read_by == booking.slot.interviewer_id


def test_an_interviewer_cannot_mark_what_is_for_others(app: Flask) -> None:
    booking = make_interviews.booking()
    gus = make_interviews.interviewer("gus")
    message = messages.send_message(booking.volunteer, "My bus does not run.", about=booking)

    assert sign_in_staff(app, gus.id).post(f"/staff/messages/{message.id}/read").status_code == 404


def test_booking_rules_are_set_by_coordinators(app: Flask) -> None:
    booking = make_interviews.booking()
    call = booking.slot.call
    people = sign_in_five(app, booking.volunteer, booking.slot.interviewer_id)
    path = f"/staff/calls/{call.slug}/booking-rules"

    people["amira"].post(path, data={"cutoff_hours": "48", "max_self_service_changes": "3", "offer_hours": "12"})

    own = booking_policy.get_booking_policy(db.session.get_one(Call, call.id))
    assert (own.cutoff_hours, own.max_self_service_changes, own.offer_hours) == (48, 3, 12)
    assert get_statuses(people, path) == {"amira": 200, "ben": 403, "cara": 403, "dev": 302, "eve": 403}


@pytest.mark.parametrize("typed", ["", "-1", "a day", "100000", "1.5"])
def test_what_is_no_rule_is_refused_and_kept(app: Flask, typed: str) -> None:
    booking = make_interviews.booking()
    amira = sign_in_five(app, booking.volunteer, booking.slot.interviewer_id)["amira"]

    answer = amira.post(
        f"/staff/calls/{booking.slot.call.slug}/booking-rules",
        data={"cutoff_hours": typed, "max_self_service_changes": "3", "offer_hours": "12"},
    )

    assert "<title>Error: " in answer.text
    assert f'value="{typed}"' in answer.text or not typed
    assert booking_policy.get_booking_policy(booking.slot.call).cutoff_hours == 24


def mails() -> list[OutboxMessage]:
    return list(db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.number)))
