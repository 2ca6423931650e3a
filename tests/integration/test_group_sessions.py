"""Group sessions: planned, changed, cancelled; places taken and given up, also by many people at the same moment."""

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from accounts.models import AuditEntry, StaffMember
from accounts.roles import Role
from core import clock
from core.database import db
from core.models import OutboxMessage
from interviews import bookings, slots, volunteers
from interviews.bookings import NotAcceptedError, NotAloneError, NotBookedError, TooLateError
from interviews.groups import listing, places, seats, sessions, tasks, waiting_list
from interviews.groups.places import NotBegunError, SessionFullError
from interviews.groups.seats import AlreadyInSessionError, SessionOverError, SessionUnsuitableError
from interviews.groups.sessions import CapacityError, SessionTimeError
from interviews.models import Booking, BookingStatus, Slot, SlotKind, Volunteer, WaitingPlace
from tests import make, make_evidence, make_interviews, make_sessions
from tests.races import at_once


def test_places_are_taken_until_the_session_is_full(app: Flask) -> None:
    slot = make_sessions.session(capacity=2)
    first, second, third = make_sessions.people(slot.call, "Dev", "Fay", "Gus")

    taken = [places.take(slot, first), places.take(slot, second)]

    assert [booking.seat for booking in taken] == [1, 2]
    with pytest.raises(SessionFullError, match="All places are taken"):
        places.take(slot, third)


def test_nobody_has_two_places(app: Flask) -> None:
    slot = make_sessions.session()
    (dev,) = make_sessions.people(slot.call, "Dev")
    places.take(slot, dev)

    with pytest.raises(AlreadyInSessionError):
        places.take(slot, dev)


def test_a_place_does_not_keep_from_having_an_interview_too(app: Flask) -> None:
    slot = make_sessions.session()
    (dev,) = make_sessions.people(slot.call, "Dev")
    places.take(slot, dev)

    bookings.book(make_interviews.slot(slot.call, slot.interviewer), dev)

    assert bookings.active_booking(dev) is not None


def test_a_session_is_no_time_for_one_person(app: Flask) -> None:
    slot = make_sessions.session()

    assert slots.open_slots(slot.call) == []


def test_only_who_is_accepted_takes_a_place(app: Flask) -> None:
    slot = make_sessions.session()
    waiting = make_interviews.volunteer(slot.call, is_accepted=False)

    with pytest.raises(NotAcceptedError):
        places.take(slot, waiting)


@pytest.mark.parametrize(
    ("session", "person"),
    [
        ({"is_step_free": False}, {"needs_step_free": True}),
        ({"takes_companion": False}, {"companion": "My sister"}),
    ],
)
def test_a_session_that_cannot_meet_a_need_is_refused(
    app: Flask, session: dict[str, Any], person: dict[str, Any]
) -> None:
    slot = make_sessions.session(**session)
    (dev,) = make_sessions.people(slot.call, "Dev", **person)

    with pytest.raises(SessionUnsuitableError):
        places.take(slot, dev)


def test_steps_do_not_matter_by_video(app: Flask) -> None:
    slot = make_sessions.session(kind=SlotKind.VIDEO, place="https://meet.example/1", room="")
    (dev,) = make_sessions.people(slot.call, "Dev", needs_step_free=True)

    assert places.take(slot, dev).status is BookingStatus.BOOKED


def test_a_session_of_a_site_is_for_its_people(app: Flask) -> None:
    call = make_evidence.call()
    slot = make_sessions.session(call, site_id=call.sites[0].id)
    dev, fay = make_sessions.people(call, "Dev", "Fay")
    dev.site_id, fay.site_id = call.sites[0].id, call.sites[1].id

    places.take(slot, dev)

    with pytest.raises(SessionUnsuitableError):
        places.take(slot, fay)


