"""Group sessions: planned, changed, cancelled; seats taken and given up."""

from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from accounts.models import AuditEntry
from accounts.roles import Role
from core import clock
from core.database import db
from core.models import OutboxMessage
from interviews.availability import slots
from interviews.bookings import bookings
from interviews.bookings.bookings import (
    BookingNotActiveError,
    BookingStartedError,
    SelfServiceClosedError,
    VolunteerNotAcceptedError,
)
from interviews.group_sessions import attendance, session_lists, sessions, tasks
from interviews.group_sessions.attendance import SessionFullError, SessionNotBegunError
from interviews.group_sessions.seats import AlreadySeatedError, SessionClosedError, SessionUnsuitableError
from interviews.group_sessions.sessions import CapacityTooLowError, SessionTimeUnavailableError
from interviews.models import BookingStatus, SlotKind
from interviews.volunteers import volunteers
from tests.support import make, make_evidence, make_group_sessions, make_interviews


def count_mails() -> Counter[str]:
    return Counter(db.session.scalars(select(OutboxMessage.subject)))


def test_seats_are_taken_until_the_session_is_full(app: Flask) -> None:
    slot = make_group_sessions.session(capacity=2)
    first, second, third = make_group_sessions.volunteers(slot.call, "Dev", "Fay", "Gus")

    taken = [attendance.take_seat(slot, first), attendance.take_seat(slot, second)]

    assert [booking.seat for booking in taken] == [1, 2]
    with pytest.raises(SessionFullError, match="All places are taken"):
        attendance.take_seat(slot, third)


def test_nobody_has_two_seats(app: Flask) -> None:
    slot = make_group_sessions.session()
    (dev,) = make_group_sessions.volunteers(slot.call, "Dev")
    attendance.take_seat(slot, dev)

    with pytest.raises(AlreadySeatedError):
        attendance.take_seat(slot, dev)


def test_a_seat_does_not_rule_out_an_interview(app: Flask) -> None:
    slot = make_group_sessions.session()
    (dev,) = make_group_sessions.volunteers(slot.call, "Dev")
    attendance.take_seat(slot, dev)

    bookings.book(make_interviews.slot(slot.call, slot.interviewer), dev)

    assert bookings.find_active_booking(dev) is not None


def test_a_session_is_no_time_for_one_person(app: Flask) -> None:
    slot = make_group_sessions.session()

    assert slots.list_open_slots(slot.call) == []


def test_only_who_is_accepted_takes_a_seat(app: Flask) -> None:
    slot = make_group_sessions.session()
    waiting = make_interviews.volunteer(slot.call, is_accepted=False)

    with pytest.raises(VolunteerNotAcceptedError):
        attendance.take_seat(slot, waiting)


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
    slot = make_group_sessions.session(**session)
    (dev,) = make_group_sessions.volunteers(slot.call, "Dev", **person)

    with pytest.raises(SessionUnsuitableError):
        attendance.take_seat(slot, dev)


def test_steps_do_not_matter_by_video(app: Flask) -> None:
    slot = make_group_sessions.session(kind=SlotKind.VIDEO, location="https://meet.example/1", room="")
    (dev,) = make_group_sessions.volunteers(slot.call, "Dev", needs_step_free=True)

    assert attendance.take_seat(slot, dev).status is BookingStatus.BOOKED


def test_a_session_of_a_site_is_for_its_people(app: Flask) -> None:
    call = make_evidence.call()
    slot = make_group_sessions.session(call, site_id=call.sites[0].id)
    dev, fay = make_group_sessions.volunteers(call, "Dev", "Fay")
    dev.site_id, fay.site_id = call.sites[0].id, call.sites[1].id

    attendance.take_seat(slot, dev)

    with pytest.raises(SessionUnsuitableError):
        attendance.take_seat(slot, fay)


