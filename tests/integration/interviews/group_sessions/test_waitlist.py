"""The waiting list of a group session: in order of arrival, offered with an end, passed on, closed."""

import re
import threading
from collections import Counter
from datetime import timedelta
from time import sleep

import pytest
from flask import Flask
from sqlalchemy import select

from core import clock
from core.database import db
from core.locks import lock_row
from core.models import OutboxMessage
from interviews.bookings import bookings
from interviews.group_sessions import attendance, seats, sessions, tasks, waitlist, waitlist_queries
from interviews.group_sessions.attendance import SessionFullError
from interviews.group_sessions.own_sessions import OwnSessionState, get_own_session
from interviews.group_sessions.waitlist import (
    AlreadyOnWaitlistError,
    NotOnWaitlistError,
    SeatAvailableError,
    WaitlistClosedError,
)
from interviews.models import Booking, BookingStatus, Slot, Volunteer, WaitlistEntry, WaitlistState
from interviews.volunteers import volunteers
from tests.support import make_group_sessions, make_interviews
from tests.support.races import run_at_once

WAITING, OFFERED, TAKEN = WaitlistState.WAITING, WaitlistState.OFFERED, WaitlistState.ACCEPTED
LAPSED, LEFT, CLOSED = WaitlistState.LAPSED, WaitlistState.LEFT, WaitlistState.CLOSED


def states(rows: list[WaitlistEntry]) -> list[WaitlistState]:
    for row in rows:
        db.session.refresh(row)
    return [row.state for row in rows]


def sweep() -> None:
    db.session.commit()
    tasks.offer_free_seats()


def test_people_wait_in_the_order_in_which_they_came(app: Flask) -> None:
    _, _, rows = make_group_sessions.full_session("Gus", "Hal", "Ida")

    assert [row.number for row in rows] == [1, 2, 3]
    assert [waitlist_queries.get_position(row) for row in rows] == [1, 2, 3]


def test_nobody_waits_while_a_seat_is_free(app: Flask) -> None:
    slot = make_group_sessions.session()

    with pytest.raises(SeatAvailableError):
        waitlist.join_waitlist(slot, make_interviews.volunteer(slot.call))


def test_nobody_is_on_the_list_twice(app: Flask) -> None:
    slot, taken, rows = make_group_sessions.full_session("Gus")

    with pytest.raises(AlreadyOnWaitlistError):
        waitlist.join_waitlist(slot, rows[0].volunteer)
    with pytest.raises(seats.AlreadySeatedError):
        waitlist.join_waitlist(slot, taken[0].volunteer)


def test_a_freed_seat_is_kept_for_the_first_at_once(app: Flask) -> None:
    _, taken, rows = make_group_sessions.full_session("Gus", "Hal")

    attendance.cancel_seat(taken[0])

    assert states(rows) == [OFFERED, WAITING]
    kept = rows[0].booking
    assert kept is not None
    assert (kept.status, kept.seat) == (BookingStatus.OFFERED, 1)
    assert waitlist_queries.get_position(rows[1]) == 1


def test_a_newcomer_never_gets_the_seat_of_who_waits(app: Flask) -> None:
    slot, taken, _ = make_group_sessions.full_session("Gus")
    (newcomer,) = make_group_sessions.volunteers(slot.call, "New")

    attendance.cancel_seat(taken[0])

    with pytest.raises(SessionFullError):
        attendance.take_seat(slot, newcomer)


def test_an_offered_seat_is_taken_as_the_same_booking(app: Flask) -> None:
    slot, taken, rows = make_group_sessions.full_session("Gus")
    attendance.cancel_seat(taken[0])

    booking = attendance.take_seat(slot, rows[0].volunteer)

    assert booking.id == rows[0].booking_id
    assert (booking.status, booking.offer_expires_at, states(rows)) == (BookingStatus.BOOKED, None, [TAKEN])


def test_a_declined_seat_goes_to_the_next(app: Flask) -> None:
    slot, taken, rows = make_group_sessions.full_session("Gus", "Hal")
    attendance.cancel_seat(taken[0])

    waitlist.leave_waitlist(slot, rows[0].volunteer)

    assert states(rows) == [LEFT, OFFERED]
    with pytest.raises(NotOnWaitlistError):
        waitlist.leave_waitlist(slot, rows[0].volunteer)


def test_an_offer_that_ran_out_goes_to_the_next(app: Flask) -> None:
    slot, taken, rows = make_group_sessions.full_session("Gus", "Hal")
    attendance.cancel_seat(taken[0])

    with clock.freeze_at(clock.now() + timedelta(hours=24, minutes=1)):
        sweep()

    assert states(rows) == [LAPSED, OFFERED]
    assert get_own_session(slot, rows[0].volunteer).has_lapsed_offer


def test_an_offer_is_left_alone_until_it_runs_out(app: Flask) -> None:
    _, taken, rows = make_group_sessions.full_session("Gus", "Hal")
    attendance.cancel_seat(taken[0])

    with clock.freeze_at(clock.now() + timedelta(hours=23)):
        sweep()

    assert states(rows) == [OFFERED, WAITING]