@pytest.mark.parametrize("closed", ["call", "site of the session", "site of the person"])
def test_what_is_closed_by_hand_gives_no_place(app: Flask, closed: str) -> None:
    call = make_evidence.call()
    slot = make_sessions.session(call, site_id=call.sites[0].id if closed == "site of the session" else None)
    (dev,) = make_sessions.people(call, "Dev")
    dev.site_id = call.sites[0].id
    (call if closed == "call" else call.sites[0]).closed_at = clock.now()

    with pytest.raises(SessionOverError):
        places.take(slot, dev)


def test_a_place_is_given_up_until_the_cut_off_and_then_only_by_staff(app: Flask) -> None:
    slot = make_sessions.session()
    booking = places.take(slot, make_interviews.volunteer(slot.call))

    with clock.stopped_at(slot.starts_at - timedelta(hours=23)):
        with pytest.raises(NotAloneError, match="write to us"):
            places.cancel(booking)
        places.cancel(booking, by_staff=True)

    assert booking.status is BookingStatus.CANCELLED
    with pytest.raises(NotBookedError):
        places.cancel(booking)


def test_nothing_is_given_up_once_the_session_has_begun(app: Flask) -> None:
    slot = make_sessions.session()
    booking = places.take(slot, make_interviews.volunteer(slot.call))

    with clock.stopped_at(slot.starts_at), pytest.raises(TooLateError):
        places.cancel(booking, by_staff=True)


def test_a_place_that_was_given_up_is_the_lowest_free_seat(app: Flask) -> None:
    slot = make_sessions.session(capacity=3)
    first, second, third = make_sessions.people(slot.call, "Dev", "Fay", "Gus")
    freed = places.take(slot, first)
    places.take(slot, second)

    places.cancel(freed)

    assert places.take(slot, third).seat == 1


def test_whoever_holds_a_session_offers_no_interview_meanwhile(app: Flask) -> None:
    call, ben = make_evidence.call(), make_interviews.interviewer()
    inside = make_interviews.slot(call, ben, make_interviews.next_week(15))
    after = make_interviews.slot(call, ben, make_interviews.next_week(16))

    make_sessions.session(call, ben, make_interviews.next_week(14))

    assert inside.withdrawn_at is not None
    assert after.withdrawn_at is None


def test_a_booked_interview_stands_in_the_way_of_a_session(app: Flask) -> None:
    call, ben = make_evidence.call(), make_interviews.interviewer()
    booked = make_interviews.slot(call, ben, make_interviews.next_week(15))
    bookings.book(booked, make_interviews.volunteer(call))

    with pytest.raises(SessionTimeError, match="something else then"):
        make_sessions.session(call, ben, make_interviews.next_week(14))


def test_two_sessions_of_one_person_do_not_overlap(app: Flask) -> None:
    slot = make_sessions.session()

    with pytest.raises(SessionTimeError):
        make_sessions.session(slot.call, slot.interviewer, slot.starts_at + timedelta(hours=1))


def test_there_cannot_be_fewer_places_than_people(app: Flask) -> None:
    slot, _, _ = make_sessions.full_session(capacity=2)

    with pytest.raises(CapacityError, match="2 people"):
        sessions.change(slot, make_sessions.planned(slot.starts_at, capacity=1))


def test_a_session_moves_with_everybody_in_it(app: Flask) -> None:
    slot, taken, _ = make_sessions.full_session("Gus")
    later = slot.starts_at + timedelta(days=1)
    before = count_mails()

    sessions.change(slot, make_sessions.planned(later), reason="The room is taken.")

    assert (slot.starts_at, taken[0].status) == (later, BookingStatus.BOOKED)
    assert count_mails() - before == {
        "Your group session has changed": 2,
        "A group session that you hold has changed": 1,
        "A group session that you wait for has changed": 1,
    }


def test_a_change_that_nobody_sees_mails_nobody(app: Flask) -> None:
    slot, _, _ = make_sessions.full_session()
    before = count_mails()

    sessions.change(slot, make_sessions.planned(slot.starts_at, minimum=2))

    assert count_mails() == before