@pytest.mark.parametrize("closed", ["call", "site of the session", "site of the person"])
def test_what_is_closed_by_hand_gives_no_seat(app: Flask, closed: str) -> None:
    call = make_evidence.call()
    slot = make_group_sessions.session(call, site_id=call.sites[0].id if closed == "site of the session" else None)
    (dev,) = make_group_sessions.volunteers(call, "Dev")
    dev.site_id = call.sites[0].id
    (call if closed == "call" else call.sites[0]).closed_at = clock.now()

    with pytest.raises(SessionClosedError):
        attendance.take_seat(slot, dev)


def test_a_seat_is_given_up_until_the_cut_off_and_then_only_by_staff(app: Flask) -> None:
    slot = make_group_sessions.session()
    booking = attendance.take_seat(slot, make_interviews.volunteer(slot.call))

    with clock.freeze_at(slot.starts_at - timedelta(hours=23)):
        with pytest.raises(SelfServiceClosedError, match="send us a message"):
            attendance.cancel_seat(booking)
        attendance.cancel_seat(booking, by_staff=True)

    assert booking.status is BookingStatus.CANCELLED
    with pytest.raises(BookingNotActiveError):
        attendance.cancel_seat(booking)


def test_nothing_is_given_up_once_the_session_has_begun(app: Flask) -> None:
    slot = make_group_sessions.session()
    booking = attendance.take_seat(slot, make_interviews.volunteer(slot.call))

    with clock.freeze_at(slot.starts_at), pytest.raises(BookingStartedError):
        attendance.cancel_seat(booking, by_staff=True)


def test_a_seat_that_was_given_up_is_the_lowest_free_seat(app: Flask) -> None:
    slot = make_group_sessions.session(capacity=3)
    first, second, third = make_group_sessions.volunteers(slot.call, "Dev", "Fay", "Gus")
    freed = attendance.take_seat(slot, first)
    attendance.take_seat(slot, second)

    attendance.cancel_seat(freed)

    assert attendance.take_seat(slot, third).seat == 1


def test_anyone_running_a_session_offers_no_interview_meanwhile(app: Flask) -> None:
    call, ben = make_evidence.call(), make_interviews.interviewer()
    inside = make_interviews.slot(call, ben, make_interviews.next_week(15))
    after = make_interviews.slot(call, ben, make_interviews.next_week(16))

    make_group_sessions.session(call, ben, make_interviews.next_week(14))

    assert inside.withdrawn_at is not None
    assert after.withdrawn_at is None


def test_a_booked_interview_rules_out_a_session(app: Flask) -> None:
    call, ben = make_evidence.call(), make_interviews.interviewer()
    booked = make_interviews.slot(call, ben, make_interviews.next_week(15))
    bookings.book(booked, make_interviews.volunteer(call))

    with pytest.raises(SessionTimeUnavailableError, match="is busy at this time"):
        make_group_sessions.session(call, ben, make_interviews.next_week(14))


def test_two_sessions_of_one_person_do_not_overlap(app: Flask) -> None:
    slot = make_group_sessions.session()

    with pytest.raises(SessionTimeUnavailableError):
        make_group_sessions.session(slot.call, slot.interviewer, slot.starts_at + timedelta(hours=1))


def test_there_cannot_be_fewer_seats_than_people(app: Flask) -> None:
    slot, _, _ = make_group_sessions.full_session(capacity=2)

    with pytest.raises(CapacityTooLowError, match="2 people"):
        sessions.change_session(slot, make_group_sessions.session_plan(slot.starts_at, capacity=1))


def test_a_session_moves_with_everybody_in_it(app: Flask) -> None:
    slot, taken, _ = make_group_sessions.full_session("Gus")
    later = slot.starts_at + timedelta(days=1)
    before = count_mails()

    sessions.change_session(slot, make_group_sessions.session_plan(later), reason="The room is taken.")

    assert (slot.starts_at, taken[0].status) == (later, BookingStatus.BOOKED)
    assert count_mails() - before == {
        "Your group session has changed": 2,
        "The group session you are running has changed": 1,
        "A group session you are on the list for has changed": 1,
    }


def test_a_change_that_nobody_sees_mails_nobody(app: Flask) -> None:
    slot, _, _ = make_group_sessions.full_session()
    before = count_mails()

    sessions.change_session(slot, make_group_sessions.session_plan(slot.starts_at, minimum=2))

    assert count_mails() == before