def test_a_seat_that_nobody_else_has_yet_can_still_be_taken_after_its_time(app: Flask) -> None:
    slot, taken, rows = make_group_sessions.full_session("Gus")
    attendance.cancel_seat(taken[0])

    with clock.freeze_at(clock.now() + timedelta(hours=25)):
        assert attendance.take_seat(slot, rows[0].volunteer).status is BookingStatus.BOOKED


def test_who_let_an_offer_run_out_may_take_the_seat_if_it_is_free(app: Flask) -> None:
    slot, taken, rows = make_group_sessions.full_session("Gus")
    attendance.cancel_seat(taken[0])

    with clock.freeze_at(clock.now() + timedelta(hours=25)):
        sweep()

        assert states(rows) == [LAPSED]
        assert get_own_session(slot, rows[0].volunteer).state is OwnSessionState.FREE
        attendance.take_seat(slot, rows[0].volunteer)


def test_who_let_an_offer_run_out_waits_again_behind_the_others(app: Flask) -> None:
    slot, taken, rows = make_group_sessions.full_session("Gus", "Hal", "Ida")
    attendance.cancel_seat(taken[0])
    with clock.freeze_at(clock.now() + timedelta(hours=25)):
        sweep()

        again = waitlist.join_waitlist(slot, rows[0].volunteer)

    assert (again.number, waitlist_queries.get_position(again)) == (4, 2)


def test_more_seats_are_offered_to_as_many_as_wait(app: Flask) -> None:
    slot, _, rows = make_group_sessions.full_session("Gus", "Hal", "Ida")

    sessions.change_session(slot, make_group_sessions.session_plan(slot.starts_at, capacity=4))

    assert states(rows) == [OFFERED, OFFERED, WAITING]


def test_who_withdrew_is_passed_over(app: Flask) -> None:
    _, taken, rows = make_group_sessions.full_session("Gus", "Hal")
    volunteers.withdraw(rows[0].volunteer)

    attendance.cancel_seat(taken[0])

    assert states(rows) == [CLOSED, OFFERED]


def test_who_leaves_the_list_makes_the_others_numbers_smaller(app: Flask) -> None:
    slot, _, rows = make_group_sessions.full_session("Gus", "Hal")

    waitlist.leave_waitlist(slot, rows[0].volunteer)

    assert waitlist_queries.get_position(rows[1]) == 1


def test_shortly_before_the_session_the_list_closes_and_what_is_free_is_anybodys(app: Flask) -> None:
    slot, taken, rows = make_group_sessions.full_session("Gus")
    (newcomer,) = make_group_sessions.volunteers(slot.call, "New")

    with clock.freeze_at(slot.starts_at - timedelta(minutes=80)):
        with pytest.raises(WaitlistClosedError):
            waitlist.join_waitlist(slot, newcomer)
        sweep()
        attendance.cancel_seat(taken[0], by_staff=True)

        assert states(rows) == [CLOSED]
        assert attendance.take_seat(slot, newcomer).status is BookingStatus.BOOKED


def test_an_offer_made_in_time_remains_when_the_list_closes(app: Flask) -> None:
    slot, taken, rows = make_group_sessions.full_session("Gus", "Hal")
    with clock.freeze_at(slot.starts_at - timedelta(minutes=95)):
        attendance.cancel_seat(taken[0], by_staff=True)

    with clock.freeze_at(slot.starts_at - timedelta(minutes=80)):
        sweep()

        assert states(rows) == [OFFERED, CLOSED]
        attendance.take_seat(slot, rows[0].volunteer)


def test_closing_the_call_ends_the_lists_and_takes_offers_back(app: Flask) -> None:
    slot, taken, rows = make_group_sessions.full_session("Gus", "Hal")
    attendance.cancel_seat(taken[0])
    slot.call.closed_at = clock.now()

    waitlist.close_waitlists(slot.call)

    assert states(rows) == [CLOSED, CLOSED]
    assert len(seats.list_free_seats(slot)) == 1


def test_closing_a_site_concerns_its_people_and_passes_their_offers_on(app: Flask) -> None:
    slot, taken, rows = make_group_sessions.full_session("Gus", "Hal")
    site = slot.call.sites[0]
    rows[0].volunteer.site_id = site.id
    attendance.cancel_seat(taken[0])
    site.closed_at = clock.now()

    waitlist.close_waitlists(slot.call, site)

    assert states(rows) == [CLOSED, OFFERED]


def test_a_session_that_was_withdrawn_behind_our_back_ends_its_list(app: Flask) -> None:
    slot, _, rows = make_group_sessions.full_session("Gus")
    slot.withdrawn_at = clock.now()

    sweep()

    assert states(rows) == [CLOSED]


