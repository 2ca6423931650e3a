"""The mails that follow a booking, from the outbox through a real mail server into two parsers."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from accounts import links
from accounts.models import LinkPurpose
from core import clock
from core.database import db
from core.models import OutboxMessage
from core.settings import MailEncryption, Settings, SmtpServer
from evidence import participants
from interviews.bookings import bookings, staff_changes
from interviews.invitations import invitations
from interviews.models import Booking, Invitation, SlotKind
from interviews.volunteers import nominations, volunteers
from tests.support import make, make_availability, make_evidence, make_interviews
from tests.support.mail_server import SmtpMailbox, find_free_port, run_mail_server
from tests.support.received_mail import (
    decode_content,
    flatten_mail,
    list_calendars,
    parse_event,
    read_new_invitations,
)

pytestmark = pytest.mark.one_database

HEALTH_WORDS = re.compile(r"health|treatment|backlog|patient|illness|clinic|operation|captions", re.IGNORECASE)


@pytest.fixture
def mailbox(app: Flask, settings: Settings) -> Iterator[SmtpMailbox]:
    """Where the application hands its mail over."""
    with run_mail_server(SmtpMailbox(port=find_free_port())) as mailbox:
        app.extensions["settings"] = replace(settings, smtp=SmtpServer("127.0.0.1", mailbox.port, MailEncryption.NONE))
        yield mailbox


@pytest.fixture
def booked(mailbox: SmtpMailbox) -> Booking:
    """A booking whose mails have not been looked at."""
    booking = make_interviews.booking()
    make.run_jobs()
    return booking


def test_a_booking_invites_both_each_to_an_event_of_their_own(mailbox: SmtpMailbox, booked: Booking) -> None:
    to_dev, to_ben = read_new_invitations(mailbox)

    assert (to_dev.to, to_dev.method, to_dev.sequence) == ("dev@home.example", "REQUEST", 0)
    assert (to_ben.to, to_ben.method, to_ben.sequence) == ("ben@charity.example", "REQUEST", 0)
    assert to_dev.uid == f"{booked.id}@listening-post.example"
    assert to_ben.uid != to_dev.uid
    assert to_dev.start == to_ben.start == booked.slot.starts_at


def test_book_move_move_cancel(mailbox: SmtpMailbox, booked: Booking) -> None:
    ben = booked.slot.interviewer
    second = make_interviews.slot(booked.slot.call, ben)
    third = make_interviews.slot(booked.slot.call, ben, kind=SlotKind.TELEPHONE, location="")
    (first_to_dev, first_to_ben) = read_new_invitations(mailbox)

    bookings.move(booked, second)
    moved = read_new_invitations(mailbox)
    bookings.move(booked, third)
    moved_again = read_new_invitations(mailbox)
    bookings.cancel(booked)
    cancelled = read_new_invitations(mailbox)

    for step, sequence, start in ((moved, 1, second.starts_at), (moved_again, 2, third.starts_at)):
        assert [(s.method, s.sequence, s.start, s.status) for s in step] == [
            ("REQUEST", sequence, start, "CONFIRMED")
        ] * 2
    assert [(s.method, s.sequence, s.status) for s in cancelled] == [("CANCEL", 3, "CANCELLED")] * 2
    for step in (moved, moved_again, cancelled):
        assert [s.uid for s in step] == [first_to_dev.uid, first_to_ben.uid]


def test_another_interviewer_gets_a_request_and_the_one_before_a_cancellation(
    mailbox: SmtpMailbox, booked: Booking
) -> None:
    before = booked.slot.starts_at
    later = make_interviews.slot(booked.slot.call, make_interviews.interviewer("zoe"))
    (_, to_ben_before) = read_new_invitations(mailbox)

    bookings.move(booked, later)

    to_zoe, to_dev, to_ben = read_new_invitations(mailbox)
    assert (to_dev.method, to_dev.sequence, to_dev.start) == ("REQUEST", 1, later.starts_at)
    assert (to_ben.method, to_ben.sequence, to_ben.start) == ("CANCEL", 1, before)
    assert to_ben.uid == to_ben_before.uid
    assert (to_zoe.method, to_zoe.sequence, to_zoe.start) == ("REQUEST", 0, later.starts_at)
    assert to_zoe.uid not in {to_dev.uid, to_ben.uid}


def test_passing_on_and_back_again_makes_a_new_event(mailbox: SmtpMailbox, booked: Booking) -> None:
    ben = booked.slot.interviewer
    away = make_interviews.slot(booked.slot.call, make_interviews.interviewer("zoe"))
    back = make_interviews.slot(booked.slot.call, ben)
    (_, first_to_ben) = read_new_invitations(mailbox)

    bookings.move(booked, away)
    read_new_invitations(mailbox)
    bookings.move(booked, back)

    to_zoe, _, to_ben = read_new_invitations(mailbox)
    assert (to_zoe.method, to_ben.method, to_ben.sequence) == ("CANCEL", "REQUEST", 0)
    assert to_ben.uid != first_to_ben.uid


def test_booking_again_after_cancelling_is_another_event(mailbox: SmtpMailbox, booked: Booking) -> None:
    first_to_dev, _ = read_new_invitations(mailbox)
    bookings.cancel(booked)
    read_new_invitations(mailbox)

    bookings.book(booked.slot, booked.volunteer)

    to_dev, _ = read_new_invitations(mailbox)
    assert (to_dev.method, to_dev.sequence) == ("REQUEST", 0)
    assert to_dev.uid != first_to_dev.uid


def test_sending_again_bumps_no_sequence_and_has_a_new_stamp(mailbox: SmtpMailbox, booked: Booking) -> None:
    make.run_jobs()
    (first,) = [parse_event(m) for m in mailbox.messages if m["Subject"] == "Your interview is booked"]
    mailbox.messages.clear()

    with clock.freeze_at(clock.now() + timedelta(minutes=5)):
        invitations.resend_invitations(booked)
        make.run_jobs()

    (again,) = [parse_event(m) for m in mailbox.messages if m["Subject"] == "Your interview is booked"]
    assert (again["UID"], again["SEQUENCE"]) == (first["UID"], first["SEQUENCE"])
    assert again["DTSTAMP"].dt > first["DTSTAMP"].dt


def test_the_mail_is_built_as_calendars_expect_it(mailbox: SmtpMailbox, booked: Booking) -> None:
    (message,) = [m for m in mailbox.messages if m["Subject"] == "Your interview is booked"]

    alternative, attached = message.iter_parts()
    types = [part.get_content_type() for part in alternative.iter_parts()]
    inner = list(alternative.iter_parts())[2]
    assert (message.get_content_type(), types) == (
        "multipart/mixed",
        ["text/plain", "text/html", "text/calendar"],
    )
    assert (inner.get_param("charset"), inner.get_param("method")) == ("utf-8", "REQUEST")
    assert attached.get_filename() == "invite.ics"
    assert decode_content(attached) == decode_content(inner)
    assert max(len(line) for line in decode_content(inner).split(b"\r\n")) <= 75


def test_the_event_keeps_to_what_a_shared_calendar_may_show(mailbox: SmtpMailbox, booked: Booking) -> None:
    events = [parse_event(m) for m in mailbox.messages if m.get_content_type() == "multipart/mixed"]

    assert all(event["CLASS"] == "PRIVATE" for event in events)
    assert all(str(event["ORGANIZER"]) == "mailto:interviews@listening-post.example" for event in events)
    assert all(not isinstance(event["ATTENDEE"], list) for event in events)
    assert not any("020 7946" in event.to_ical().decode() for event in events)


def test_the_text_names_the_zone_and_has_links_to_move_and_cancel(
    app: Flask, mailbox: SmtpMailbox, booked: Booking
) -> None:
    (message,) = [m for m in mailbox.messages if m["Subject"] == "Your interview is booked"]
    words = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]

    found = re.findall(r"http://127\.0\.0\.1:8000(/link/\S+/(?:move|cancel))\s", words)

    assert "(London time)" in words
    assert len(found) == 2
    for path in found:
        answer = app.test_client().get(path, follow_redirects=True)
        assert (answer.status_code, answer.request.path.split("/")[2]) == (200, "bookings")
    db.session.refresh(booked)
    assert booked.status == "booked"


def test_an_interviewer_elsewhere_reads_their_own_clocks(app: Flask) -> None:
    call = make_evidence.call()
    ben, zoe = make_interviews.interviewer(), make_interviews.interviewer("zoe")
    make_availability.interviewer_profile(ben, zone="Asia/Tokyo")
    booking = make_interviews.booking(make_interviews.volunteer(call), make_interviews.slot(call, ben))

    staff_changes.reassign(booking, zoe)

    mails = db.session.scalars(select(OutboxMessage).where(OutboxMessage.subject.startswith("Interview with")))
    zones = [
        (mail.recipient.split("@")[0], "(Tokyo time)" in mail.text, "(London time)" in mail.text) for mail in mails
    ]
    assert sorted(zones) == [("ben", True, False), ("ben", True, False), ("zoe", False, True)]


def test_links_live_until_30_days_after_the_interview(mailbox: SmtpMailbox) -> None:
    call = make_evidence.call(closes_on=str(clock.now().date() + timedelta(days=1)))
    dev = make_interviews.volunteer(call)
    token = participants.create_own_page_url(dev.participant, call).rpartition("/")[2]
    ben = make_interviews.interviewer()
    far = make_interviews.slot(call, ben, make_interviews.next_week(days=100))

    bookings.book(far, dev, booked_by=ben.id)  # further off than people book alone

    link = links.get_valid_link(token, LinkPurpose.OWN_PAGE)
    db.session.refresh(link)
    assert link.expires_at == far.ends_at + timedelta(days=30)


def test_after_a_change_of_address_nothing_goes_to_the_old_one(mailbox: SmtpMailbox, booked: Booking) -> None:
    read_new_invitations(mailbox)
    make_evidence.move_to_address(booked.volunteer.participant, "dev@new.example")

    bookings.cancel(booked)

    assert {s.to for s in read_new_invitations(mailbox)} == {"dev@new.example", "ben@charity.example"}


def test_a_moved_interview_awaits_a_new_reply(mailbox: SmtpMailbox, booked: Booking) -> None:
    invitation = booked.invitations[0]
    invitation.partstat = "ACCEPTED"

    bookings.move(booked, make_interviews.slot(booked.slot.call, booked.slot.interviewer))

    assert [row.partstat for row in db.session.query(Invitation)] == ["NEEDS-ACTION", "NEEDS-ACTION"]


def test_no_mail_names_another_participant_or_speaks_of_health_where_others_look(mailbox: SmtpMailbox) -> None:
    call = make_evidence.call()
    ben, zoe = make_interviews.interviewer(), make_interviews.interviewer("zoe")
    people = {name: make_interviews.volunteer(call, name) for name in ("Dev", "Fay", "Gus")}
    booked = {name: make_interviews.booking(who, make_interviews.slot(call, ben)) for name, who in people.items()}
    bookings.move(booked["Dev"], make_interviews.slot(call, zoe), reason="The room is closed.")
    bookings.cancel(booked["Fay"], reason="My illness", by_staff=False)
    bookings.book(booked["Fay"].slot, people["Fay"])
    volunteers.sign_up(call, make_interviews.offer("Gus"))
    nominations.nominate(call, "hal@home.example")
    make.run_jobs()

    for message in mailbox.messages:
        everything = flatten_mail(message)
        others = [who for name, who in people.items() if f"{name.lower()}@" not in str(message["To"])]
        for other in others:
            assert other.participant.contact is not None
            assert not re.search(rf"\b{other.participant.contact.name}\b", everything)
            assert other.participant.contact.email not in everything
            if "@home.example" in str(message["To"]):
                assert other.participant.reference not in everything
        assert not HEALTH_WORDS.search(str(message["Subject"]))
        assert not any(HEALTH_WORDS.search(text) for text in list_calendars(message))
    assert len(mailbox.messages) > 15
