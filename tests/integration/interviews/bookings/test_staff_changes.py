"""Passing interviews on, swapping their interviewers and changing their place, also by two people at once."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Uuid, bindparam, select, text

from accounts.models import StaffMember
from core import clock
from core.database import db
from core.models import OutboxMessage
from evidence.models import Call
from interviews.availability import slots
from interviews.availability.commitments import InterviewerUnavailableError, list_free_interviewers
from interviews.availability.slots import LocationMissingError
from interviews.bookings import bookings, staff_changes
from interviews.bookings.bookings import BookingNotActiveError, BookingStartedError, PhoneMissingError
from interviews.bookings.staff_changes import (
    InterviewChangedError,
    InterviewLocation,
    SameLocationError,
)
from interviews.models import Booking, BusyTime, Invitation, Slot, SlotKind, TimeOff, Volunteer
from tests.support import make_evidence, make_interviews
from tests.support.races import run_at_once

pytestmark = pytest.mark.one_database

ROOM = InterviewLocation(SlotKind.IN_PERSON, "1 High Street", room="Room 2, first floor", is_step_free=True)


@pytest.fixture
def booking(app: Flask) -> Booking:
    """Dev's interview with ben."""
    return make_interviews.booking()


@pytest.fixture
def zoe(app: Flask) -> StaffMember:
    return make_interviews.interviewer("zoe")


def make_other_booking(call: Call, who: str, by: StaffMember, at: object = None) -> Booking:
    """Somebody else's interview for the same call."""
    slot = make_interviews.slot(call, by, at)  # type: ignore[arg-type]
    return make_interviews.booking(make_interviews.volunteer(call, who), slot)


def mails_since(number: int) -> list[tuple[str, str]]:
    """To whom and with which subject each mail went, in order."""
    query = select(OutboxMessage).where(OutboxMessage.number > number).order_by(OutboxMessage.number)
    return [(mail.recipient.split("@")[0], mail.subject) for mail in db.session.scalars(query)]


def last_mail() -> int:
    return db.session.scalars(select(OutboxMessage.number).order_by(OutboxMessage.number.desc())).first() or 0


def test_an_interview_passes_to_a_colleague_at_its_time(booking: Booking, zoe: StaffMember) -> None:
    before = booking.slot

    staff_changes.reassign(booking, zoe, reason="Ben is away.")

    now = booking.slot
    assert (now.interviewer_id, now.starts_at, now.ends_at, now.location) == (
        zoe.id,
        before.starts_at,
        before.ends_at,
        before.location,
    )


def test_reassigning_notifies_both_interviewers_and_the_volunteer(booking: Booking, zoe: StaffMember) -> None:
    start = last_mail()

    staff_changes.reassign(booking, zoe)

    reference = booking.volunteer.participant.reference
    assert mails_since(start) == [
        ("dev", "Your interview has a new interviewer"),
        ("ben", f"Interview with {reference} has a new interviewer"),
        ("zoe", f"Interview with {reference} booked"),
    ]


def test_anyone_who_gives_an_interview_away_is_not_offered_at_that_time(booking: Booking, zoe: StaffMember) -> None:
    staff_changes.reassign(booking, zoe)

    assert slots.list_open_slots(booking.volunteer.call) == []


def test_a_time_that_the_colleague_offers_is_taken(booking: Booking, zoe: StaffMember) -> None:
    make_interviews.slot(booking.slot.call, zoe, booking.slot.starts_at)

    staff_changes.reassign(booking, zoe)

    assert booking.slot.interviewer_id == zoe.id
    assert slots.list_open_slots(booking.volunteer.call) == []


def occupy_with_interview(zoe: StaffMember, slot: Slot) -> None:
    make_other_booking(slot.call, "Fay", zoe, slot.starts_at + timedelta(minutes=15))


def occupy_with_busy_time(zoe: StaffMember, slot: Slot) -> None:
    db.session.add(BusyTime(interviewer_id=zoe.id, starts_at=slot.starts_at, ends_at=slot.ends_at))


def occupy_with_session(zoe: StaffMember, slot: Slot) -> None:
    session = make_interviews.slot(slot.call, zoe, slot.starts_at - timedelta(minutes=30))
    session.is_group, session.capacity = True, 8


def occupy_with_day_off(zoe: StaffMember, slot: Slot) -> None:
    day = slot.starts_at.date()
    db.session.add(TimeOff(interviewer_id=zoe.id, first_on=day, last_on=day))


def deactivate(zoe: StaffMember, slot: Slot) -> None:
    zoe.is_active = False


