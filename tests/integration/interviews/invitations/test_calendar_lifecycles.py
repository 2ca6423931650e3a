"""Whole lives of interviews and sessions, through the outbox and a real mail server into people's calendars.

After each step the calendar of everybody equals our database, by two parsers that know nothing of each other.
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
from core.outbox import enqueue_due_mails
from core.settings import MailEncryption, Settings, SmtpServer
from interviews.bookings import bookings, staff_changes
from interviews.bookings.staff_changes import InterviewLocation
from interviews.group_sessions import attendance, sessions, waitlist
from interviews.inbox import proposals
from interviews.inbox.record_reply import record_parsed_reply
from interviews.invitations import invitations
from interviews.models import Booking, BookingStatus, CalendarReply, InviteeRole, Slot, SlotKind
from interviews.wordings.slot_descriptions import format_location
from tests.support import make, make_evidence, make_group_sessions, make_interviews
from tests.support.calendar_client import (
    ClientCalendar,
    ParsedEvent,
    decode_content,
    list_calendar_parts,
    parse_events,
)
from tests.support.mail_server import SmtpMailbox, find_free_port, run_mail_server
from tests.support.make_replies import counter_proposal

pytestmark = pytest.mark.one_database

Times = Counter[tuple[datetime, datetime, str]]
HOST = "listening-post.example"


@dataclass(slots=True)
class AllCalendars:
    """The calendars of all who got a mail, brought up to date by the mails alone."""

    mailbox: SmtpMailbox
    calendars: dict[str, ClientCalendar] = field(default_factory=dict)
    mails: list[EmailMessage] = field(default_factory=list)

    def read_mail(self) -> list[ParsedEvent]:
        """Let what waits leave, and take what has come since the last look."""
        self._let_leave()
        come = [message for message in self.mailbox.messages if list_calendar_parts(message)]
        self.mailbox.messages.clear()
        said = parse_events(come)
        for message, one in zip(come, said, strict=True):
            self.of(str(message["To"])).receive(one)
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
            with clock.freeze_at(due + timedelta(seconds=1)):
                enqueue_due_mails()
                make.run_jobs()
        db.session.expire_all()


def list_expected_times() -> dict[str, Times]:
    """What is in our database, from bookings and slots alone: what everybody's calendar should show."""
    expected: dict[str, Times] = {}
    booked = db.session.scalars(select(Booking).where(Booking.status == BookingStatus.BOOKED)).all()
    for booking in booked:
        contact = booking.volunteer.participant.contact
        assert contact is not None
        expected.setdefault(contact.email, Counter())[_time(booking.slot)] += 1
        if not booking.is_group:
            expected.setdefault(booking.slot.interviewer.email, Counter())[_time(booking.slot)] += 1
    for slot in db.session.scalars(select(Slot).where(Slot.is_group, Slot.withdrawn_at.is_(None))):
        expected.setdefault(slot.interviewer.email, Counter())[_time(slot)] += 1
    return expected


def _time(slot: Slot) -> tuple[datetime, datetime, str]:
    return slot.starts_at, slot.ends_at, format_location(slot)


@pytest.fixture
def everybody(app: Flask, settings: Settings) -> Iterator[AllCalendars]:
    with run_mail_server(SmtpMailbox(port=find_free_port())) as mailbox:
        app.extensions["settings"] = replace(settings, smtp=SmtpServer("127.0.0.1", mailbox.port, MailEncryption.NONE))
        yield AllCalendars(mailbox)


def methods(said: list[ParsedEvent]) -> set[tuple[str, int]]:
    return {(one.method, one.sequence) for one in said}


def test_book_move_move_change_location_cancel(everybody: AllCalendars) -> None:
    booking = make_interviews.booking()
    ben, call = booking.slot.interviewer, booking.slot.call
    received = [everybody.read_mail()]
    assert everybody.times() == list_expected_times()

    for kind, location in ((SlotKind.VIDEO, "https://meet.example/2"), (SlotKind.TELEPHONE, "")):
        bookings.move(booking, make_interviews.slot(call, ben, kind=kind, location=location), by_staff=True)
        received.append(everybody.read_mail())
        assert everybody.times() == list_expected_times()

    staff_changes.change_location(booking, InterviewLocation(SlotKind.IN_PERSON, "Town Hall; High Street, 2", "Room 5"))
    received.append(everybody.read_mail())
    assert everybody.times() == list_expected_times()

    bookings.cancel(booking, by_staff=True)
    received.append(everybody.read_mail())
    assert everybody.times() == list_expected_times() == {}
    assert [methods(one) for one in received] == [
        {("REQUEST", 0)},
        {("REQUEST", 1)},
        {("REQUEST", 2)},
        {("REQUEST", 3)},
        {("CANCEL", 4)},
    ]


