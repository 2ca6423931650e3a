"""Mails as rows: their order, their states, what a real mail server gets, and what is left when there is none."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from core import clock, jobs, outbox
from core.database import db
from core.mail import Mail
from core.models import Job, MailState, OutboxMessage
from core.outbox import FIRST_BACKOFF_SECONDS, MAX_ATTEMPTS, WIPED_TEXT, queue_mail
from core.settings import MailEncryption, Settings, SmtpServer
from tests.support import make
from tests.support.mail_server import OK, RudeController, SmtpMailbox, find_free_port, run_mail_server

CALENDAR = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"


def a_mail(subject: str = "Your interview", recipient: str = "dev@home.example") -> Mail:
    return Mail(recipient=recipient, subject=subject, text="Hello\n", html="<p>Hello</p>")


@pytest.fixture
def mailbox(app: Flask, settings: Settings) -> SmtpMailbox:
    """Where the application hands its mail over; nobody listens before `receiving`."""
    mailbox = SmtpMailbox(port=find_free_port())
    app.extensions["settings"] = replace(settings, smtp=SmtpServer("127.0.0.1", mailbox.port, MailEncryption.NONE))
    return mailbox


@pytest.fixture
def open_mailbox(mailbox: SmtpMailbox) -> Iterator[SmtpMailbox]:
    with run_mail_server(mailbox):
        yield mailbox


def states() -> list[MailState]:
    db.session.rollback()
    return list(db.session.scalars(select(OutboxMessage.state).order_by(OutboxMessage.number)))


def only_mail() -> OutboxMessage:
    db.session.rollback()
    return db.session.scalars(select(OutboxMessage)).one()


def later(seconds: float) -> None:
    """What the quick worker does at its next sweep, that many seconds from now."""
    with clock.freeze_at(clock.now() + timedelta(seconds=seconds)):
        outbox.enqueue_due_mails()
        make.run_jobs()


def test_without_a_mail_server_a_mail_is_kept_as_a_row_and_as_a_file(app: Flask, settings: Settings) -> None:
    queue_mail(a_mail())

    make.run_jobs()

    assert states() == [MailState.SAVED_AS_FILE]
    (path,) = (settings.data_folder / "mail").iterdir()
    assert message_from_bytes(path.read_bytes())["To"] == "dev@home.example"


def test_a_mail_that_was_not_committed_never_leaves(open_mailbox: SmtpMailbox) -> None:
    queue_mail(a_mail())
    db.session.rollback()

    make.run_jobs()

    assert open_mailbox.messages == []


def test_a_mail_arrives_whole(open_mailbox: SmtpMailbox) -> None:
    queue_mail(replace(a_mail("Café – 10 o’clock"), calendar=CALENDAR, calendar_method="REQUEST"))

    make.run_jobs()

    (message,) = open_mailbox.messages
    assert open_mailbox.envelopes == [("interviews@listening-post.example", ["dev@home.example"])]
    assert message["Subject"] == "Café – 10 o’clock"
    assert [part.get_content_type() for part in message.walk() if not part.is_multipart()] == [
        "text/plain",
        "text/html",
        "text/calendar",
        "text/calendar",
    ]
    assert states() == [MailState.SENT]


def test_a_calendar_arrives_byte_by_byte_twice(open_mailbox: SmtpMailbox) -> None:
    queue_mail(replace(a_mail(), calendar=CALENDAR, calendar_method="REQUEST"))

    make.run_jobs()

    parts = [part for part in open_mailbox.messages[0].walk() if part.get_content_type() == "text/calendar"]
    assert [part.get_payload(decode=True) for part in parts] == [CALENDAR.encode()] * 2
    assert [part.get_param("method") for part in parts] == ["REQUEST"] * 2
    assert [part.get_filename() for part in parts] == [None, "invite.ics"]


def test_mails_to_one_person_leave_in_the_order_of_writing(open_mailbox: SmtpMailbox) -> None:
    for subject in ("Booked", "Moved", "Cancelled"):
        queue_mail(a_mail(subject))

    make.run_jobs()

    assert open_mailbox.subjects == ["Booked", "Moved", "Cancelled"]


def test_a_mail_to_be_retried_delays_those_behind_it(open_mailbox: SmtpMailbox) -> None:
    open_mailbox.responses = ["451 Come back later"]
    queue_mail(a_mail("Booked"))
    queue_mail(a_mail("Cancelled"))

    make.run_jobs()

    assert open_mailbox.messages == []
    assert states() == [MailState.QUEUED, MailState.QUEUED]
    later(FIRST_BACKOFF_SECONDS)
    assert open_mailbox.subjects == ["Booked", "Cancelled"]


def test_a_new_mail_does_not_overtake_one_that_waits_for_its_next_attempt(open_mailbox: SmtpMailbox) -> None:
    open_mailbox.responses = ["451 Come back later"]
    queue_mail(a_mail("Booked"))
    make.run_jobs()

    queue_mail(a_mail("Cancelled", recipient="DEV@home.example"))
    make.run_jobs()

    assert open_mailbox.messages == []
    later(FIRST_BACKOFF_SECONDS)
    assert open_mailbox.subjects == ["Booked", "Cancelled"]


def test_a_mail_to_somebody_else_does_not_wait(open_mailbox: SmtpMailbox) -> None:
    open_mailbox.recipient_response = lambda address: "451 Come back later" if address.startswith("dev") else OK
    queue_mail(a_mail("For dev"))
    queue_mail(a_mail("For ben", recipient="ben@charity.example"))

    make.run_jobs()

    assert open_mailbox.subjects == ["For ben"]


@pytest.mark.parametrize("where", ["recipient", "data"])
def test_a_refused_mail_fails_with_the_servers_text_and_the_next_goes_on(open_mailbox: SmtpMailbox, where: str) -> None:
    refusals = ["550 No such mailbox"]
    if where == "data":
        open_mailbox.responses = refusals
    else:
        open_mailbox.recipient_response = lambda _address: refusals.pop() if refusals else "250 OK"
    queue_mail(a_mail("Booked"))
    queue_mail(a_mail("Moved"))

    make.run_jobs()

    assert states() == [MailState.FAILED, MailState.SENT]
    assert open_mailbox.subjects == ["Moved"]
    failures = db.session.scalars(select(OutboxMessage.failure).order_by(OutboxMessage.number)).all()
    assert failures == ["550 No such mailbox", ""]


def test_while_the_server_is_away_a_mail_waits_and_then_leaves(mailbox: SmtpMailbox) -> None:
    queue_mail(a_mail())
    make.run_jobs()
    assert states() == [MailState.QUEUED]
    assert "Could not connect" in only_mail().failure

    with run_mail_server(mailbox):
        later(FIRST_BACKOFF_SECONDS - 1)
        too_early = list(mailbox.messages)
        later(FIRST_BACKOFF_SECONDS + 1)

    assert too_early == []
    assert mailbox.subjects == ["Your interview"]
    assert only_mail().failure == ""


def test_every_attempt_has_the_same_message_id(open_mailbox: SmtpMailbox) -> None:
    open_mailbox.responses = ["451 Later", "452 Later still"]
    queue_mail(a_mail())

    make.run_jobs()
    later(FIRST_BACKOFF_SECONDS)
    later(3 * FIRST_BACKOFF_SECONDS + 1)

    assert len(open_mailbox.attempted_ids) == 3
    assert set(open_mailbox.attempted_ids) == {f"<{only_mail().id}@listening-post.example>"}


def test_a_mail_that_never_leaves_is_given_up_and_says_so(open_mailbox: SmtpMailbox) -> None:
    open_mailbox.responses = ["451 Later"] * MAX_ATTEMPTS
    queue_mail(a_mail("Booked"))
    queue_mail(a_mail("Moved"))

    make.run_jobs()
    for attempt in range(MAX_ATTEMPTS):
        later(2.0**attempt * FIRST_BACKOFF_SECONDS + attempt)

    assert states() == [MailState.FAILED, MailState.SENT]


def test_a_server_that_refuses_to_say_goodbye_has_taken_the_mail_once(mailbox: SmtpMailbox) -> None:
    queue_mail(a_mail())

    with run_mail_server(mailbox, RudeController):
        make.run_jobs()
        later(FIRST_BACKOFF_SECONDS + 1)

    assert len(mailbox.messages) == 1
    assert states() == [MailState.SENT]


def test_a_mail_waits_while_the_server_does_not_let_us_in(mailbox: SmtpMailbox, app: Flask) -> None:
    with_password = SmtpServer("127.0.0.1", mailbox.port, MailEncryption.NONE, username="us", password="wrong")
    app.extensions["settings"] = replace(app.extensions["settings"], smtp=with_password)
    queue_mail(a_mail())

    with run_mail_server(mailbox):
        make.run_jobs()

    assert states() == [MailState.QUEUED]
    assert "AUTH" in only_mail().failure


def test_a_refusal_for_want_of_a_password_is_not_the_end(open_mailbox: SmtpMailbox) -> None:
    open_mailbox.responses = ["530 5.7.0 Authentication required"]
    queue_mail(a_mail())

    make.run_jobs()

    assert states() == [MailState.QUEUED]


@pytest.mark.parametrize("subject", ["Hello\r\nBcc: eve@evil.example", "Hello\n\nBody", "Hello\rX: y", "a\u2028b\x0bc"])
def test_a_subject_cannot_add_a_header(open_mailbox: SmtpMailbox, subject: str) -> None:
    queue_mail(a_mail(subject))

    make.run_jobs()

    (message,) = open_mailbox.messages
    assert message["Bcc"] is None
    assert message["X"] is None
    assert open_mailbox.envelopes[0][1] == ["dev@home.example"]
    assert message["Subject"] == " ".join(subject.split())


@pytest.mark.parametrize(
    "recipient",
    [
        "dev@home.example\r\nBcc: eve@evil.example",
        "dev@home.example, eve@evil.example",
        "Dev <dev@home.example>",
        "no address",
        "",
        "@",
        "dev@home.example>\r\nRCPT TO:<eve@evil.example",
    ],
)
def test_an_address_cannot_add_another_recipient(open_mailbox: SmtpMailbox, recipient: str) -> None:
    queue_mail(a_mail(recipient=recipient))
    row = queue_mail(a_mail("For dev"))
    row.recipient_id = db.session.scalars(select(OutboxMessage.recipient_id).limit(1)).one()

    make.run_jobs()

    assert [receivers for _, receivers in open_mailbox.envelopes] == [["dev@home.example"]]
    assert states() == [MailState.FAILED, MailState.SENT]


def test_a_secret_mail_is_wiped_once_it_was_sent(open_mailbox: SmtpMailbox) -> None:
    mail = replace(a_mail(), text="http://x.example/sign-in/token\n", calendar=CALENDAR, calendar_method="REQUEST")
    queue_mail(mail, is_secret=True)

    make.run_jobs()

    row = only_mail()
    assert (row.recipient, row.text, row.html, row.calendar) == ("", WIPED_TEXT, WIPED_TEXT, None)
    assert "token" in str(open_mailbox.messages[0])


def test_a_mail_that_lost_its_job_is_found_by_the_sweep(open_mailbox: SmtpMailbox) -> None:
    queue_mail(a_mail())
    db.session.execute(db.delete(Job))
    db.session.commit()

    jobs.sweep()
    make.run_jobs()

    assert states() == [MailState.SENT]


def test_mails_saved_as_files_are_readable_only_by_their_owner(app: Flask, settings: Settings) -> None:
    queue_mail(a_mail())

    make.run_jobs()

    folder: Path = settings.data_folder / "mail"
    assert folder.stat().st_mode & 0o077 == 0


def test_a_draft_leaves_only_once_it_is_released(open_mailbox: SmtpMailbox) -> None:
    batch = uuid4()
    outbox.draft_mail(a_mail(), batch)
    later(60)
    before = list(open_mailbox.messages)

    outbox.release_drafts(batch)
    later(60)

    assert before == []
    assert states() == [MailState.SENT]


def test_drafts_are_discarded_for_some_or_for_all(app: Flask) -> None:
    batch = uuid4()
    first, *_ = [outbox.draft_mail(a_mail(recipient=f"{name}@home.example"), batch) for name in ("dev", "fay", "gus")]
    of_another = outbox.draft_mail(a_mail(), uuid4()).number

    counts = [outbox.discard_drafts(batch, {first.recipient_id}), outbox.discard_drafts(batch)]

    assert counts == [1, 2]
    assert list(db.session.scalars(select(OutboxMessage.number))) == [of_another]


def test_a_mail_that_waits_for_another_attempt_is_laid_aside_when_its_time_has_passed(
    open_mailbox: SmtpMailbox,
) -> None:
    open_mailbox.responses = ["451 Later"]
    queue_mail(a_mail(), send_before=clock.now() + timedelta(minutes=10))

    make.run_jobs()
    later(600)

    assert states() == [MailState.EXPIRED]
    assert open_mailbox.messages == []


def test_a_late_mail_delays_nothing(open_mailbox: SmtpMailbox) -> None:
    queue_mail(a_mail("Late"), send_before=clock.now())
    queue_mail(a_mail("In time"))

    make.run_jobs()

    assert open_mailbox.subjects == ["In time"]


def test_what_was_sent_cannot_be_made_void(open_mailbox: SmtpMailbox) -> None:
    row_id = queue_mail(a_mail()).id
    make.run_jobs()

    outbox.cancel([row_id], "It is no longer true.")

    assert states() == [MailState.SENT]
