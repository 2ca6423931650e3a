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
from interviews import bookings, slots
from interviews.bookings import NotBookedError, PhoneNeededError, TooLateError
from interviews.by_staff import changes
from interviews.by_staff.changes import ChangedMeanwhileError, InterviewerTakenError, Place, SamePlaceError
from interviews.by_staff.engagements import free_interviewers
from interviews.models import Booking, BusyTime, Invitation, Slot, SlotKind, TimeOff, Volunteer
from interviews.slots import PlaceNeededError
from tests import make_evidence, make_interviews
from tests.races import at_once

ROOM = Place(SlotKind.IN_PERSON, "1 High Street", room="Room 2, first floor", is_step_free=True)


@pytest.fixture
def booking(app: Flask) -> Booking:
    """Dev's interview with ben."""
    return make_interviews.booking()


@pytest.fixture
def zoe(app: Flask) -> StaffMember:
    return make_interviews.interviewer("zoe")


def another(call: Call, who: str, by: StaffMember, at: object = None) -> Booking:
    """Somebody else's interview for the same call."""
    slot = make_interviews.slot(call, by, at)  # type: ignore[arg-type]
    return make_interviews.booking(make_interviews.volunteer(call, who), slot)


def mails_since(number: int) -> list[tuple[str, str]]:
    """To whom and with which subject each mail went, in order."""
    wanted = select(OutboxMessage).where(OutboxMessage.number > number).order_by(OutboxMessage.number)
    return [(mail.recipient.split("@")[0], mail.subject) for mail in db.session.scalars(wanted)]


def last_mail() -> int:
    return db.session.scalars(select(OutboxMessage.number).order_by(OutboxMessage.number.desc())).first() or 0


def test_an_interview_passes_to_a_colleague_at_its_time(booking: Booking, zoe: StaffMember) -> None:
    before = booking.slot

    changes.reassign(booking, zoe, reason="Ben is away.")

    now = booking.slot
    assert (now.interviewer_id, now.starts_at, now.ends_at, now.place) == (
        zoe.id,
        before.starts_at,
        before.ends_at,
        before.place,
    )


def test_the_old_interviewer_is_told_the_new_one_invited_and_the_volunteer_kept_up(
    booking: Booking, zoe: StaffMember
) -> None:
    start = last_mail()

    changes.reassign(booking, zoe)

    reference = booking.volunteer.participant.reference
    assert mails_since(start) == [
        ("dev", "Your interview: somebody else talks with you"),
        ("ben", f"Interview with {reference} passed on"),
        ("zoe", f"Interview with {reference} booked"),
    ]


def test_whoever_gives_an_interview_away_is_not_offered_at_that_time(booking: Booking, zoe: StaffMember) -> None:
    changes.reassign(booking, zoe)

    assert slots.open_slots(booking.volunteer.call) == []


def test_a_time_that_the_colleague_offers_is_taken(booking: Booking, zoe: StaffMember) -> None:
    make_interviews.slot(booking.slot.call, zoe, booking.slot.starts_at)

    changes.reassign(booking, zoe)

    assert booking.slot.interviewer_id == zoe.id
    assert slots.open_slots(booking.volunteer.call) == []


def occupy_with_interview(zoe: StaffMember, slot: Slot) -> None:
    another(slot.call, "Fay", zoe, slot.starts_at + timedelta(minutes=15))


def occupy_with_busy_time(zoe: StaffMember, slot: Slot) -> None:
    db.session.add(BusyTime(interviewer_id=zoe.id, starts_at=slot.starts_at, ends_at=slot.ends_at))


def occupy_with_session(zoe: StaffMember, slot: Slot) -> None:
    session = make_interviews.slot(slot.call, zoe, slot.starts_at - timedelta(minutes=30))
    session.is_group, session.capacity = True, 8


def occupy_with_day_off(zoe: StaffMember, slot: Slot) -> None:
    day = slot.starts_at.date()
    db.session.add(TimeOff(interviewer_id=zoe.id, first_on=day, last_on=day))


def leave(zoe: StaffMember, slot: Slot) -> None:
    zoe.is_active = False


