"""Of free times only those are bookable that leave their interviewer what they ask for."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

import pytest
from flask import Flask

from accounts.models import StaffMember
from core import clock
from core.database import db
from evidence.models import Call
from interviews.availability import time_off, weekly_hours
from interviews.availability.limits import filter_bookable
from interviews.availability.patterns import TimeOffPeriod
from interviews.bookings import bookings
from interviews.models import Booking, Slot, SlotKind
from tests.support import make_availability, make_evidence, make_interviews
from tests.support.query_counter import count_queries

pytestmark = pytest.mark.one_database

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)  # a Wednesday
THURSDAY = datetime(2026, 11, 26, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock_at_rest() -> Iterator[None]:
    with clock.freeze_at(NOW):
        yield


@pytest.fixture
def ben(app: Flask) -> StaffMember:
    return make_interviews.interviewer()


@pytest.fixture
def call(app: Flask) -> Call:
    return make_evidence.call(interview_minutes=60)


def at(hour: int, minute: int = 0, *, days: int = 0) -> datetime:
    return THURSDAY + timedelta(days=days, hours=hour, minutes=minute)


def slot_at(call: Call, by: StaffMember, hour: int, minute: int = 0, *, days: int = 0) -> Slot:
    return make_interviews.slot(call, by, at(hour, minute, days=days))


def booked(call: Call, slot: Slot, name: str = "Dev") -> Booking:
    return make_interviews.booking(make_interviews.volunteer(call, name), slot)


def test_a_free_time_without_limits_is_bookable(call: Call, ben: StaffMember) -> None:
    make_availability.interviewer_profile(ben)
    slot = slot_at(call, ben, 10)

    assert filter_bookable([slot]) == [slot]


@pytest.mark.parametrize(("notice_hours", "is_bookable"), [(22, True), (23, False)])
def test_notice_is_counted_to_the_start(call: Call, ben: StaffMember, notice_hours: int, is_bookable: bool) -> None:
    make_availability.interviewer_profile(ben, notice_hours=notice_hours)
    slot = slot_at(call, ben, 10)  # 22 hours from now

    assert (filter_bookable([slot]) == [slot]) is is_bookable


def test_anyone_who_has_said_nothing_has_a_day_s_notice(call: Call, ben: StaffMember) -> None:
    soon, later = slot_at(call, ben, 10), slot_at(call, ben, 13)

    assert filter_bookable([soon, later]) == [later]


def test_nothing_beyond_the_horizon_is_bookable(call: Call, ben: StaffMember) -> None:
    make_availability.interviewer_profile(ben, horizon_days=3)
    near, far = slot_at(call, ben, 10), slot_at(call, ben, 10, days=3)

    assert filter_bookable([near, far]) == [near]


@pytest.mark.parametrize(("before", "after", "is_bookable"), [(0, 30, True), (15, 15, True), (15, 16, False)])
def test_pauses_of_both_interviews_are_kept(
    call: Call, ben: StaffMember, before: int, after: int, is_bookable: bool
) -> None:
    make_availability.interviewer_profile(ben)
    booked(call, slot_at(call, ben, 10))
    make_availability.interviewer_profile(ben, minutes_before=before, minutes_after=after)
    next_one = slot_at(call, ben, 11, 30)

    assert (filter_bookable([next_one]) == [next_one]) is is_bookable


def test_interviews_of_another_call_count_too(call: Call, ben: StaffMember) -> None:
    make_availability.interviewer_profile(ben)
    other = make_evidence.call(slug="other", interview_minutes=60)
    booked(other, slot_at(other, ben, 10))
    make_availability.interviewer_profile(ben, minutes_after=15)
    touching = slot_at(call, ben, 11)

    assert filter_bookable([touching]) == []


def test_no_more_than_the_most_per_day(call: Call, ben: StaffMember) -> None:
    make_availability.interviewer_profile(ben, most_per_day=1)
    booked(call, slot_at(call, ben, 10))
    same_day, next_day = slot_at(call, ben, 15), slot_at(call, ben, 15, days=1)

    assert filter_bookable([same_day, next_day]) == [next_day]


def test_days_are_those_of_the_interviewer_s_clocks(call: Call, ben: StaffMember) -> None:
    make_availability.interviewer_profile(ben, most_per_day=1, zone="Asia/Kolkata")
    booked(call, slot_at(call, ben, 17))  # 22:30 in India
    after_midnight = slot_at(call, ben, 20)

    assert filter_bookable([after_midnight]) == [after_midnight]


def test_a_cancelled_interview_is_no_hindrance(call: Call, ben: StaffMember) -> None:
    make_availability.interviewer_profile(ben, most_per_day=1)
    bookings.cancel(booked(call, slot_at(call, ben, 10)), by_staff=True)
    later = slot_at(call, ben, 15)

    assert filter_bookable([later]) == [later]


def test_a_booking_that_moves_does_not_block_itself(call: Call, ben: StaffMember) -> None:
    make_availability.interviewer_profile(ben, most_per_day=1, minutes_after=30)
    booking = booked(call, slot_at(call, ben, 10))
    near = slot_at(call, ben, 11)

    assert filter_bookable([near]) == []
    assert filter_bookable([near], except_booking_id=booking.id) == [near]


def test_busy_times_hide_what_they_touch(call: Call, ben: StaffMember) -> None:
    make_availability.interviewer_profile(ben)
    make_availability.busy_time(ben, at(10, 30), minutes=30)
    during, after = slot_at(call, ben, 10), slot_at(call, ben, 11)

    assert filter_bookable([during, after]) == [after]


def test_a_group_session_fills_its_interviewer_s_time(call: Call, ben: StaffMember) -> None:
    make_availability.interviewer_profile(ben)
    during = slot_at(call, ben, 10)
    session = Slot(
        call_id=call.id,
        interviewer_id=ben.id,
        starts_at=at(9, 30),
        ends_at=at(11, 30),
        kind=SlotKind.VIDEO,
        location=make_availability.ROOM,
        is_group=True,
        capacity=8,
        created_at=NOW,
    )
    db.session.add(session)
    db.session.flush()

    assert filter_bookable([during, session]) == [session]


def test_another_interviewer_s_days_are_their_own(call: Call, ben: StaffMember) -> None:
    zoe = make_interviews.interviewer("zoe")
    for who in (ben, zoe):
        make_availability.interviewer_profile(who, most_per_day=1)
    booked(call, slot_at(call, ben, 10))
    hers = slot_at(call, zoe, 10)

    assert filter_bookable([hers]) == [hers]


def test_time_off_hides_times_of_weekly_hours_but_not_those_published_alone(call: Call, ben: StaffMember) -> None:
    make_availability.interviewer_profile(ben)
    make_availability.weekly_pattern(ben, call, weekday=3, ends=time(10))
    weekly, alone = make_availability.list_offered_slots(ben)[0], slot_at(call, ben, 14)
    taken = booked(call, weekly)
    time_off.add_time_off(ben, TimeOffPeriod(THURSDAY.date(), THURSDAY.date()))

    bookings.cancel(taken, by_staff=True)

    assert filter_bookable([weekly, alone]) == [alone]


def test_a_time_outside_changed_hours_is_hidden_at_once(call: Call, ben: StaffMember) -> None:
    make_availability.interviewer_profile(ben)
    pattern = make_availability.weekly_pattern(ben, call, weekday=3, ends=time(10))
    slot = make_availability.list_offered_slots(ben)[0]
    taken = booked(call, slot)
    weekly_hours.change_hours(pattern, make_availability.hours(call, weekday=3, starts=time(13), ends=time(15)))

    bookings.cancel(taken, by_staff=True)

    assert filter_bookable([slot]) == []


def test_many_times_need_no_more_queries_than_one(call: Call, ben: StaffMember) -> None:
    people = [ben, *(make_interviews.interviewer(name) for name in ("zoe", "kit", "ada"))]
    for who in people:
        make_availability.weekly_pattern(who, call, weekday=3, starts=time(8), ends=time(18))
    some = [slot for who in people for slot in make_availability.list_offered_slots(who)]
    booked(call, some[-1])
    db.session.flush()

    with count_queries() as for_one:
        filter_bookable(some[1:2])
    with count_queries() as for_many:
        filter_bookable(some[1:])

    assert len(some) > 100
    assert len(for_many) == len(for_one) == 5
