"""Weekly hours become times that can be booked, and times go when no rule gives them any more."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from accounts.models import AuditEntry, StaffMember
from core import clock
from core.database import db
from interviews.availability import slots, tasks, time_off, weekly_hours
from interviews.availability.patterns import TimeOffPeriod
from interviews.availability.slot_generation import GeneratedSlots, generate_slots
from interviews.availability.slots import LocationMissingError
from interviews.availability.time_off import TimeOffError
from interviews.availability.weekly_hours import DaysOutOfOrderError, HoursOverlapError, HoursTooShortError
from interviews.bookings import bookings
from interviews.models import Slot, SlotKind, TimeOff
from tests.support import make, make_availability, make_evidence, make_interviews

pytestmark = pytest.mark.one_database

WINTER = datetime(2026, 11, 25, 12, tzinfo=UTC)  # a Wednesday, far from any clock change


@pytest.fixture(autouse=True)
def on_a_wednesday() -> Iterator[None]:
    """On a Monday, the day of the weekly hours, a horizon of seven days holds today and a week from now."""
    with clock.freeze_at(WINTER):
        yield


@pytest.fixture
def ben(app: Flask) -> StaffMember:
    ben = make_interviews.interviewer()
    make_availability.interviewer_profile(ben)
    return ben


def hours_offered(by: StaffMember) -> list[str]:
    """What London's clocks show at the start of each time."""
    return [
        f"{clock.convert_to_zone(slot.starts_at, 'Europe/London'):%H:%M}"
        for slot in make_availability.list_offered_slots(by)
    ]


def test_weekly_hours_become_times_up_to_the_horizon(ben: StaffMember) -> None:
    with clock.freeze_at(WINTER):
        make_availability.weekly_pattern(ben, make_evidence.call(interview_minutes=60))

        assert hours_offered(ben) == ["09:00", "10:00", "11:00"] * 4


def test_times_carry_what_their_hours_say(ben: StaffMember) -> None:
    call = make_evidence.call()
    where = {"kind": SlotKind.IN_PERSON, "location": "1 High Street", "room": "Room 2", "is_step_free": True}

    pattern = make_availability.weekly_pattern(ben, call, site_id=call.sites[0].id, takes_companion=False, **where)

    slot = make_availability.list_offered_slots(ben)[0]
    assert (slot.kind, slot.location, slot.room, slot.is_step_free) == tuple(where.values())
    assert (slot.pattern_id, slot.site_id, slot.takes_companion) == (pattern.id, call.sites[0].id, False)


def test_pauses_widen_the_grid(ben: StaffMember) -> None:
    make_availability.interviewer_profile(ben, minutes_before=10, minutes_after=20, horizon_days=7)

    make_availability.weekly_pattern(ben, make_evidence.call(interview_minutes=45))

    assert hours_offered(ben) == ["09:00", "10:15"]


def test_generating_slots_again_changes_nothing(ben: StaffMember) -> None:
    make_availability.weekly_pattern(ben, make_evidence.call())
    before = {slot.id for slot in make_availability.list_offered_slots(ben)}

    again = generate_slots(ben)

    assert again == GeneratedSlots(added=0, withdrawn=0)
    assert {slot.id for slot in make_availability.list_offered_slots(ben)} == before


def test_changed_hours_move_the_free_times(ben: StaffMember) -> None:
    call = make_evidence.call(interview_minutes=60)
    pattern = make_availability.weekly_pattern(ben, call)

    weekly_hours.change_hours(pattern, make_availability.hours(call, starts=time(11), ends=time(13)))

    assert set(hours_offered(ben)) == {"11:00", "12:00"}


def test_a_changed_location_reaches_free_times_alone(ben: StaffMember) -> None:
    call = make_evidence.call(interview_minutes=60)
    pattern = make_availability.weekly_pattern(ben, call)
    booked = make_availability.list_offered_slots(ben)[-1]
    make_interviews.booking(make_interviews.volunteer(call), booked)

    weekly_hours.change_hours(pattern, make_availability.hours(call, location="https://meet.example/room-2"))

    locations = {slot.id: slot.location for slot in make_availability.list_offered_slots(ben)}
    assert locations.pop(booked.id) == make_availability.ROOM
    assert set(locations.values()) == {"https://meet.example/room-2"}


def test_removed_hours_leave_what_is_booked(ben: StaffMember) -> None:
    call = make_evidence.call()
    pattern = make_availability.weekly_pattern(ben, call)
    booked = make_interviews.booking(
        make_interviews.volunteer(call), make_availability.list_offered_slots(ben)[-1]
    ).slot

    weekly_hours.remove_hours(pattern)

    assert make_availability.list_offered_slots(ben) == [booked]


def test_a_time_of_removed_hours_is_not_offered_again_after_a_cancellation(ben: StaffMember) -> None:
    call = make_evidence.call()
    pattern = make_availability.weekly_pattern(ben, call)
    booking = make_interviews.booking(make_interviews.volunteer(call), make_availability.list_offered_slots(ben)[-1])
    weekly_hours.remove_hours(pattern)
    bookings.cancel(booking, by_staff=True)

    generate_slots(ben)

    assert make_availability.list_offered_slots(ben) == []


def test_a_time_taken_back_by_hand_stays_taken_back(ben: StaffMember) -> None:
    make_availability.weekly_pattern(ben, make_evidence.call(interview_minutes=60))
    taken_back = make_availability.list_offered_slots(ben)[0]

    slots.withdraw(taken_back)
    generate_slots(ben)

    assert taken_back.starts_at not in [slot.starts_at for slot in make_availability.list_offered_slots(ben)]