def test_everybody_in_a_cancelled_session_is_notified(app: Flask) -> None:
    slot, taken, rows = make_group_sessions.full_session("Gus")
    before = count_mails()

    sessions.cancel_session(slot, reason="Ill")

    assert {booking.status for booking in taken} == {BookingStatus.CANCELLED}
    assert rows[0].state == "closed"
    assert count_mails() - before == {
        "Your group session is cancelled": 2,
        "The group session you were running is cancelled": 1,
        "You are no longer on the list for a group session": 1,
    }


def test_a_session_passes_to_somebody_else_with_its_event(app: Flask) -> None:
    slot = make_group_sessions.session()
    before = count_mails()

    sessions.hand_over_session(slot, make_interviews.interviewer("zoe"))

    assert slot.interviewer.name == "Zoe"
    assert count_mails() - before == {
        "Someone else will run your group session": 1,
        "You are running a group session": 1,
    }


def test_who_came_is_noted_after_the_beginning_and_can_be_put_right(app: Flask) -> None:
    slot, (first, second), _ = make_group_sessions.full_session()
    with pytest.raises(SessionNotBegunError):
        attendance.record_attendance(slot, {first.id: True}, by=slot.interviewer_id)

    with clock.freeze_at(slot.ends_at):
        attendance.record_attendance(slot, {first.id: True, second.id: True}, by=slot.interviewer_id)
        attendance.record_attendance(slot, {second.id: False, uuid4(): True}, by=slot.interviewer_id)

    assert (first.status, second.status) == (BookingStatus.COMPLETED, BookingStatus.NO_SHOW)


def test_staff_are_notified_once_that_few_people_come(app: Flask) -> None:
    slot = make_group_sessions.session(minimum=2, capacity=8)
    make.staff("amira", Role.COORDINATOR)
    attendance.take_seat(slot, make_interviews.volunteer(slot.call))
    db.session.commit()

    for hours in (49, 47, 46):
        with clock.freeze_at(slot.starts_at - timedelta(hours=hours)):
            tasks.notify_shortages()

    notices = db.session.scalars(select(OutboxMessage).where(OutboxMessage.subject.contains("needs more people"))).all()
    assert {mail.recipient for mail in notices} == {"ben@charity.example", "amira@charity.example"}
    assert len(notices) == 2
    assert slot.withdrawn_at is None


def test_a_session_with_enough_people_worries_nobody(app: Flask) -> None:
    slot, _, _ = make_group_sessions.full_session(minimum=2)
    db.session.commit()

    with clock.freeze_at(slot.starts_at - timedelta(hours=3)):
        tasks.notify_shortages()

    assert slot.shortage_notified_at is None


def test_who_withdraws_from_the_call_gives_up_their_seat(app: Flask) -> None:
    _, (first, _), (row,) = make_group_sessions.full_session("Gus")
    volunteers.withdraw(first.volunteer)
    db.session.commit()

    tasks.cancel_seats_of_withdrawn_volunteers()

    assert (first.status, row.state) == (BookingStatus.CANCELLED, "offered")


def test_the_list_counts_people_and_those_who_wait(app: Flask) -> None:
    slot, taken, _ = make_group_sessions.full_session("Gus", "Hal")
    attendance.cancel_seat(taken[0])

    (line,) = session_lists.list_sessions(slot.interviewer_id, upcoming=True)

    assert (line.seated, line.offered, line.waiting) == (1, 1, 1)
    assert session_lists.list_sessions(uuid4(), upcoming=True) == []


def test_actions_are_recorded_without_text_or_names(app: Flask) -> None:
    _, taken, _ = make_group_sessions.full_session("Gus")
    attendance.cancel_seat(taken[0], reason="My illness")

    entries = db.session.scalars(select(AuditEntry)).all()

    assert {"session planned", "place taken", "waiting list joined", "place given up", "place offered"} <= {
        entry.action for entry in entries
    }
    assert not any("illness" in str(entry.details) or "First" in str(entry.details) for entry in entries)