@pytest.mark.parametrize(
    "occupy", [occupy_with_interview, occupy_with_busy_time, occupy_with_session, occupy_with_day_off, leave]
)
def test_somebody_who_has_something_else_is_neither_listed_nor_given_it(
    booking: Booking, zoe: StaffMember, occupy: Callable[[StaffMember, Slot], None]
) -> None:
    assert zoe in free_interviewers(booking.slot)

    occupy(zoe, booking.slot)
    db.session.flush()

    assert zoe not in free_interviewers(booking.slot)
    with pytest.raises(InterviewerTakenError):
        changes.reassign(booking, zoe)


def test_an_interview_that_has_begun_stays_where_it_is(booking: Booking, zoe: StaffMember) -> None:
    with clock.stopped_at(booking.slot.starts_at):
        with pytest.raises(TooLateError):
            changes.reassign(booking, zoe)
        with pytest.raises(TooLateError):
            changes.change_place(booking, ROOM)


def test_a_cancelled_interview_cannot_pass_on(booking: Booking, zoe: StaffMember) -> None:
    bookings.cancel(booking)

    with pytest.raises(NotBookedError):
        changes.reassign(booking, zoe)


def test_two_interviews_swap_their_interviewers(booking: Booking, zoe: StaffMember) -> None:
    ben = booking.slot.interviewer
    other = another(booking.slot.call, "Fay", zoe)
    times = [booking.slot.starts_at, other.slot.starts_at]

    changes.swap(booking, other)

    assert [b.slot.interviewer_id for b in (booking, other)] == [zoe.id, ben.id]
    assert [b.slot.starts_at for b in (booking, other)] == times


def test_interviews_at_the_same_moment_can_be_swapped(booking: Booking, zoe: StaffMember) -> None:
    ben = booking.slot.interviewer
    other = another(booking.slot.call, "Fay", zoe, booking.slot.starts_at)

    changes.swap(booking, other)

    assert [b.slot.interviewer_id for b in (booking, other)] == [zoe.id, ben.id]


def test_a_swap_tells_nobody_of_the_other_volunteer(booking: Booking, zoe: StaffMember) -> None:
    other = another(booking.slot.call, "Fay", zoe)
    start = last_mail()

    changes.swap(booking, other)

    wanted = select(OutboxMessage).where(OutboxMessage.number > start, OutboxMessage.recipient == "dev@home.example")
    (mail,) = db.session.scalars(wanted)
    assert len(mails_since(start)) == 6
    assert "Zoe talks with you now" in mail.text
    assert not any(words in mail.text for words in ("Fay", other.volunteer.participant.reference))


def test_a_swap_that_one_cannot_hold_changes_nothing(booking: Booking, zoe: StaffMember) -> None:
    ben = booking.slot.interviewer
    other = another(booking.slot.call, "Fay", zoe)
    db.session.add(BusyTime(interviewer_id=ben.id, starts_at=other.slot.starts_at, ends_at=other.slot.ends_at))
    db.session.flush()

    with pytest.raises(InterviewerTakenError):
        changes.swap(booking, other)

    assert changes.swappable_with(booking) == []
    assert [b.slot.interviewer_id for b in (booking, other)] == [ben.id, zoe.id]


def test_interviews_that_can_be_swapped_are_listed(booking: Booking, zoe: StaffMember) -> None:
    other = another(booking.slot.call, "Fay", zoe)
    another(booking.slot.call, "Gus", booking.slot.interviewer)

    assert changes.swappable_with(booking) == [other]


def test_a_change_of_place_brings_both_calendars_up_to_date(booking: Booking) -> None:
    start = last_mail()

    changes.change_place(booking, ROOM, reason="The link failed.")

    rows = db.session.scalars(select(Invitation)).all()
    to_dev = select(OutboxMessage).where(OutboxMessage.recipient == "dev@home.example")
    words = db.session.scalars(to_dev.order_by(OutboxMessage.number)).all()[-1]
    assert [(row.sequence, row.is_cancelled) for row in rows] == [(1, False)] * 2
    assert [who for who, _ in mails_since(start)] == ["dev", "ben"]
    for part in ("The place has changed", "1 High Street", "Room 2, first floor", "without steps", "The link failed."):
        assert part in words.text
    assert words.calendar is not None
    assert "LOCATION:1 High Street\\, Room 2\\, first floor" in words.calendar


