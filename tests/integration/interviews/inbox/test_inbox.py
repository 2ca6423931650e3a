"""Mails that come in: from a real IMAP server, and through the command that a mail server pipes into."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from core import jobs
from core.database import db
from core.errors import SettingsError
from core.models import Job, JobState
from core.settings import ImapMailbox, MailEncryption, Settings
from interviews.inbox import received_mail
from interviews.inbox.mailbox_status import MAILBOX_ID, READ_MAILBOX_JOB, get_mailbox_failure
from interviews.inbox.tasks import request_mailbox_read
from interviews.models import Booking, CalendarReply, ReceivedMail
from tests.support import make, make_interviews
from tests.support.imap_server import PASSWORD, USER, ImapServer, run_imap_server
from tests.support.installations import make_settings
from tests.support.mail_server import find_free_port
from wsgi import create_app

pytestmark = pytest.mark.one_database

DONE = "Done"
LETTER = b"From: dev@home.example\r\nSubject: A question\r\n\r\nIs there a lift?\r\n"
BROKEN = (
    b"Content-Type: multipart/mixed; boundary=\xff\r\n\r\n--\xff\r\n" * 300 + b"\xfe" * 300 + b"BEGIN:VCALENDAR" * 40
)


@pytest.fixture(scope="module")
def server() -> Iterator[ImapServer]:
    with run_imap_server() as server:
        yield server


@pytest.fixture
def mailbox(app: Flask, settings: Settings, server: ImapServer) -> ImapServer:
    """An empty mailbox that the application looks into."""
    server.empty_folders("INBOX", DONE)
    imap = ImapMailbox("127.0.0.1", server.port, MailEncryption.NONE, USER, PASSWORD)
    app.extensions["settings"] = replace(settings, imap=imap)
    return server


@pytest.fixture
def booked(app: Flask) -> Booking:
    booking = make_interviews.booking()
    db.session.commit()
    return booking


def reply(booking: Booking, partstat: str = "ACCEPTED", *, sender: str = "dev@home.example") -> bytes:
    """What a calendar sends back for the volunteer."""
    (invitation,) = [one for one in booking.invitations if one.staff_member_id is None]
    return (
        f"From: {sender}\r\nTo: interviews@listening-post.example\r\nSubject: Re: your interview\r\n"
        "Content-Type: text/calendar; method=REPLY; charset=utf-8\r\n\r\n"
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\n"
        f"UID:{invitation.uid}\r\nSEQUENCE:{invitation.sequence}\r\nDTSTAMP:20260620T081500Z\r\n"
        f"ATTENDEE;PARTSTAT={partstat}:mailto:dev@home.example\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    ).encode()


def look(app: Flask) -> None:
    """What happens each minute in the worker."""
    request_mailbox_read()
    make.run_jobs()
    db.session.expire_all()


def partstat_of(booking: Booking) -> str:
    return next(one.partstat for one in booking.invitations if one.staff_member_id is None)


def test_an_answer_in_the_mailbox_is_noted_and_marked_as_read(app: Flask, mailbox: ImapServer, booked: Booking) -> None:
    mailbox.deliver(reply(booked))

    look(app)

    assert partstat_of(booked) == "ACCEPTED"
    assert mailbox.list_flags() == [{r"\Seen"}]


def test_a_letter_stays_unread_for_people_and_is_looked_at_once(app: Flask, mailbox: ImapServer) -> None:
    mailbox.deliver(LETTER)

    look(app)
    look(app)

    assert mailbox.list_flags() == [{r"\Flagged"}]
    assert [row.outcome for row in db.session.query(ReceivedMail)] == ["no answer of a calendar"]


def test_an_answer_from_another_address_changes_nothing_and_stays_for_people(
    app: Flask, mailbox: ImapServer, booked: Booking
) -> None:
    mailbox.deliver(reply(booked, "DECLINED", sender="eve@elsewhere.example"))

    look(app)

    assert partstat_of(booked) == "NEEDS-ACTION"
    assert mailbox.list_flags() == [{r"\Flagged"}]


def test_a_broken_mail_delays_nothing(app: Flask, mailbox: ImapServer, booked: Booking) -> None:
    mailbox.deliver(BROKEN, reply(booked, "TENTATIVE"))

    look(app)

    assert partstat_of(booked) == "TENTATIVE"


def test_a_sender_that_no_database_can_store_delays_nothing(app: Flask, mailbox: ImapServer, booked: Booking) -> None:
    mailbox.deliver(reply(booked, "DECLINED", sender="=?utf-8?q?d=00ev?=@home.example"), reply(booked, "TENTATIVE"))

    look(app)

    assert partstat_of(booked) == "TENTATIVE"
    assert mailbox.list_flags() == [{r"\Flagged"}, {r"\Seen"}]


def test_a_mail_is_read_before_a_database_is_asked(app: Flask, booked: Booking) -> None:
    content = reply(booked)
    db.session.commit()

    received_mail.analyse_mail(content)

    assert not db.session().in_transaction()


def test_a_mail_that_is_too_large_is_left_to_people_unread(app: Flask, mailbox: ImapServer) -> None:
    mailbox.deliver(LETTER + b"x" * (6 * 1024 * 1024))

    look(app)

    assert mailbox.list_flags() == [{r"\Flagged"}]


def test_what_was_understood_moves_where_the_operator_wants(app: Flask, mailbox: ImapServer, booked: Booking) -> None:
    settings = app.extensions["settings"]
    app.extensions["settings"] = replace(settings, imap=replace(settings.imap, done_folder=DONE))
    mailbox.deliver(reply(booked), LETTER)

    look(app)

    assert (mailbox.list_flags(), mailbox.list_flags(DONE)) == ([{r"\Flagged"}], [{r"\Seen"}])


def test_more_mails_than_one_look_takes_are_taken_by_the_next(app: Flask, mailbox: ImapServer) -> None:
    mailbox.deliver(*(LETTER + b"%d\r\n" % number for number in range(60)))

    look(app)
    first = db.session.scalar(select(func.count()).select_from(ReceivedMail))
    look(app)

    assert (first, db.session.scalar(select(func.count()).select_from(ReceivedMail))) == (50, 60)


def test_killed_before_it_could_mark_a_mail_it_takes_the_mail_again_and_changes_nothing(
    app: Flask, mailbox: ImapServer, booked: Booking
) -> None:
    mailbox.deliver(reply(booked))
    look(app)
    mailbox.clear_flags()

    look(app)

    assert len(db.session.query(CalendarReply).all()) == 1
    assert mailbox.list_flags() == [{r"\Seen"}]


def test_a_server_that_does_not_answer_is_named_and_asked_again(app: Flask, settings: Settings) -> None:
    imap = ImapMailbox("127.0.0.1", find_free_port(), MailEncryption.NONE, USER, "a secret password")
    app.extensions["settings"] = replace(settings, imap=imap)

    look(app)

    job = jobs.find_latest(READ_MAILBOX_JOB, MAILBOX_ID)
    assert job is not None
    assert job.state is JobState.WAITING
    assert get_mailbox_failure() == "The mail server cannot be reached: Connection refused"


def test_a_wrong_password_is_said_without_the_password(app: Flask, mailbox: ImapServer) -> None:
    settings = app.extensions["settings"]
    app.extensions["settings"] = replace(settings, imap=replace(settings.imap, password="a secret password"))

    look(app)

    assert get_mailbox_failure() == "The mail server refused the connection, or it broke off."


def test_without_a_mailbox_nobody_looks(app: Flask) -> None:
    request_mailbox_read()

    assert db.session.query(Job).filter_by(name=READ_MAILBOX_JOB).all() == []


def test_a_mail_is_taken_from_standard_input(app: Flask, booked: Booking) -> None:
    ended = app.test_cli_runner().invoke(args=["interviews", "take-reply"], input=reply(booked, "DECLINED"))

    db.session.expire_all()
    assert (ended.exit_code, ended.output) == (0, "an answer to an invitation, noted\n")
    assert partstat_of(booked) == "DECLINED"


def test_the_same_mail_by_both_routes_is_recorded_once(app: Flask, mailbox: ImapServer, booked: Booking) -> None:
    runner = app.test_cli_runner()
    runner.invoke(args=["interviews", "take-reply"], input=reply(booked))
    mailbox.deliver(reply(booked))

    look(app)

    assert len(db.session.query(CalendarReply).all()) == 1


def test_what_cannot_be_taken_now_is_to_be_kept_by_the_mail_server(tmp_path: Path) -> None:
    unprepared = create_app(make_settings(tmp_path / "unprepared"))

    ended = unprepared.test_cli_runner().invoke(args=["interviews", "take-reply"], input=LETTER)

    assert ended.exit_code == 75


@pytest.mark.parametrize(
    ("url", "made"),
    [
        ("imaps://me:p%40ss@mail.example", ImapMailbox("mail.example", 993, MailEncryption.TLS, "me", "p@ss")),
        (
            "imap+starttls://me@charity.example:x@mail.example:1430/Replies",
            ImapMailbox("mail.example", 1430, MailEncryption.STARTTLS, "me@charity.example", "x", "Replies"),
        ),
    ],
)
def test_the_mailbox_is_set_as_one_address(tmp_path: Path, url: str, made: ImapMailbox) -> None:
    assert make_settings(tmp_path, IMAP_URL=url).imap == made


@pytest.mark.parametrize("url", ["imaps://mail.example", "https://me:x@mail.example", "imaps://me:x@[::1", "me"])
def test_an_address_that_cannot_work_is_refused_by_name(tmp_path: Path, url: str) -> None:
    with pytest.raises(SettingsError, match="LISTENING_POST_IMAP_URL") as refused:
        make_settings(tmp_path, IMAP_URL=url)

    assert "me:x" not in str(refused.value)