def test_the_events_of_one_booking_keep_their_uids(everybody: AllCalendars) -> None:
    booking = make_interviews.booking()
    first = everybody.read_mail()

    bookings.move(booking, make_interviews.slot(booking.slot.call, booking.slot.interviewer))
    bookings.cancel(booking)

    later = everybody.read_mail()
    assert {one.uid for one in later} == {one.uid for one in first}
    assert f"{booking.id}@{HOST}" in {one.uid for one in first}


def test_an_interview_passes_to_somebody_else_and_back(everybody: AllCalendars) -> None:
    booking = make_interviews.booking()
    ben, zoe = booking.slot.interviewer, make_interviews.interviewer("zoe")
    everybody.read_mail()

    for interviewer in (zoe, ben, zoe):
        staff_changes.reassign(booking, interviewer)
        everybody.read_mail()
        assert everybody.times() == list_expected_times()

    bookings.move(booking, make_interviews.slot(booking.slot.call, ben), by_staff=True)
    everybody.read_mail()
    assert everybody.times() == list_expected_times()
    assert everybody.of(zoe.email).entries == {}


def test_two_interviews_swap_their_interviewers(everybody: AllCalendars) -> None:
    first = make_interviews.booking()
    zoes = make_interviews.slot(first.slot.call, make_interviews.interviewer("zoe"))
    second = make_interviews.booking(make_interviews.volunteer(first.slot.call, "Fay"), zoes)
    everybody.read_mail()

    staff_changes.swap_interviewers(first, second)

    everybody.read_mail()
    assert everybody.times() == list_expected_times()


def test_sending_again_changes_nobodys_calendar(everybody: AllCalendars) -> None:
    booking = make_interviews.booking()
    everybody.read_mail()
    before = everybody.times()

    with clock.freeze_at(clock.now() + timedelta(minutes=1)):
        invitations.resend_invitations(booking)

    again = everybody.read_mail()
    assert (everybody.times(), methods(again)) == (before, {("REQUEST", 0)})


def test_cancelled_and_booked_again_is_a_new_event(everybody: AllCalendars) -> None:
    booking = make_interviews.booking()
    bookings.cancel(booking)
    everybody.read_mail()

    bookings.book(booking.slot, booking.volunteer)

    everybody.read_mail()
    assert everybody.times() == list_expected_times()
    assert len(everybody.of("dev@home.example").versions) == 2


def test_a_proposal_that_is_taken_up_moves_everybodys_event(everybody: AllCalendars) -> None:
    booking = make_interviews.booking()
    everybody.read_mail()
    own = next(one for one in booking.invitations if one.invitee_role is InviteeRole.VOLUNTEER)
    record_parsed_reply(counter_proposal(own, booking.slot.starts_at + timedelta(hours=26)))

    proposals.accept_proposal(db.session.scalars(select(CalendarReply)).one())

    everybody.read_mail()
    assert everybody.times() == list_expected_times()


def test_a_proposal_that_is_declined_changes_nobodys_event(everybody: AllCalendars) -> None:
    booking = make_interviews.booking()
    everybody.read_mail()
    own = next(one for one in booking.invitations if one.invitee_role is InviteeRole.VOLUNTEER)
    record_parsed_reply(counter_proposal(own, booking.slot.starts_at + timedelta(hours=26)))

    proposals.decline_proposal(db.session.scalars(select(CalendarReply)).one())

    (again,) = everybody.read_mail()
    assert (again.method, again.sequence, everybody.times()) == ("REQUEST", 0, list_expected_times())