def test_the_same_place_again_mails_nobody(booking: Booking) -> None:
    changes.change_place(booking, ROOM)

    with pytest.raises(SamePlaceError):
        changes.change_place(booking, ROOM)

    assert [row.sequence for row in db.session.scalars(select(Invitation))] == [1, 1]


def test_a_place_has_to_be_one_that_people_reach(app: Flask) -> None:
    booking = make_interviews.booking(make_interviews.volunteer(phone=""))

    with pytest.raises(PhoneNeededError):
        changes.change_place(booking, Place(SlotKind.TELEPHONE))
    with pytest.raises(PlaceNeededError):
        changes.change_place(booking, Place(SlotKind.IN_PERSON))


def test_two_interviews_cannot_pass_to_one_colleague_at_the_same_time(app: Flask, zoe: StaffMember) -> None:
    call = make_evidence.call()
    first = another(call, "Dev", make_interviews.interviewer())
    second = another(call, "Fay", make_interviews.interviewer("amy"), first.slot.starts_at)

    outcomes = at_once(app, [passing_on(booking.id, zoe.id) for booking in (first, second)])

    assert outcomes == {"done": 1, "InterviewerTakenError": 1}


def test_a_colleague_is_not_booked_while_taking_an_interview_over(app: Flask, zoe: StaffMember) -> None:
    call = make_evidence.call()
    held = another(call, "Dev", make_interviews.interviewer())
    offered = make_interviews.slot(call, zoe, held.slot.starts_at + timedelta(minutes=10)).id
    gus = make_interviews.volunteer(call, "Gus").id

    def book() -> None:
        bookings.book(db.session.get_one(Slot, offered), db.session.get_one(Volunteer, gus))

    outcomes = at_once(app, [passing_on(held.id, zoe.id), book])

    assert outcomes["done"] == 1
    assert sum(outcomes.values()) == 2
    assert set(outcomes) <= {"done", "InterviewerTakenError", "SlotTakenError"}


def test_of_two_who_pass_one_interview_on_both_are_answered_in_words(app: Flask, zoe: StaffMember) -> None:
    booking = another(make_evidence.call(), "Dev", make_interviews.interviewer())
    amy = make_interviews.interviewer("amy")

    outcomes = at_once(app, [passing_on(booking.id, who) for who in (zoe.id, amy.id)])

    assert set(outcomes) <= {"done", "ChangedMeanwhileError"}
    assert len(db.session.scalars(select(Invitation).where(Invitation.is_cancelled.is_(False))).all()) == 2


def test_swaps_that_share_an_interview_leave_every_interview_with_one_interviewer(app: Flask, zoe: StaffMember) -> None:
    call = make_evidence.call()
    people = [zoe, make_interviews.interviewer(), make_interviews.interviewer("amy")]
    held = [another(call, name, by).id for name, by in zip(("Dev", "Fay", "Gus"), people, strict=True)]

    pairs = [(held[0], held[1]), (held[1], held[2]), (held[2], held[0])]
    outcomes = at_once(app, [swapping(*pair) for pair in pairs])

    interviewers = {db.session.get_one(Booking, id_).slot.interviewer_id for id_ in held}
    assert interviewers == {person.id for person in people}
    assert outcomes["done"] >= 1
    assert set(outcomes) <= {"done", "ChangedMeanwhileError", "InterviewerTakenError"}


def test_an_interview_that_moved_meanwhile_is_not_changed_unseen(booking: Booking, zoe: StaffMember) -> None:
    elsewhere = make_interviews.slot(booking.slot.call, booking.slot.interviewer)
    db.session.flush()
    db.session.execute(
        text("UPDATE booking SET slot_id = :slot").bindparams(bindparam("slot", elsewhere.id, type_=Uuid))
    )  # as somebody else's request does

    with pytest.raises(ChangedMeanwhileError):
        changes.reassign(booking, zoe)


def passing_on(booking_id: UUID, interviewer_id: UUID) -> Callable[[], None]:
    return lambda: changes.reassign(
        db.session.get_one(Booking, booking_id), db.session.get_one(StaffMember, interviewer_id)
    )


def swapping(first: UUID, second: UUID) -> Callable[[], None]:
    return lambda: changes.swap(db.session.get_one(Booking, first), db.session.get_one(Booking, second))