def test_a_cancelled_session_is_told_to_everybody_in_it(app: Flask) -> None:
    slot, taken, rows = make_sessions.full_session("Gus")
    before = count_mails()

    sessions.cancel(slot, reason="Ill")

    assert {booking.status for booking in taken} == {BookingStatus.CANCELLED}
    assert rows[0].state == "closed"
    assert count_mails() - before == {
        "Your group session is cancelled": 2,
        "A group session that you hold is cancelled": 1,
        "The list for a group session is closed": 1,
    }


def test_a_session_passes_to_somebody_else_with_its_event(app: Flask) -> None:
    slot = make_sessions.session()
    before = count_mails()

    sessions.hand_over(slot, make_interviews.interviewer("zoe"))

    assert slot.interviewer.name == "Zoe"
    assert count_mails() - before == {
        "A group session has passed to somebody else": 1,
        "A group session that you hold": 1,
    }


def test_who_came_is_noted_after_the_beginning_and_can_be_put_right(app: Flask) -> None:
    slot, (first, second), _ = make_sessions.full_session()
    with pytest.raises(NotBegunError):
        places.note_who_came(slot, {first.id: True}, by=slot.interviewer_id)

    with clock.stopped_at(slot.ends_at):
        places.note_who_came(slot, {first.id: True, second.id: True}, by=slot.interviewer_id)
        places.note_who_came(slot, {second.id: False, uuid4(): True}, by=slot.interviewer_id)

    assert (first.status, second.status) == (BookingStatus.HAPPENED, BookingStatus.NO_SHOW)


def test_staff_are_told_once_that_few_people_come(app: Flask) -> None:
    slot = make_sessions.session(minimum=2, capacity=8)
    make.staff("amira", Role.COORDINATOR)
    places.take(slot, make_interviews.volunteer(slot.call))
    db.session.commit()

    for hours in (49, 47, 46):
        with clock.stopped_at(slot.starts_at - timedelta(hours=hours)):
            tasks.tell_of_shortages()

    told = db.session.scalars(select(OutboxMessage).where(OutboxMessage.subject.contains("few people"))).all()
    assert {mail.recipient for mail in told} == {"ben@charity.example", "amira@charity.example"}
    assert len(told) == 2
    assert slot.withdrawn_at is None


def test_a_session_with_enough_people_worries_nobody(app: Flask) -> None:
    slot, _, _ = make_sessions.full_session(minimum=2)
    db.session.commit()

    with clock.stopped_at(slot.starts_at - timedelta(hours=3)):
        tasks.tell_of_shortages()

    assert slot.shortage_told_at is None


def test_who_withdraws_from_the_call_gives_up_their_place(app: Flask) -> None:
    _, (first, _), (row,) = make_sessions.full_session("Gus")
    volunteers.withdraw(first.volunteer)
    db.session.commit()

    tasks.give_up_places_of_who_withdrew()

    assert (first.status, row.state) == (BookingStatus.CANCELLED, "offered")


def test_the_list_counts_people_and_those_who_wait(app: Flask) -> None:
    slot, taken, _ = make_sessions.full_session("Gus", "Hal")
    places.cancel(taken[0])

    (line,) = listing.sessions(slot.interviewer_id, upcoming=True)

    assert (line.placed, line.offered, line.waiting) == (1, 1, 1)
    assert listing.sessions(uuid4(), upcoming=True) == []


def test_deeds_are_recorded_without_words_or_names(app: Flask) -> None:
    _, taken, _ = make_sessions.full_session("Gus")
    places.cancel(taken[0], reason="My illness")

    entries = db.session.scalars(select(AuditEntry)).all()

    assert {"session planned", "place taken", "waiting list joined", "place given up", "place offered"} <= {
        entry.action for entry in entries
    }
    assert not any("illness" in str(entry.details) or "First" in str(entry.details) for entry in entries)


