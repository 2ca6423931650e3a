"""The scanner of mails catches what must never leave: each leak, tried on a mail that has it."""

from dataclasses import replace
from email.message import EmailMessage
from uuid import uuid4

import pytest
from flask import Flask

from core.database import db
from core.mail import Mail, build_mime_message
from core.outbox import queue_mail
from interviews.models import Booking
from tests.support import mail_scanner, make_evidence, make_interviews
from tests.support.mail_scanner import KnownPeople, ScannedMail, ScannedPerson, find_leaks

DEV = ScannedPerson("P-7KQ4M", frozenset({"Dev", "Patel"}), frozenset({"dev@home.example"}))
FAY = ScannedPerson("P-23456", frozenset({"Fay"}), frozenset({"fay@home.example", "fay@old.example"}))
GUS = ScannedPerson("P-ABCDE", frozenset({"Gus"}), frozenset())
KNOWN = KnownPeople((DEV, FAY, GUS), {"ben@charity.example": "Ben Gus"}, ("The long wait",))
CALENDAR = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1@x\r\n"
    "DTSTAMP:20260301T100000Z\r\nDTSTART:20260303T100000Z\r\nDTEND:20260303T104500Z\r\n{lines}"
    "END:VEVENT\r\nEND:VCALENDAR\r\n"
)
FOR_DEV = "ATTENDEE;RSVP=TRUE:mailto:dev@home.example\r\n"


def a_mail(**changes: object) -> ScannedMail:
    clean = ScannedMail(("dev@home.example",), "Your interview", "Hello Dev Patel, your reference is P-7KQ4M.")
    return replace(clean, **changes)  # type: ignore[arg-type]


def with_calendar(lines: str) -> ScannedMail:
    return a_mail(calendars=(CALENDAR.format(lines=lines),))


def test_a_clean_mail_passes() -> None:
    mail = with_calendar(f"SUMMARY:Interview\r\nLOCATION:https://meet.example/12345678901\r\n{FOR_DEV}")

    assert find_leaks(mail, KNOWN) == []


@pytest.mark.parametrize(
    "mail",
    [
        a_mail(text="Fay comes too."),
        a_mail(text="Write to fay@home.example"),
        a_mail(text="Write to FAY@old.example"),
        a_mail(text="Like P-23456"),
        a_mail(text="Like p-23456"),
        a_mail(subject="With Fay"),
        a_mail(subject="About your treatment"),
        a_mail(subject="The long wait: your interview"),
        a_mail(recipients=("dev@home.example", "fay@home.example")),
        a_mail(recipients=()),
        a_mail(recipients=("ben@charity.example",), text="P-7KQ4M and P-23456"),
        a_mail(recipients=("ben@charity.example",), text="Dev comes"),
        a_mail(recipients=("stranger@home.example",)),
        with_calendar(f"SUMMARY:Interview with F\r\n ay\r\n{FOR_DEV}"),
        with_calendar(f"SUMMARY:Cancer interview\r\n{FOR_DEV}"),
        with_calendar(f"DESCRIPTION:Ring 020 7946 0123\r\n{FOR_DEV}"),
        with_calendar(f"DESCRIPTION:The long wait\r\n{FOR_DEV}"),
        with_calendar("SUMMARY:Interview\r\n"),
        with_calendar(f"SUMMARY:Interview\r\n{FOR_DEV}ATTENDEE:mailto:fay@home.example\r\n"),
        with_calendar("SUMMARY:Interview\r\nATTENDEE:mailto:other@home.example\r\n"),
    ],
    ids=lambda mail: f"{mail.subject} {mail.text[:20]} {mail.calendars[0][-80:-30] if mail.calendars else ''}".strip(),
)
def test_each_leak_is_caught(mail: ScannedMail) -> None:
    assert find_leaks(mail, KNOWN) != []


@pytest.mark.parametrize(
    "mail",
    [
        a_mail(recipients=("ben@charity.example",), text="Interview with P-7KQ4M"),
        a_mail(text="Your interviewer is Ben Gus"),
        a_mail(recipients=("fay@old.example",), text="Hello Fay, P-23456"),
        a_mail(text="Devon and Fayence are places"),
    ],
)
def test_what_is_no_leak_passes(mail: ScannedMail) -> None:
    assert find_leaks(mail, KNOWN) == []


def test_every_part_of_a_message_is_looked_at() -> None:
    mail = Mail("dev@home.example", "Your interview", "Hello\n", "<p>Hello <b>F</b>ay, P-23456</p>")

    message: EmailMessage = build_mime_message(mail, message_id=uuid4(), sender="us@charity.example")

    scanned = mail_scanner.scan_message(message, ["dev@home.example"])
    assert any("P-23456" in leak for leak in find_leaks(scanned, KNOWN))


@pytest.fixture
def others(app: Flask) -> Booking:
    """Somebody else with a booking, of whom no mail to Dev may tell."""
    call = make_evidence.call()
    made = make_interviews.booking(make_interviews.volunteer(call, "Fay"))
    db.session.commit()
    return made


@pytest.mark.parametrize("is_secret", [False, True])
def test_a_leaking_mail_is_found_as_it_is_written(others: Booking, is_secret: bool) -> None:
    reference = others.volunteer.participant.reference

    queue_mail(Mail("dev@home.example", "Your interview", f"Like {reference}\n", "<p>x</p>"), is_secret=is_secret)

    with pytest.raises(AssertionError, match=reference):
        mail_scanner.assert_no_leaks()
    mail_scanner.reset()


def test_a_leaking_message_is_found_when_the_test_ends(others: Booking) -> None:
    mail = Mail("dev@home.example", "Your interview", "Fay comes too\n", "<p>x</p>")
    message = build_mime_message(mail, message_id=uuid4(), sender="us@charity.example")

    mail_scanner.record_received(message, ["dev@home.example"])

    with pytest.raises(AssertionError, match="Fay"):
        mail_scanner.assert_no_leaks()
    mail_scanner.reset()


def test_the_mails_of_a_booking_pass(others: Booking) -> None:
    mail_scanner.assert_no_leaks()