def test_a_group_session_with_a_waiting_list(everybody: AllCalendars) -> None:
    slot = make_group_sessions.session(capacity=2)
    dev, fay, gus = make_group_sessions.volunteers(slot.call, "Dev", "Fay", "Gus")
    taken = [attendance.take_seat(slot, dev), attendance.take_seat(slot, fay)]
    waitlist.join_waitlist(slot, gus)
    everybody.read_mail()
    assert everybody.times() == list_expected_times()

    attendance.cancel_seat(taken[0])  # the place is kept for Gus, who has not taken it yet
    everybody.read_mail()
    assert everybody.times() == list_expected_times()
    assert "gus@home.example" not in everybody.times()

    attendance.take_seat(slot, gus)
    everybody.read_mail()
    assert everybody.times() == list_expected_times()

    later = replace(
        sessions.get_session_plan(slot),
        starts_at=slot.starts_at + timedelta(days=1),
        ends_at=slot.ends_at + timedelta(days=1),
        location="Library, New Street",
    )
    sessions.change_session(slot, later, reason="The room is closed.")
    everybody.read_mail()
    assert everybody.times() == list_expected_times()

    sessions.hand_over_session(slot, make_interviews.interviewer("zoe"))
    everybody.read_mail()
    assert everybody.times() == list_expected_times()

    sessions.cancel_session(slot, reason="Too few can come.")
    everybody.read_mail()
    assert everybody.times() == list_expected_times() == {}


@pytest.mark.parametrize("seed", range(3))
def test_mails_that_arrive_in_any_order_end_in_the_same_calendar(everybody: AllCalendars, seed: int) -> None:
    """After they left us in order, mail servers between may let them overtake each other."""
    booking = make_interviews.booking()
    ben, call = booking.slot.interviewer, booking.slot.call
    for _ in range(2):
        bookings.move(booking, make_interviews.slot(call, ben), by_staff=True)
    staff_changes.change_location(booking, InterviewLocation(SlotKind.IN_PERSON, "Town Hall"))
    if seed == 0:
        bookings.cancel(booking, by_staff=True)
    everybody.read_mail()

    shuffled = list(everybody.mails)
    random.Random(seed).shuffle(shuffled)
    late = AllCalendars(everybody.mailbox)
    for message, said in zip(shuffled, parse_events(shuffled), strict=True):
        late.of(str(message["To"])).receive(said)

    assert late.times() == list_expected_times()


@pytest.mark.parametrize("refusals", [1, 3, 6])
def test_a_cancellation_never_overtakes_its_request(everybody: AllCalendars, refusals: int) -> None:
    everybody.mailbox.responses += ["451 Try again later"] * refusals
    booking = make_interviews.booking()
    make.run_jobs()
    bookings.move(booking, make_interviews.slot(booking.slot.call, booking.slot.interviewer))
    bookings.cancel(booking)

    everybody.read_mail()

    for owner in ("dev@home.example", booking.slot.interviewer.email):
        own = [one for one in parse_events(everybody.mails) if one.attendees == (f"mailto:{owner}",)]
        assert [(one.method, one.sequence) for one in own] == [("REQUEST", 0), ("REQUEST", 1), ("CANCEL", 2)]
    states = set(db.session.scalars(select(OutboxMessage.state)))
    assert states == {MailState.SENT}
    assert everybody.times() == {}


def test_every_calendar_mail_is_built_and_folded_as_calendars_expect(everybody: AllCalendars) -> None:
    booking = make_interviews.booking()
    bookings.move(booking, make_interviews.slot(booking.slot.call, booking.slot.interviewer, location="é" * 200))
    bookings.cancel(booking)
    everybody.read_mail()

    for message in everybody.mails:
        alternative, attached = message.iter_parts()
        kinds = [part.get_content_type() for part in alternative.iter_parts()]
        (shown, _) = list_calendar_parts(message)
        text = decode_content(shown)
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


def test_each_mail_is_for_one_person_and_names_nobody_else(everybody: AllCalendars) -> None:
    call = make_evidence.call()
    ben, zoe = make_interviews.interviewer(), make_interviews.interviewer("zoe")
    people = {name: make_interviews.volunteer(call, name) for name in ("Dev", "Fay", "Gus")}
    booked = [make_interviews.booking(who, make_interviews.slot(call, ben)) for who in people.values()]
    staff_changes.reassign(booked[0], zoe)
    bookings.cancel(booked[1], by_staff=True, reason="The room is closed.")
    invitations.resend_invitations(booked[2])
    everybody.read_mail()

    names = {f"{name.lower()}@home.example": name for name in people}
    for message in everybody.mails:
        everything = "\n".join(
            [*(f"{key}: {value}" for part in message.walk() for key, value in part.items())]
            + [decode_content(part).decode() for part in message.walk() if not part.is_multipart()]
        )
        for address in names.keys() - {str(message["To"])}:
            assert address not in everything
            assert names[address] not in everything
    assert {said.organizer for said in parse_events(everybody.mails)} == {f"mailto:interviews@{HOST}"}
    assert len(everybody.mails) > 10