@pytest.mark.parametrize(
    "occupy", [occupy_with_interview, occupy_with_busy_time, occupy_with_session, occupy_with_day_off, deactivate]
)
def test_somebody_who_has_something_else_is_neither_listed_nor_given_it(
    booking: Booking, zoe: StaffMember, occupy: Callable[[StaffMember, Slot], None]
) -> None:
    assert zoe in list_free_interviewers(booking.slot)

    occupy(zoe, booking.slot)
    db.session.flush()

    assert zoe not in list_free_interviewers(booking.slot)
    with pytest.raises(InterviewerUnavailableError):
        staff_changes.reassign(booking, zoe)


def test_an_interview_that_has_begun_stays_where_it_is(booking: Booking, zoe: StaffMember) -> None:
    with clock.freeze_at(booking.slot.starts_at):
        with pytest.raises(BookingStartedError):
            staff_changes.reassign(booking, zoe)
        with pytest.raises(BookingStartedError):
            staff_changes.change_location(booking, ROOM)


def test_a_cancelled_interview_cannot_pass_on(booking: Booking, zoe: StaffMember) -> None:
    bookings.cancel(booking)

    with pytest.raises(BookingNotActiveError):
        staff_changes.reassign(booking, zoe)


def test_two_interviews_swap_their_interviewers(booking: Booking, zoe: StaffMember) -> None:
    ben = booking.slot.interviewer
    other = make_other_booking(booking.slot.call, "Fay", zoe)
    times = [booking.slot.starts_at, other.slot.starts_at]

    staff_changes.swap_interviewers(booking, other)

    assert [b.slot.interviewer_id for b in (booking, other)] == [zoe.id, ben.id]
    assert [b.slot.starts_at for b in (booking, other)] == times


def test_interviews_at_the_same_moment_can_be_swapped(booking: Booking, zoe: StaffMember) -> None:
    ben = booking.slot.interviewer
    other = make_other_booking(booking.slot.call, "Fay", zoe, booking.slot.starts_at)

    staff_changes.swap_interviewers(booking, other)

    assert [b.slot.interviewer_id for b in (booking, other)] == [zoe.id, ben.id]


def test_a_swap_tells_nobody_of_the_other_volunteer(booking: Booking, zoe: StaffMember) -> None:
    other = make_other_booking(booking.slot.call, "Fay", zoe)
    start = last_mail()

    staff_changes.swap_interviewers(booking, other)

    query = select(OutboxMessage).where(OutboxMessage.number > start, OutboxMessage.recipient == "dev@home.example")
    (mail,) = db.session.scalars(query)
    assert len(mails_since(start)) == 6
    assert "You have a new interviewer, Zoe" in mail.text
    assert not any(words in mail.text for words in ("Fay", other.volunteer.participant.reference))


def test_a_swap_that_one_cannot_make_changes_nothing(booking: Booking, zoe: StaffMember) -> None:
    ben = booking.slot.interviewer
    other = make_other_booking(booking.slot.call, "Fay", zoe)
    db.session.add(BusyTime(interviewer_id=ben.id, starts_at=other.slot.starts_at, ends_at=other.slot.ends_at))
    db.session.flush()

    with pytest.raises(InterviewerUnavailableError):
        staff_changes.swap_interviewers(booking, other)

    assert staff_changes.list_swap_candidates(booking) == []
    assert [b.slot.interviewer_id for b in (booking, other)] == [ben.id, zoe.id]


def test_interviews_that_can_be_swapped_are_listed(booking: Booking, zoe: StaffMember) -> None:
    other = make_other_booking(booking.slot.call, "Fay", zoe)
    make_other_booking(booking.slot.call, "Gus", booking.slot.interviewer)

    assert staff_changes.list_swap_candidates(booking) == [other]


def test_a_change_of_location_brings_both_calendars_up_to_date(booking: Booking) -> None:
    start = last_mail()

    staff_changes.change_location(booking, ROOM, reason="The link failed.")

    rows = db.session.scalars(select(Invitation)).all()
    to_dev = select(OutboxMessage).where(OutboxMessage.recipient == "dev@home.example")
    words = db.session.scalars(to_dev.order_by(OutboxMessage.number)).all()[-1]
    assert [(row.sequence, row.is_cancelled) for row in rows] == [(1, False)] * 2
    assert [who for who, _ in mails_since(start)] == ["dev", "ben"]
    for part in (
        "The location of your interview has changed",
        "1 High Street",
        "Room 2, first floor",
        "step-free access",
        "The link failed.",
    ):
        assert part in words.text
    assert words.calendar is not None
    assert "LOCATION:1 High Street\\, Room 2\\, first floor" in words.calendar