def test_two_sweeps_at_once_pass_a_seat_on_once(app: Flask) -> None:
    slot, taken, rows = make_group_sessions.full_session("Gus", "Hal", "Ida")
    for booking in taken:
        attendance.cancel_seat(booking)
    ids = [row.id for row in rows]
    slot_id = slot.id

    with clock.freeze_at(clock.now() + timedelta(hours=25)):
        outcomes = run_at_once(app, [tasks.offer_free_seats] * 4)

    assert outcomes == Counter(done=4)
    found = [db.session.get_one(WaitlistEntry, own) for own in ids]
    assert states(found) == [LAPSED, LAPSED, OFFERED]
    occupied = db.session.scalars(
        select(Booking.seat).where(Booking.slot_id == slot_id, Booking.status != BookingStatus.CANCELLED)
    ).all()
    assert len(occupied) == len(set(occupied)) == 1


def test_lapses_and_newcomers_at_once_never_exceed_the_seats(app: Flask) -> None:
    slot, taken, rows = make_group_sessions.full_session("Gus", "Hal", "Ida", "Jon")
    for booking in taken:
        attendance.cancel_seat(booking)
    newcomers = [who.id for who in make_group_sessions.volunteers(slot.call, "Kim", "Lea", "Max")]
    slot_id, offered = slot.id, [row.volunteer_id for row in rows[:2]]

    with clock.freeze_at(clock.now() + timedelta(hours=25)):
        outcomes = run_at_once(
            app,
            [
                tasks.offer_free_seats,
                tasks.offer_free_seats,
                *(lambda who=who: _take(slot_id, who) for who in [*offered, *newcomers]),
            ],
        )

    assert set(outcomes) <= {"done", "SessionFullError"}
    occupied = db.session.scalars(
        select(Booking.seat).where(Booking.slot_id == slot_id, Booking.status != BookingStatus.CANCELLED)
    ).all()
    assert sorted(occupied) == [1, 2]
    assert not {row.volunteer_id for row in db.session.query(Booking).filter_by(slot_id=slot_id)} & set(newcomers)


def test_who_books_an_interview_just_when_a_seat_is_offered_to_them_has_both(app: Flask) -> None:
    slot, _, (row,) = make_group_sessions.full_session("Gus")
    time = make_interviews.slot(slot.call, slot.interviewer)
    slot_id, time_id, gus_id = slot.id, time.id, row.volunteer_id
    is_locked = threading.Event()

    def book() -> None:
        gus = db.session.get_one(Volunteer, gus_id)
        lock_row(gus)
        is_locked.set()
        sleep(0.5)  # the change of the session arrives before the interviewer is locked
        bookings.book(db.session.get_one(Slot, time_id), gus)

    def add_a_place() -> None:
        is_locked.wait()
        session = db.session.get_one(Slot, slot_id)
        sessions.change_session(session, make_group_sessions.session_plan(session.starts_at, capacity=3))

    outcomes = run_at_once(app, [book, add_a_place])

    assert outcomes == Counter(done=2)
    assert states([db.session.get_one(WaitlistEntry, row.id)]) == [OFFERED]


def test_each_step_is_notified_to_the_person_concerned(app: Flask) -> None:
    slot, taken, rows = make_group_sessions.full_session("Gus", "Hal")
    attendance.cancel_seat(taken[0])
    with clock.freeze_at(clock.now() + timedelta(hours=25)):
        sweep()
        attendance.take_seat(slot, rows[1].volunteer)

    assert subjects_to("gus") == [
        "You are on the list for a group session",
        "We are keeping a place in a group session for you",
        "We no longer have your place in a group session",
    ]
    assert subjects_to("hal") == [
        "You are on the list for a group session",
        "We are keeping a place in a group session for you",
        "You have a place in a group session",
    ]


def test_the_mail_of_an_offer_says_until_when_on_the_persons_own_clocks(app: Flask) -> None:
    _, taken, rows = make_group_sessions.full_session("Gus")
    rows[0].volunteer.zone = "America/New_York"

    attendance.cancel_seat(taken[0])

    mail = db.session.scalars(select(OutboxMessage).where(OutboxMessage.subject.contains("keeping a place"))).one()
    assert "(New York time)" in mail.text
    assert "London" not in mail.text
    assert mail.send_before is not None
    assert clock.format_day_and_time(mail.send_before, "America/New_York") in mail.text
    assert len(re.findall(r"/link/\S+/sessions/", mail.text)) == 1


def subjects_to(name: str) -> list[str]:
    """Subjects of the emails about the session, in order."""
    query = select(OutboxMessage.subject).where(OutboxMessage.recipient == f"{name}@home.example")
    found = db.session.scalars(query.order_by(OutboxMessage.number)).all()
    return [subject for subject in found if "offer" not in subject and "Choose" not in subject]


def _take(slot_id: object, volunteer_id: object) -> None:
    slot = db.session.get_one(Slot, slot_id)
    attendance.take_seat(slot, db.session.get_one(Volunteer, volunteer_id))
