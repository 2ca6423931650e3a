"""Booking, moving and cancelling, also by many people at the same moment."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
import requests
from flask import Flask
from sqlalchemy import func, select
from werkzeug.serving import make_server

from accounts.roles import Role
from core import clock
from core.database import db
from evidence.participants import create_own_page_url
from interviews.availability import slots
from interviews.availability.commitments import has_other_interview
from interviews.bookings import bookings
from interviews.bookings.bookings import (
    AlreadyBookedError,
    BookingNotActiveError,
    BookingStartedError,
    PhoneMissingError,
    SlotTakenError,
    VolunteerNotAcceptedError,
)
from interviews.models import Booking, BookingStatus, Slot, SlotKind, Volunteer
from interviews.volunteers import volunteers
from tests.support import make, make_evidence, make_group_sessions, make_interviews
from tests.support.races import run_at_once

CLIENTS = 30


def test_a_volunteer_books_a_free_time(app: Flask) -> None:
    booking = make_interviews.booking()

    assert booking.status is BookingStatus.BOOKED
    assert slots.list_open_slots(booking.slot.call) == []


def test_two_people_cannot_book_one_time(app: Flask) -> None:
    booking = make_interviews.booking()

    with pytest.raises(SlotTakenError, match="Someone has just booked this time"):
        bookings.book(booking.slot, make_interviews.volunteer(booking.slot.call, "Fay"))


def test_a_volunteer_has_one_booking_at_a_time(app: Flask) -> None:
    booking = make_interviews.booking()
    other = make_interviews.slot(booking.slot.call, booking.slot.interviewer)

    with pytest.raises(AlreadyBookedError, match="You can move it"):
        bookings.book(other, booking.volunteer)


def test_a_cancelled_time_can_be_booked_again(app: Flask) -> None:
    booking = make_interviews.booking()

    bookings.cancel(booking, reason="ill")

    again = bookings.book(booking.slot, make_interviews.volunteer(booking.slot.call, "Fay"))
    assert again.status is BookingStatus.BOOKED


def test_moving_frees_the_time_before_and_keeps_the_booking(app: Flask) -> None:
    booking = make_interviews.booking()
    before, later = booking.slot, make_interviews.slot(booking.slot.call, booking.slot.interviewer)

    bookings.move(booking, later)

    assert booking.slot_id == later.id
    assert slots.list_open_slots(booking.slot.call) == [before]


def test_moving_to_a_taken_time_changes_nothing(app: Flask) -> None:
    booking = make_interviews.booking()
    taken = make_interviews.slot(booking.slot.call, booking.slot.interviewer)
    bookings.book(taken, make_interviews.volunteer(booking.slot.call, "Fay"))
    before = booking.slot_id

    with pytest.raises(SlotTakenError):
        bookings.move(booking, taken)

    db.session.refresh(booking)
    assert booking.slot_id == before


def test_only_an_accepted_volunteer_books(app: Flask) -> None:
    waiting = make_interviews.volunteer(is_accepted=False)

    with pytest.raises(VolunteerNotAcceptedError):
        bookings.book(make_interviews.slot(waiting.call, make_interviews.interviewer()), waiting)


def test_a_withdrawn_time_cannot_be_booked(app: Flask) -> None:
    dev = make_interviews.volunteer()
    slot = make_interviews.slot(dev.call, make_interviews.interviewer())
    slots.withdraw(slot)

    with pytest.raises(SlotTakenError, match="no longer available"):
        bookings.book(slot, dev)


def test_a_time_of_another_call_cannot_be_booked(app: Flask) -> None:
    dev = make_interviews.volunteer()
    elsewhere = make_interviews.slot(make_evidence.call(title="Another"), make_interviews.interviewer())

    with pytest.raises(SlotTakenError):
        bookings.book(elsewhere, dev)


def test_a_past_time_cannot_be_booked(app: Flask) -> None:
    dev = make_interviews.volunteer()
    slot = make_interviews.slot(dev.call, make_interviews.interviewer())

    with clock.freeze_at(slot.starts_at), pytest.raises(SlotTakenError, match="has passed"):
        bookings.book(slot, dev)


def test_a_telephone_time_needs_a_number(app: Flask) -> None:
    fay = make_interviews.volunteer(phone="")
    slot = make_interviews.slot(fay.call, make_interviews.interviewer(), kind=SlotKind.TELEPHONE, location="")

    with pytest.raises(PhoneMissingError):
        bookings.book(slot, fay)


def test_an_interview_that_has_begun_is_neither_moved_nor_cancelled(app: Flask) -> None:
    booking = make_interviews.booking()
    later = make_interviews.slot(booking.slot.call, booking.slot.interviewer)

    with clock.freeze_at(booking.slot.starts_at):
        with pytest.raises(BookingStartedError):
            bookings.cancel(booking)
        with pytest.raises(BookingStartedError):
            bookings.move(booking, later)


def test_cancelling_twice_is_refused_the_second_time(app: Flask) -> None:
    booking = make_interviews.booking()
    bookings.cancel(booking)

    with pytest.raises(BookingNotActiveError):
        bookings.cancel(booking)


def test_two_people_swapping_times_at_once_get_an_explanation(app: Flask) -> None:
    first = make_interviews.booking()
    second = make_interviews.booking(
        make_interviews.volunteer(first.slot.call, "Fay"),
        make_interviews.slot(first.slot.call, first.slot.interviewer),
    )
    ids = [(first.id, second.slot_id), (second.id, first.slot_id)]

    def swap(booking: object, slot: object) -> Callable[[], None]:
        return lambda: bookings.move(db.session.get_one(Booking, booking), db.session.get_one(Slot, slot))

    outcomes = run_at_once(app, [swap(booking, slot) for booking, slot in ids])

    assert outcomes["SlotTakenError"] >= 1
    assert sum(outcomes[name] for name in ("done", "SlotTakenError")) == 2


def test_a_time_is_either_booked_or_withdrawn_never_both(app: Flask) -> None:
    dev = make_interviews.volunteer()
    slot = make_interviews.slot(dev.call, make_interviews.interviewer())
    slot_id, dev_id = slot.id, dev.id

    outcomes = run_at_once(
        app,
        [
            lambda: slots.withdraw(db.session.get_one(Slot, slot_id)),
            lambda: _book(slot_id, dev_id),
        ],
    )

    assert outcomes["done"] == 1
    assert (db.session.get_one(Slot, slot_id).withdrawn_at is None) == (_count_booked() == 1)


def test_who_books_while_being_declined_is_not_booked(app: Flask) -> None:
    dev = make_interviews.volunteer()
    slot_id, dev_id = make_interviews.slot(dev.call, make_interviews.interviewer()).id, dev.id
    is_declined = threading.Event()

    def decline() -> None:
        volunteers.decline(db.session.get_one(Volunteer, dev_id))
        is_declined.set()
        time.sleep(0.5)  # the form to book arrives before this is committed

    def book() -> None:
        is_declined.wait()
        _book(slot_id, dev_id)

    outcomes = run_at_once(app, [decline, book])

    assert outcomes == Counter(done=1, VolunteerNotAcceptedError=1)


def test_staff_cannot_book_over_a_session_that_nobody_has_joined_yet(app: Flask) -> None:
    session = make_group_sessions.session()
    dev = make_interviews.volunteer(session.call)
    slot = Slot(
        call_id=session.call_id,
        interviewer_id=session.interviewer_id,
        starts_at=session.starts_at + timedelta(minutes=15),
        ends_at=session.ends_at,
        kind=SlotKind.VIDEO,
        location="https://meet.example/room-2",
        created_at=clock.now(),
    )
    db.session.add(slot)
    db.session.flush()

    assert has_other_interview(slot)
    with pytest.raises(SlotTakenError):
        bookings.book(slot, dev, booked_by=make.staff("amira", Role.COORDINATOR).id)


def test_a_time_of_an_interviewer_who_has_left_is_not_offered(app: Flask) -> None:
    dev = make_interviews.volunteer()
    slot = make_interviews.slot(dev.call, make_interviews.interviewer())

    slot.interviewer.is_active = False

    assert slots.list_open_slots(dev.call) == []
    with pytest.raises(SlotTakenError):
        bookings.book(slot, dev)


def test_one_volunteer_who_sends_two_forms_gets_one_booking(app: Flask) -> None:
    dev = make_interviews.volunteer()
    ben = make_interviews.interviewer()
    ids = [make_interviews.slot(dev.call, ben).id for _ in range(2)]
    dev_id = dev.id

    outcomes = run_at_once(app, [lambda slot_id=slot_id: _book(slot_id, dev_id) for slot_id in ids])  # type: ignore[misc]

    assert outcomes == Counter(done=1, AlreadyBookedError=1)


def test_thirty_people_at_once_over_http_fill_ten_times(app: Flask) -> None:
    call = make_evidence.call()
    ben = make_interviews.interviewer()
    offered = [make_interviews.slot(call, ben, make_interviews.next_week(8 + n)) for n in range(10)]
    people = [make_interviews.volunteer(call, f"Person{n}", email=f"p{n}@home.example") for n in range(CLIENTS)]
    attempts = [
        (str(create_own_page_url(p.participant, call)), str(p.id), str(offered[n % 10].id))
        for n, p in enumerate(people)
    ]
    db.session.commit()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    answers: list[requests.Response] = []
    gate = threading.Barrier(CLIENTS)

    def book(link: str, volunteer_id: str, slot_id: str) -> None:
        base = f"http://127.0.0.1:{server.server_port}"
        browser = requests.Session()
        browser.get(base + link.removeprefix("http://127.0.0.1:8000"), timeout=120)
        gate.wait()
        answers.append(browser.post(f"{base}/my/offers/{volunteer_id}/book", data={"slot": slot_id}, timeout=120))

    threads = [threading.Thread(target=book, args=one) for one in attempts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    server.shutdown()
    server.server_close()

    db.session.expire_all()
    assert Counter(answer.status_code for answer in answers) == Counter({200: CLIENTS})
    assert _count_booked() == 10
    refused = [answer for answer in answers if "Error: " in answer.text]
    assert len(refused) == 20
    assert all("Someone has just booked this time" in answer.text for answer in refused)


def _book(slot_id: object, volunteer_id: object) -> None:
    bookings.book(db.session.get_one(Slot, slot_id), db.session.get_one(Volunteer, volunteer_id))


def _count_booked() -> int:
    return db.session.scalar(select(func.count()).where(Booking.status == BookingStatus.BOOKED)) or 0