def test_the_same_location_again_mails_nobody(booking: Booking) -> None:
    staff_changes.change_location(booking, ROOM)

    with pytest.raises(SameLocationError):
        staff_changes.change_location(booking, ROOM)

    assert [row.sequence for row in db.session.scalars(select(Invitation))] == [1, 1]


def test_a_location_has_to_be_one_that_people_can_reach(app: Flask) -> None:
    booking = make_interviews.booking(make_interviews.volunteer(phone=""))

    with pytest.raises(PhoneMissingError):
        staff_changes.change_location(booking, InterviewLocation(SlotKind.TELEPHONE))
    with pytest.raises(LocationMissingError):
        staff_changes.change_location(booking, InterviewLocation(SlotKind.IN_PERSON))


def test_two_interviews_cannot_pass_to_one_colleague_at_the_same_time(app: Flask, zoe: StaffMember) -> None:
    call = make_evidence.call()
    first = make_other_booking(call, "Dev", make_interviews.interviewer())
    second = make_other_booking(call, "Fay", make_interviews.interviewer("amy"), first.slot.starts_at)

    outcomes = run_at_once(app, [make_reassign_action(booking.id, zoe.id) for booking in (first, second)])

    assert outcomes == {"done": 1, "InterviewerUnavailableError": 1}


def test_a_colleague_is_not_booked_while_taking_an_interview_over(app: Flask, zoe: StaffMember) -> None:
    call = make_evidence.call()
    booked = make_other_booking(call, "Dev", make_interviews.interviewer())
    offered = make_interviews.slot(call, zoe, booked.slot.starts_at + timedelta(minutes=10)).id
    gus = make_interviews.volunteer(call, "Gus").id

    def book() -> None:
        bookings.book(db.session.get_one(Slot, offered), db.session.get_one(Volunteer, gus))

    outcomes = run_at_once(app, [make_reassign_action(booked.id, zoe.id), book])

    assert outcomes["done"] == 1
    assert sum(outcomes.values()) == 2
    assert set(outcomes) <= {"done", "InterviewerUnavailableError", "SlotTakenError"}


def test_two_people_reassigning_one_interview_both_get_an_answer(app: Flask, zoe: StaffMember) -> None:
    booking = make_other_booking(make_evidence.call(), "Dev", make_interviews.interviewer())
    amy = make_interviews.interviewer("amy")

    outcomes = run_at_once(app, [make_reassign_action(booking.id, who) for who in (zoe.id, amy.id)])

    assert set(outcomes) <= {"done", "InterviewChangedError"}
    assert len(db.session.scalars(select(Invitation).where(Invitation.is_cancelled.is_(False))).all()) == 2


def test_swaps_that_share_an_interview_leave_every_interview_with_one_interviewer(app: Flask, zoe: StaffMember) -> None:
    call = make_evidence.call()
    people = [zoe, make_interviews.interviewer(), make_interviews.interviewer("amy")]
    booked = [make_other_booking(call, name, by).id for name, by in zip(("Dev", "Fay", "Gus"), people, strict=True)]

    pairs = [(booked[0], booked[1]), (booked[1], booked[2]), (booked[2], booked[0])]
    outcomes = run_at_once(app, [make_swap_action(*pair) for pair in pairs])

    interviewers = {db.session.get_one(Booking, id_).slot.interviewer_id for id_ in booked}
    assert interviewers == {person.id for person in people}
    assert outcomes["done"] >= 1
    assert set(outcomes) <= {"done", "InterviewChangedError", "InterviewerUnavailableError"}


def test_an_interview_that_moved_meanwhile_is_not_changed_unseen(booking: Booking, zoe: StaffMember) -> None:
    elsewhere = make_interviews.slot(booking.slot.call, booking.slot.interviewer)
    db.session.flush()
    db.session.execute(
        text("UPDATE booking SET slot_id = :slot").bindparams(bindparam("slot", elsewhere.id, type_=Uuid))
    )  # as somebody else's request does

    with pytest.raises(InterviewChangedError):
        staff_changes.reassign(booking, zoe)


def make_reassign_action(booking_id: UUID, interviewer_id: UUID) -> Callable[[], None]:
    return lambda: staff_changes.reassign(
        db.session.get_one(Booking, booking_id), db.session.get_one(StaffMember, interviewer_id)
    )


def make_swap_action(first: UUID, second: UUID) -> Callable[[], None]:
    return lambda: staff_changes.swap_interviewers(
        db.session.get_one(Booking, first), db.session.get_one(Booking, second)
    )