def test_thirty_people_at_once_fill_eight_places_and_the_others_wait_in_order(app: Flask) -> None:
    slot = make_sessions.session(capacity=8)
    everybody = [make_interviews.volunteer(slot.call, f"P{n}", email=f"p{n}@home.example").id for n in range(30)]
    slot_id = slot.id

    outcomes = at_once(app, [lambda who=who: _take_or_wait(slot_id, who) for who in everybody])  # type: ignore[misc]

    assert outcomes == Counter(done=30)
    held = db.session.scalars(select(Booking.seat).where(Booking.status == BookingStatus.BOOKED)).all()
    numbers = db.session.scalars(select(WaitingPlace.number)).all()
    assert sorted(held) == list(range(1, 9))
    assert sorted(numbers) == list(range(1, 23))


def test_giving_up_and_taking_at_the_same_moment_never_passes_over_who_waits(app: Flask) -> None:
    slot, taken, (row,) = make_sessions.full_session("Gus")
    newcomers = [make_interviews.volunteer(slot.call, f"N{n}", email=f"n{n}@home.example").id for n in range(6)]
    slot_id, booking_ids = slot.id, [booking.id for booking in taken]

    outcomes = at_once(
        app,
        [
            *(lambda own=own: places.cancel(db.session.get_one(Booking, own)) for own in booking_ids),
            *(lambda who=who: _take_or_wait(slot_id, who) for who in newcomers),
        ],
    )

    assert outcomes == Counter(done=8)
    db.session.refresh(row)
    assert row.state == "offered"
    assert len(seats.free_seats(db.session.get_one(Slot, slot_id))) == 0
    offered = db.session.scalar(select(func.count()).where(Booking.status == BookingStatus.OFFERED))
    held = db.session.scalar(select(func.count()).where(Booking.status == BookingStatus.BOOKED))
    assert (offered or 0) + (held or 0) == 2


def test_a_session_is_cancelled_or_joined_never_both(app: Flask) -> None:
    slot = make_sessions.session()
    slot_id, dev_id = slot.id, make_interviews.volunteer(slot.call).id

    at_once(
        app,
        [
            lambda: sessions.cancel(db.session.get_one(Slot, slot_id), reason="Ill"),
            lambda: _take_or_wait(slot_id, dev_id),
        ],
    )

    assert db.session.scalars(select(Booking.id).where(Booking.status != BookingStatus.CANCELLED)).all() == []


def test_one_person_who_sends_two_forms_has_one_place(app: Flask) -> None:
    slot = make_sessions.session()
    slot_id, dev_id = slot.id, make_interviews.volunteer(slot.call).id

    outcomes = at_once(app, [lambda: _take(slot_id, dev_id)] * 2)

    assert outcomes == Counter(done=1, AlreadyInSessionError=1)


def test_a_session_and_a_time_for_one_person_do_not_meet(app: Flask) -> None:
    call, ben = make_evidence.call(), make_interviews.interviewer()
    slot = make_interviews.slot(call, ben, make_interviews.next_week(15))
    dev = make_interviews.volunteer(call)
    call_id, ben_id, slot_id, dev_id = call.id, ben.id, slot.id, dev.id

    def plan() -> None:
        holder = db.session.get_one(StaffMember, ben_id)
        sessions.plan(db.session.get_one(type(call), call_id), holder, make_sessions.planned())

    def book() -> None:
        bookings.book(db.session.get_one(Slot, slot_id), db.session.get_one(Volunteer, dev_id))

    outcomes = at_once(app, [plan, book])

    assert outcomes["done"] == 1
    assert sum(outcomes.values()) == 2


def count_mails() -> Counter[str]:
    return Counter(db.session.scalars(select(OutboxMessage.subject)))


def _take(slot_id: object, volunteer_id: object) -> None:
    places.take(db.session.get_one(Slot, slot_id), db.session.get_one(Volunteer, volunteer_id))


def _take_or_wait(slot_id: object, volunteer_id: object) -> None:
    try:
        _take(slot_id, volunteer_id)
    except SessionFullError:
        waiting_list.join(db.session.get_one(Slot, slot_id), db.session.get_one(Volunteer, volunteer_id))
