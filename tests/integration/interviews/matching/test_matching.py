"""What a volunteer may choose from, whose interview it becomes, and who finds nothing that suits."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from accounts.models import StaffMember
from core import clock
from core.database import db
from evidence.models import Call
from interviews.bookings import bookings
from interviews.bookings.bookings import BookingsClosedError, SlotTakenError
from interviews.matching import suitable_times
from interviews.matching.needs_match import Need
from interviews.models import Booking, BookingStatus, Gender, Slot, SlotKind, Volunteer
from tests.support import make_evidence, make_interviews
from tests.support.make_availability import make_interviewer, make_slot_at
from tests.support.races import run_at_once

TEN = make_interviews.next_week(10)


def offer_by_all(call: Call, people: list[StaffMember], moment: datetime) -> Slot:
    """One time that all of them offer; the slot of the first."""
    offered = [make_slot_at(call, person, moment) for person in people]
    return offered[0]


def list_open_starts(volunteer: Volunteer) -> list[datetime]:
    return [time.slot.starts_at for time in suitable_times.list_open_times(volunteer)]


def test_interviewers_who_are_free_at_the_same_time_are_one_choice(app: Flask) -> None:
    dev = make_interviews.volunteer()
    ada, ben = make_interviewer("ada"), make_interviewer("ben")
    both = {make_slot_at(dev.call, ada, location="https://ada.example").id, make_slot_at(dev.call, ben).id}
    alone = make_slot_at(dev.call, ben, TEN + timedelta(hours=2))

    times = suitable_times.list_open_times(dev)

    assert [{slot.id for slot in time.slots} for time in times] == [both, {alone.id}]


def test_two_rooms_at_the_same_time_are_two_choices(app: Flask) -> None:
    dev = make_interviews.volunteer()
    for name, room in [("ada", "Room 1"), ("ben", "Room 2")]:
        make_slot_at(dev.call, make_interviewer(name), kind=SlotKind.IN_PERSON, location="1 High Street", room=room)

    assert len(suitable_times.list_open_times(dev)) == 2


def test_only_one_s_own_interviewer_may_be_wished_for(app: Flask) -> None:
    dev = make_interviews.volunteer()
    ada, ben = make_interviewer("ada"), make_interviewer("ben")
    make_slot_at(dev.call, ada)
    wished = make_slot_at(dev.call, ben)

    (time,) = suitable_times.list_open_times(dev, interviewer_id=ben.id)

    assert time.slots == (wished,)


@pytest.mark.parametrize(
    ("needs", "unsuitable", "suitable"),
    [
        ({"needs_step_free": True}, {"kind": SlotKind.IN_PERSON}, {"kind": SlotKind.IN_PERSON, "is_step_free": True}),
        ({"companion": "My sister"}, {"takes_companion": False}, {"takes_companion": True}),
    ],
)
def test_only_times_that_meet_the_needs_are_offered(
    app: Flask, needs: dict[str, Any], unsuitable: dict[str, Any], suitable: dict[str, Any]
) -> None:
    dev = make_interviews.volunteer(**needs)
    ben = make_interviewer("ben")
    make_slot_at(dev.call, ben, **unsuitable)
    good = make_slot_at(dev.call, ben, TEN + timedelta(hours=2), **suitable)

    assert list_open_starts(dev) == [good.starts_at]


def test_only_interviewers_who_suit_are_offered(app: Flask) -> None:
    call = make_evidence.call()
    make_slot_at(call, make_interviewer("ben", gender=Gender.MAN, languages=["Welsh"]))
    make_slot_at(call, make_interviewer("ada", gender=Gender.WOMAN), TEN + timedelta(hours=2))
    eli = make_slot_at(
        call, make_interviewer("eli", gender=Gender.WOMAN, languages=["welsh"]), TEN + timedelta(hours=4)
    )

    gwen = make_interviews.volunteer(call, "Gwen", preferred_gender=Gender.WOMAN, language="Welsh")

    assert list_open_starts(gwen) == [eli.starts_at]


def test_times_of_other_sites_are_not_offered(app: Flask) -> None:
    call = make_evidence.call()
    ben, (north, coast, *_) = make_interviewer("ben"), call.sites
    make_slot_at(call, ben, site_id=coast.id)
    own = make_slot_at(call, ben, TEN + timedelta(hours=2), site_id=north.id)
    anywhere = make_slot_at(call, ben, TEN + timedelta(hours=4))

    dev = make_interviews.volunteer(call, site_id=north.id)

    assert list_open_starts(dev) == [own.starts_at, anywhere.starts_at]


def test_group_sessions_are_not_among_the_times(app: Flask) -> None:
    dev = make_interviews.volunteer()
    make_slot_at(dev.call, make_interviewer("ben"), is_group=True, capacity=8)

    assert suitable_times.list_open_times(dev) == []


def test_an_interviewer_s_limits_apply_to_the_list_and_to_booking(app: Flask) -> None:
    dev = make_interviews.volunteer()
    slot = make_slot_at(dev.call, make_interviewer("ben", notice_hours=24 * 30))

    assert suitable_times.list_open_times(dev) == []
    with pytest.raises(SlotTakenError, match="no longer available"):
        suitable_times.book_fairest(dev, slot)


def test_staff_are_not_bound_by_an_interviewer_s_limits_but_book_nobody_twice(app: Flask) -> None:
    call = make_evidence.call()
    ben = make_interviewer("ben", notice_hours=24 * 30)
    slot = make_slot_at(call, ben)
    dev, fay = make_interviews.volunteer(call), make_interviews.volunteer(call, "Fay")

    booking = bookings.book(slot, dev, booked_by=ben.id)

    assert booking.booked_by == ben.id
    with pytest.raises(SlotTakenError):
        bookings.book(slot, fay, booked_by=ben.id)


@pytest.mark.parametrize("what", ["call", "site"])
def test_what_is_closed_takes_no_bookings_but_lets_people_move(app: Flask, what: str) -> None:
    call = make_evidence.call()
    ben, north = make_interviewer("ben"), call.sites[0]
    booked = make_interviews.booking(make_interviews.volunteer(call, site_id=north.id), make_slot_at(call, ben))
    other = make_slot_at(call, ben, TEN + timedelta(hours=2))
    fay = make_interviews.volunteer(call, "Fay", site_id=north.id)

    (call if what == "call" else north).closed_at = clock.now()

    assert suitable_times.list_open_times(fay) == []
    with pytest.raises(BookingsClosedError):
        suitable_times.book_fairest(fay, other)
    suitable_times.move_to_time(booked, other)
    assert booked.slot_id == other.id


def test_the_interviewer_with_least_to_do_gets_the_interview(app: Flask) -> None:
    call = make_evidence.call()
    ada, ben = make_interviewer("ada"), make_interviewer("ben")
    make_interviews.booking(make_interviews.volunteer(call, "Fay"), make_slot_at(call, ada, TEN + timedelta(days=1)))
    make_slot_at(call, ada)
    free = make_slot_at(call, ben)

    booking = suitable_times.book_fairest(make_interviews.volunteer(call), free)

    assert booking.slot.interviewer_id == ben.id


def test_of_two_with_as_many_the_one_booked_longest_ago_is_next(app: Flask) -> None:
    call = make_evidence.call()
    ada, ben = make_interviewer("ada"), make_interviewer("ben")
    first = make_interviews.booking(
        make_interviews.volunteer(call, "Fay"), make_slot_at(call, ada, TEN + timedelta(days=1))
    )
    second = make_interviews.booking(
        make_interviews.volunteer(call, "Gus"), make_slot_at(call, ben, TEN + timedelta(days=1))
    )
    first.slot_chosen_at, second.slot_chosen_at = clock.now() - timedelta(days=1), clock.now() - timedelta(days=2)
    shown = make_slot_at(call, ada)
    make_slot_at(call, ben)

    booking = suitable_times.book_fairest(make_interviews.volunteer(call), shown)

    assert booking.slot.interviewer_id == ben.id


def test_twenty_interviews_are_shared_out_evenly(app: Flask) -> None:
    call = make_evidence.call()
    people = [make_interviewer(name) for name in ("ada", "ben", "eli", "gus")]
    shown = [offer_by_all(call, people, TEN + timedelta(hours=2 * n)) for n in range(20)]

    for number, slot in enumerate(shown):
        suitable_times.book_fairest(make_interviews.volunteer(call, f"Person{number}"), slot)

    booked = db.session.scalars(select(Slot.interviewer_id).join(Booking)).all()
    assert sorted(Counter(booked).values()) == [5, 5, 5, 5]


def test_when_somebody_else_was_quicker_the_next_interviewer_takes_it(app: Flask) -> None:
    call = make_evidence.call()
    shown, other = make_slot_at(call, make_interviewer("ada")), make_slot_at(call, make_interviewer("ben"))
    bookings.book(shown, make_interviews.volunteer(call, "Fay"))

    booking = suitable_times.book_fairest(make_interviews.volunteer(call), shown)

    assert booking.slot_id == other.id


def test_a_move_stays_with_the_same_interviewer_if_it_can(app: Flask) -> None:
    call = make_evidence.call()
    ada, ben = make_interviewer("ada"), make_interviewer("ben")
    booking = make_interviews.booking(make_interviews.volunteer(call), make_slot_at(call, ada))
    same, other = (make_slot_at(call, who, TEN + timedelta(hours=3)) for who in (ada, ben))

    suitable_times.move_to_time(booking, other)

    assert booking.slot_id == same.id


def test_one_s_own_booking_is_no_hindrance_to_moving(app: Flask) -> None:
    call = make_evidence.call()
    ben = make_interviewer("ben", minutes_after=60, most_per_day=1)
    booking = make_interviews.booking(make_interviews.volunteer(call), make_slot_at(call, ben))
    next_to_it = make_slot_at(call, ben, TEN + timedelta(hours=1))

    suitable_times.move_to_time(booking, next_to_it)

    assert booking.slot_id == next_to_it.id


def test_staff_see_times_beyond_the_wishes_separately(app: Flask) -> None:
    dev = make_interviews.volunteer(language="Welsh")
    slot = make_slot_at(dev.call, make_interviewer("ben"))

    assert suitable_times.list_open_times(dev) == []
    assert [time.slot for time in suitable_times.list_unsuitable_times(dev)] == [slot]


def test_someone_who_finds_nothing_reads_why_and_staff_see_it(app: Flask) -> None:
    call = make_evidence.call()
    make_slot_at(call, make_interviewer("ben"))
    gwen = make_interviews.volunteer(call, "Gwen", language="Welsh")
    make_interviews.volunteer(call, "Dev")

    assert suitable_times.list_blocking_needs(gwen) == [Need.LANGUAGE]
    assert suitable_times.list_unmatched_volunteers(call) == [(gwen, [Need.LANGUAGE])]


def test_where_nothing_is_free_at_all_no_need_is_blamed(app: Flask) -> None:
    gwen = make_interviews.volunteer(name="Gwen", language="Welsh")

    assert suitable_times.list_blocking_needs(gwen) == []
    assert suitable_times.list_unmatched_volunteers(gwen.call) == []


def make_booking_action(volunteer_id: object, slot_id: object) -> Callable[[], object]:
    return lambda: suitable_times.book_fairest(
        db.session.get_one(Volunteer, volunteer_id), db.session.get_one(Slot, slot_id)
    )


def test_thirty_at_once_with_three_interviewers_at_the_same_times(app: Flask) -> None:
    call = make_evidence.call()
    people = [make_interviewer(name) for name in ("ada", "ben", "eli")]
    moments = [TEN + timedelta(hours=2 * n) for n in range(5)]
    shown = [offer_by_all(call, people, moment).id for moment in moments]
    volunteers = [make_interviews.volunteer(call, f"Person{n}").id for n in range(30)]

    outcomes = run_at_once(app, [make_booking_action(id_, shown[n % 5]) for n, id_ in enumerate(volunteers)])

    assert outcomes == Counter(done=15, SlotTakenError=15)
    assert _count_most_per("volunteer_id") == 1
    assert _count_most_per("slot_id") == 1


def test_buffers_apply_when_two_book_neighbouring_times_at_once(app: Flask) -> None:
    call = make_evidence.call()
    ben = make_interviewer("ben", minutes_before=30)
    ids = [make_slot_at(call, ben, TEN + timedelta(hours=n)).id for n in range(2)]
    people = [make_interviews.volunteer(call, name).id for name in ("Dev", "Fay")]

    outcomes = run_at_once(app, [make_booking_action(person, slot) for person, slot in zip(people, ids, strict=True)])

    assert outcomes == Counter(done=1, SlotTakenError=1)


def test_most_per_day_applies_when_many_book_at_once(app: Flask) -> None:
    call = make_evidence.call()
    ben = make_interviewer("ben", most_per_day=2)
    ids = [make_slot_at(call, ben, TEN + timedelta(hours=n)).id for n in range(6)]
    people = [make_interviews.volunteer(call, f"Person{n}").id for n in range(6)]

    outcomes = run_at_once(app, [make_booking_action(person, slot) for person, slot in zip(people, ids, strict=True)])

    assert outcomes == Counter(done=2, SlotTakenError=4)


def _count_most_per(column: str) -> int:
    counts = select(func.count()).where(Booking.status == BookingStatus.BOOKED).group_by(getattr(Booking, column))
    return max(db.session.scalars(counts), default=0)
