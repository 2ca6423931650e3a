"""Whole lives of interviews and sessions, through the outbox and a real mail server into people's calendars.

After each step the calendar of everybody equals what we hold, by two parsers that know nothing of each other.
"""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy import func, select

from core import clock
from core.database import db
from core.models import MailState, OutboxMessage
from core.outbox import ask_for_due_mails
from core.settings import Settings, SmtpServer
from interviews import bookings
from interviews.by_staff import changes
from interviews.by_staff.changes import Place
from interviews.calendars import invitations, proposals
from interviews.calendars.taking_replies import take_answer
from interviews.groups import places, sessions, waiting_list
from interviews.models import Audience, Booking, BookingStatus, CalendarReply, Slot, SlotKind
from interviews.wording import location
from tests import make, make_evidence, make_interviews, make_sessions
from tests.calendar_client import ClientCalendar, Said, calendar_parts, content, read
from tests.mail_server import Mailbox, free_port, receiving
from tests.make_replies import counter

pytestmark = pytest.mark.one_database

Times = Counter[tuple[datetime, datetime, str]]
HOST = "listening-post.example"


@dataclass(slots=True)
class Everybody:
    """The calendars of all who got a mail, brought up to date by the mails alone."""

    mailbox: Mailbox
    calendars: dict[str, ClientCalendar] = field(default_factory=dict)
    mails: list[EmailMessage] = field(default_factory=list)

    def read_mail(self) -> list[Said]:
        """Let what waits leave, and take what has come since the last look."""
        self._let_leave()
        come = [message for message in self.mailbox.messages if calendar_parts(message)]
        self.mailbox.messages.clear()
        said = read(come)
        for message, one in zip(come, said, strict=True):
            self.of(str(message["To"])).take(one)
        self.mails += come
        return said

    def of(self, address: str) -> ClientCalendar:
        return self.calendars.setdefault(address, ClientCalendar(address))

    def times(self) -> dict[str, Times]:
        seen = {
            owner: Counter((entry.starts_at, entry.ends_at, entry.location) for entry in calendar.entries.values())
            for owner, calendar in self.calendars.items()
        }
        return {owner: times for owner, times in seen.items() if times}

    def _let_leave(self) -> None:
        """Each pause after a refusal is waited for, on a clock that is ahead."""
        make.run_jobs()
        latest = select(func.max(OutboxMessage.next_attempt_at)).where(OutboxMessage.state == MailState.QUEUED)
        while (due := db.session.scalar(latest)) is not None:
            db.session.commit()
            with clock.stopped_at(due + timedelta(seconds=1)):
                ask_for_due_mails()
                make.run_jobs()
        db.session.expire_all()


def held() -> dict[str, Times]:
    """What we hold, told from bookings and slots alone: what everybody's calendar ought to show."""
    wanted: dict[str, Times] = {}
    booked = db.session.scalars(select(Booking).where(Booking.status == BookingStatus.BOOKED)).all()
    for booking in booked:
        contact = booking.volunteer.participant.contact
        assert contact is not None
        wanted.setdefault(contact.email, Counter())[_time(booking.slot)] += 1
        if not booking.is_group:
            wanted.setdefault(booking.slot.interviewer.email, Counter())[_time(booking.slot)] += 1
    for slot in db.session.scalars(select(Slot).where(Slot.is_group, Slot.withdrawn_at.is_(None))):
        wanted.setdefault(slot.interviewer.email, Counter())[_time(slot)] += 1
    return wanted


def _time(slot: Slot) -> tuple[datetime, datetime, str]:
    return slot.starts_at, slot.ends_at, location(slot)


@pytest.fixture
def everybody(app: Flask, settings: Settings) -> Iterator[Everybody]:
    with receiving(Mailbox(port=free_port())) as mailbox:
        app.extensions["settings"] = replace(settings, smtp=SmtpServer("127.0.0.1", mailbox.port, "none"))
        yield Everybody(mailbox)


def methods(said: list[Said]) -> set[tuple[str, int]]:
    return {(one.method, one.sequence) for one in said}