def test_a_time_that_was_published_alone_stays_as_it_is(ben: StaffMember) -> None:
    with clock.freeze_at(WINTER):
        call = make_evidence.call(interview_minutes=60)
        nine = datetime.combine(make_availability.next_monday(), time(9), UTC)
        alone = make_interviews.slot(call, ben, nine, kind=SlotKind.TELEPHONE, location="")

        weekly_hours.remove_hours(make_availability.weekly_pattern(ben, call))

        assert make_availability.list_offered_slots(ben) == [alone]


def test_days_off_take_times_away_and_give_them_back(ben: StaffMember) -> None:
    call, monday = make_evidence.call(interview_minutes=60), make_availability.next_monday()
    make_availability.weekly_pattern(ben, call)
    before = hours_offered(ben)

    time_off.add_time_off(ben, TimeOffPeriod(monday, monday))
    without = hours_offered(ben)
    time_off.remove_time_off(db.session.scalars(select(TimeOff)).one())

    assert len(without) == len(before) - 3
    assert hours_offered(ben) == before


def test_time_off_says_how_many_interviews_are_booked_in_it(ben: StaffMember) -> None:
    call, monday = make_evidence.call(interview_minutes=60), make_availability.next_monday()
    make_availability.weekly_pattern(ben, call)
    make_interviews.booking(make_interviews.volunteer(call), make_availability.list_offered_slots(ben)[0])

    count = time_off.add_time_off(ben, TimeOffPeriod(monday, monday + timedelta(days=3)))

    assert count == 1


@pytest.mark.parametrize(
    ("away", "words"),
    [
        ((1, 0, None, None), "The last day must be the same as"),
        ((0, 400, None, None), "within a year"),
        ((0, 0, time(9), None), "Enter both times"),
        ((0, 0, time(12), time(9)), "The end must be after the start"),
    ],
)
def test_time_off_that_makes_no_sense_is_refused(
    ben: StaffMember, away: tuple[int, int, time | None, time | None], words: str
) -> None:
    first, last, starts, ends = away
    today = clock.now().date()

    with pytest.raises(TimeOffError, match=words):
        time_off.add_time_off(
            ben, TimeOffPeriod(today + timedelta(days=first), today + timedelta(days=last), starts, ends)
        )


def test_hours_of_one_call_may_not_overlap(ben: StaffMember) -> None:
    call = make_evidence.call()
    make_availability.weekly_pattern(ben, call)

    with pytest.raises(HoursOverlapError, match="Mondays from 09:00 to 12:00"):
        make_availability.weekly_pattern(ben, call, starts=time(11), ends=time(15))


def test_hours_of_two_calls_may_overlap_and_the_older_have_the_same_start(ben: StaffMember) -> None:
    older, newer = make_evidence.call(interview_minutes=60), make_evidence.call(slug="second", interview_minutes=30)
    make_availability.weekly_pattern(ben, older)

    with clock.freeze_at(clock.now() + timedelta(minutes=1)):
        make_availability.weekly_pattern(ben, newer)

    monday = make_availability.list_offered_slots(ben)[:6]
    assert [slot.call_id for slot in monday] == [older.id, newer.id] * 3


def test_hours_without_room_for_an_interview_are_refused(ben: StaffMember) -> None:
    with pytest.raises(HoursTooShortError, match="45 minutes"):
        make_availability.weekly_pattern(ben, make_evidence.call(interview_minutes=45), ends=time(9, 40))


def test_hours_that_end_before_they_apply_are_refused(ben: StaffMember) -> None:
    with pytest.raises(DaysOutOfOrderError):
        make_availability.weekly_pattern(ben, make_evidence.call(), last_on=clock.now().date() - timedelta(days=9))


def test_hours_by_video_need_a_link(ben: StaffMember) -> None:
    with pytest.raises(LocationMissingError):
        make_availability.weekly_pattern(ben, make_evidence.call(), location=" ")


def test_the_horizon_moves_on_by_itself(ben: StaffMember) -> None:
    make_availability.weekly_pattern(ben, make_evidence.call(interview_minutes=60))
    last = make_availability.list_offered_slots(ben)[-1].starts_at
    db.session.commit()

    with clock.freeze_at(clock.now() + timedelta(days=7)):
        tasks.request_slot_generation()
        make.run_jobs()

    assert make_availability.list_offered_slots(ben)[-1].starts_at > last


def test_a_sweep_finds_nothing_to_do_on_the_same_day(ben: StaffMember) -> None:
    make_availability.weekly_pattern(ben, make_evidence.call())
    db.session.commit()
    before = len(db.session.scalars(select(AuditEntry)).all())

    tasks.request_slot_generation()
    make.run_jobs()

    assert len(db.session.scalars(select(AuditEntry)).all()) == before


def test_anyone_who_has_left_offers_no_more_times(ben: StaffMember) -> None:
    make_availability.weekly_pattern(ben, make_evidence.call())
    ben.is_active = False

    generate_slots(ben)

    assert make_availability.list_offered_slots(ben) == []


def test_generating_slots_twice_at_once_makes_each_once(app: Flask, ben: StaffMember) -> None:
    make_availability.weekly_pattern(ben, make_evidence.call(interview_minutes=60))
    expected = len(make_availability.list_offered_slots(ben))
    for slot in make_availability.list_offered_slots(ben):
        db.session.delete(slot)
    ben_id = ben.id
    db.session.commit()

    def elsewhere() -> None:
        with app.app_context():
            generate_slots(db.session.get_one(StaffMember, ben_id))
            db.session.commit()

    threads = [threading.Thread(target=elsewhere) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(db.session.scalars(select(Slot)).all()) == expected
