"""Seats in a group session that many people take, give up or wait for at the same moment."""

from collections import Counter

from flask import Flask
from sqlalchemy import func, select

from accounts.models import StaffMember
from core.database import db
from interviews.bookings import bookings
from interviews.group_sessions import attendance, seats, sessions, waitlist
from interviews.group_sessions.attendance import SessionFullError
from interviews.models import Booking, BookingStatus, Slot, Volunteer, WaitlistEntry
from tests.support import make_evidence, make_group_sessions, make_interviews
from tests.support.races import run_at_once


def test_thirty_people_at_once_fill_eight_seats_and_the_others_wait_in_order(app: Flask) -> None:
    slot = make_group_sessions.session(capacity=8)
    everybody = [make_interviews.volunteer(slot.call, f"P{n}", email=f"p{n}@home.example").id for n in range(30)]
    slot_id = slot.id

    outcomes = run_at_once(app, [lambda who=who: _take_or_wait(slot_id, who) for who in everybody])  # type: ignore[misc]

    assert outcomes == Counter(done=30)
    occupied = db.session.scalars(select(Booking.seat).where(Booking.status == BookingStatus.BOOKED)).all()
    numbers = db.session.scalars(select(WaitlistEntry.number)).all()
    assert sorted(occupied) == list(range(1, 9))
    assert sorted(numbers) == list(range(1, 23))


def test_giving_up_and_taking_at_the_same_moment_never_passes_over_who_waits(app: Flask) -> None:
    slot, taken, (row,) = make_group_sessions.full_session("Gus")
    newcomers = [make_interviews.volunteer(slot.call, f"N{n}", email=f"n{n}@home.example").id for n in range(6)]
    slot_id, booking_ids = slot.id, [booking.id for booking in taken]

    outcomes = run_at_once(
        app,
        [
            *(lambda own=own: attendance.cancel_seat(db.session.get_one(Booking, own)) for own in booking_ids),
            *(lambda who=who: _take_or_wait(slot_id, who) for who in newcomers),
        ],
    )

    assert outcomes == Counter(done=8)
    db.session.refresh(row)
    assert row.state == "offered"
    assert len(seats.list_free_seats(db.session.get_one(Slot, slot_id))) == 0
    offered = db.session.scalar(select(func.count()).where(Booking.status == BookingStatus.OFFERED))
    occupied = db.session.scalar(select(func.count()).where(Booking.status == BookingStatus.BOOKED))
    assert (offered or 0) + (occupied or 0) == 2


def test_a_session_is_cancelled_or_joined_never_both(app: Flask) -> None:
    slot = make_group_sessions.session()
    slot_id, dev_id = slot.id, make_interviews.volunteer(slot.call).id

    run_at_once(
        app,
        [
            lambda: sessions.cancel_session(db.session.get_one(Slot, slot_id), reason="Ill"),
            lambda: _take_or_wait(slot_id, dev_id),
        ],
    )

    assert db.session.scalars(select(Booking.id).where(Booking.status != BookingStatus.CANCELLED)).all() == []


def test_one_person_who_sends_two_forms_has_one_seat(app: Flask) -> None:
    slot = make_group_sessions.session()
    slot_id, dev_id = slot.id, make_interviews.volunteer(slot.call).id

    outcomes = run_at_once(app, [lambda: _take(slot_id, dev_id)] * 2)

    assert outcomes == Counter(done=1, AlreadySeatedError=1)


def test_a_session_and_a_time_for_one_person_do_not_meet(app: Flask) -> None:
    call, ben = make_evidence.call(), make_interviews.interviewer()
    slot = make_interviews.slot(call, ben, make_interviews.next_week(15))
    dev = make_interviews.volunteer(call)
    call_id, ben_id, slot_id, dev_id = call.id, ben.id, slot.id, dev.id

    def plan() -> None:
        holder = db.session.get_one(StaffMember, ben_id)
        sessions.plan_session(db.session.get_one(type(call), call_id), holder, make_group_sessions.session_plan())

    def book() -> None:
        bookings.book(db.session.get_one(Slot, slot_id), db.session.get_one(Volunteer, dev_id))

    outcomes = run_at_once(app, [plan, book])

    assert outcomes["done"] == 1
    assert sum(outcomes.values()) == 2


def _take(slot_id: object, volunteer_id: object) -> None:
    attendance.take_seat(db.session.get_one(Slot, slot_id), db.session.get_one(Volunteer, volunteer_id))


def _take_or_wait(slot_id: object, volunteer_id: object) -> None:
    try:
        _take(slot_id, volunteer_id)
    except SessionFullError:
        waitlist.join_waitlist(db.session.get_one(Slot, slot_id), db.session.get_one(Volunteer, volunteer_id))