def test_book_move_move_change_place_cancel(everybody: Everybody) -> None:
    booking = make_interviews.booking()
    ben, call = booking.slot.interviewer, booking.slot.call
    told = [everybody.read_mail()]
    assert everybody.times() == held()

    for kind, place in ((SlotKind.VIDEO, "https://meet.example/2"), (SlotKind.TELEPHONE, "")):
        bookings.move(booking, make_interviews.slot(call, ben, kind=kind, place=place), by_staff=True)
        told.append(everybody.read_mail())
        assert everybody.times() == held()

    changes.change_place(booking, Place(SlotKind.IN_PERSON, "Town Hall; High Street, 2", "Room 5"))
    told.append(everybody.read_mail())
    assert everybody.times() == held()

    bookings.cancel(booking, by_staff=True)
    told.append(everybody.read_mail())
    assert everybody.times() == held() == {}
    assert [methods(one) for one in told] == [
        {("REQUEST", 0)},
        {("REQUEST", 1)},
        {("REQUEST", 2)},
        {("REQUEST", 3)},
        {("CANCEL", 4)},
    ]


def test_the_events_of_one_booking_keep_their_uids(everybody: Everybody) -> None:
    booking = make_interviews.booking()
    first = everybody.read_mail()

    bookings.move(booking, make_interviews.slot(booking.slot.call, booking.slot.interviewer))
    bookings.cancel(booking)

    later = everybody.read_mail()
    assert {one.uid for one in later} == {one.uid for one in first}
    assert f"{booking.id}@{HOST}" in {one.uid for one in first}


def test_an_interview_passes_to_somebody_else_and_back(everybody: Everybody) -> None:
    booking = make_interviews.booking()
    ben, zoe = booking.slot.interviewer, make_interviews.interviewer("zoe")
    everybody.read_mail()

    for interviewer in (zoe, ben, zoe):
        changes.reassign(booking, interviewer)
        everybody.read_mail()
        assert everybody.times() == held()

    bookings.move(booking, make_interviews.slot(booking.slot.call, ben), by_staff=True)
    everybody.read_mail()
    assert everybody.times() == held()
    assert everybody.of(zoe.email).entries == {}


def test_two_interviews_swap_their_interviewers(everybody: Everybody) -> None:
    first = make_interviews.booking()
    zoes = make_interviews.slot(first.slot.call, make_interviews.interviewer("zoe"))
    second = make_interviews.booking(make_interviews.volunteer(first.slot.call, "Fay"), zoes)
    everybody.read_mail()

    changes.swap(first, second)

    everybody.read_mail()
    assert everybody.times() == held()


def test_sending_again_changes_nobodys_calendar(everybody: Everybody) -> None:
    booking = make_interviews.booking()
    everybody.read_mail()
    before = everybody.times()

    with clock.stopped_at(clock.now() + timedelta(minutes=1)):
        invitations.send_again(booking)

    again = everybody.read_mail()
    assert (everybody.times(), methods(again)) == (before, {("REQUEST", 0)})


def test_cancelled_and_booked_again_is_a_new_event(everybody: Everybody) -> None:
    booking = make_interviews.booking()
    bookings.cancel(booking)
    everybody.read_mail()

    bookings.book(booking.slot, booking.volunteer)

    everybody.read_mail()
    assert everybody.times() == held()
    assert len(everybody.of("dev@home.example").versions) == 2


def test_a_proposal_that_is_taken_up_moves_everybodys_event(everybody: Everybody) -> None:
    booking = make_interviews.booking()
    everybody.read_mail()
    own = next(one for one in booking.invitations if one.audience is Audience.VOLUNTEER)
    take_answer(counter(own, booking.slot.starts_at + timedelta(hours=26)))

    proposals.take_up(db.session.scalars(select(CalendarReply)).one())

    everybody.read_mail()
    assert everybody.times() == held()


def test_a_proposal_that_is_declined_changes_nobodys_event(everybody: Everybody) -> None:
    booking = make_interviews.booking()
    everybody.read_mail()
    own = next(one for one in booking.invitations if one.audience is Audience.VOLUNTEER)
    take_answer(counter(own, booking.slot.starts_at + timedelta(hours=26)))

    proposals.decline(db.session.scalars(select(CalendarReply)).one())

    (again,) = everybody.read_mail()
    assert (again.method, again.sequence, everybody.times()) == ("REQUEST", 0, held())


def test_a_group_session_with_a_waiting_list(everybody: Everybody) -> None:
    slot = make_sessions.session(capacity=2)
    dev, fay, gus = make_sessions.people(slot.call, "Dev", "Fay", "Gus")
    taken = [places.take(slot, dev), places.take(slot, fay)]
    waiting_list.join(slot, gus)
    everybody.read_mail()
    assert everybody.times() == held()

    places.cancel(taken[0])  # the place is kept for Gus, who has not taken it yet
    everybody.read_mail()
    assert everybody.times() == held()
    assert "gus@home.example" not in everybody.times()

    places.take(slot, gus)
    everybody.read_mail()
    assert everybody.times() == held()

    later = replace(
        sessions.plan_of(slot),
        starts_at=slot.starts_at + timedelta(days=1),
        ends_at=slot.ends_at + timedelta(days=1),
        place="Library, New Street",
    )
    sessions.change(slot, later, reason="The room is closed.")
    everybody.read_mail()
    assert everybody.times() == held()

    sessions.hand_over(slot, make_interviews.interviewer("zoe"))
    everybody.read_mail()
    assert everybody.times() == held()

    sessions.cancel(slot, reason="Too few can come.")
    everybody.read_mail()
    assert everybody.times() == held() == {}


@pytest.mark.parametrize("seed", range(3))
def test_mails_that_arrive_in_any_order_end_in_the_same_calendar(everybody: Everybody, seed: int) -> None:
    """After they left us in order, mail servers between may let them overtake each other."""
    booking = make_interviews.booking()
    ben, call = booking.slot.interviewer, booking.slot.call
    for _ in range(2):
        bookings.move(booking, make_interviews.slot(call, ben), by_staff=True)
    changes.change_place(booking, Place(SlotKind.IN_PERSON, "Town Hall"))
    if seed == 0:
        bookings.cancel(booking, by_staff=True)
    everybody.read_mail()

    shuffled = list(everybody.mails)
    random.Random(seed).shuffle(shuffled)
    late = Everybody(everybody.mailbox)
    for message, said in zip(shuffled, read(shuffled), strict=True):
        late.of(str(message["To"])).take(said)

    assert late.times() == held()


@pytest.mark.parametrize("refusals", [1, 3, 6])
def test_a_cancellation_never_overtakes_its_request(everybody: Everybody, refusals: int) -> None:
    everybody.mailbox.answers += ["451 Try again later"] * refusals
    booking = make_interviews.booking()
    make.run_jobs()
    bookings.move(booking, make_interviews.slot(booking.slot.call, booking.slot.interviewer))
    bookings.cancel(booking)

    everybody.read_mail()

    for owner in ("dev@home.example", booking.slot.interviewer.email):
        own = [one for one in read(everybody.mails) if one.attendees == (f"mailto:{owner}",)]
        assert [(one.method, one.sequence) for one in own] == [("REQUEST", 0), ("REQUEST", 1), ("CANCEL", 2)]
    states = set(db.session.scalars(select(OutboxMessage.state)))
    assert states == {MailState.SENT}
    assert everybody.times() == {}


def test_every_calendar_mail_is_built_and_folded_as_calendars_expect(everybody: Everybody) -> None:
    booking = make_interviews.booking()
    bookings.move(booking, make_interviews.slot(booking.slot.call, booking.slot.interviewer, place="é" * 200))
    bookings.cancel(booking)
    everybody.read_mail()

    for message in everybody.mails:
        alternative, attached = message.iter_parts()
        kinds = [part.get_content_type() for part in alternative.iter_parts()]
        (shown, _) = calendar_parts(message)
        text = content(shown)
        assert (message.get_content_type(), kinds) == (
            "multipart/mixed",
            ["text/plain", "text/html", "text/calendar"],
        )
        assert attached.get_filename() == "invite.ics"
        assert shown.get_param("charset") == "utf-8"
        assert f"METHOD:{shown.get_param('method')}".encode() in text
        assert max(len(line) for line in text.split(b"\r\n")) <= 75
        assert b"\n" not in text.replace(b"\r\n", b"")
        assert b"\r" not in text.replace(b"\r\n", b"")
    assert len(everybody.mails) == 6


def test_each_mail_is_for_one_person_and_holds_nobody_else(everybody: Everybody) -> None:
    call = make_evidence.call()
    ben, zoe = make_interviews.interviewer(), make_interviews.interviewer("zoe")
    people = {name: make_interviews.volunteer(call, name) for name in ("Dev", "Fay", "Gus")}
    booked = [make_interviews.booking(who, make_interviews.slot(call, ben)) for who in people.values()]
    changes.reassign(booked[0], zoe)
    bookings.cancel(booked[1], by_staff=True, reason="The room is closed.")
    invitations.send_again(booked[2])
    everybody.read_mail()

    names = {f"{name.lower()}@home.example": name for name in people}
    for message in everybody.mails:
        everything = "\n".join(
            [*(f"{key}: {value}" for part in message.walk() for key, value in part.items())]
            + [content(part).decode() for part in message.walk() if not part.is_multipart()]
        )
        for address in names.keys() - {str(message["To"])}:
            assert address not in everything
            assert names[address] not in everything
    assert {said.organizer for said in read(everybody.mails)} == {f"mailto:interviews@{HOST}"}
    assert len(everybody.mails) > 10
