"""Reports that a mail did not arrive, made from the mails that a real server got, and what they change."""

from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from accounts import outgoing_mail
from core.database import db
from core.models import MailState, OutboxMessage
from core.settings import MailEncryption, Settings, SmtpServer
from interviews.bookings import bookings
from interviews.inbox.needs_attention import list_attention_items
from interviews.inbox.received_mail import process_mail
from interviews.inbox.record_reply import ReceivedMailOutcome
from interviews.invitations import invitations
from interviews.models import Booking, Invitation, InviteeRole
from tests.support import make, make_interviews
from tests.support.mail_server import SmtpMailbox, find_free_port, run_mail_server

pytestmark = pytest.mark.one_database

STATUS = """Reporting-MTA: dns; mx.home.example
Arrival-Date: Sat, 20 Jun 2026 08:15:00 +0000

Final-Recipient: rfc822; dev@home.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} <dev@home.example>: Recipient address rejected
"""
LETTER = """Hi. This is the mail program at mx.home.example.
I'm afraid I wasn't able to deliver your message to the following addresses.

<dev@home.example>:
No such mailbox here. (#5.1.1)

--- Below this line is a copy of the message.

"""


@pytest.fixture
def mailbox(app: Flask, settings: Settings) -> Iterator[SmtpMailbox]:
    with run_mail_server(SmtpMailbox(port=find_free_port())) as mailbox:
        app.extensions["settings"] = replace(settings, smtp=SmtpServer("127.0.0.1", mailbox.port, MailEncryption.NONE))
        yield mailbox


@pytest.fixture
def booked(mailbox: SmtpMailbox) -> Booking:
    """A booking whose mails have left."""
    booking = make_interviews.booking()
    make.run_jobs()
    return booking


def sent(mailbox: SmtpMailbox, subject: str = "Your interview is booked") -> EmailMessage:
    return next(message for message in reversed(mailbox.messages) if message["Subject"] == subject)


def event(booking: Booking) -> Invitation:
    db.session.expire_all()
    return next(one for one in booking.invitations if one.invitee_role is InviteeRole.VOLUNTEER)


def row_of(message: EmailMessage) -> OutboxMessage:
    own_id = UUID(str(message["Message-ID"]).strip("<>").partition("@")[0])
    return db.session.scalars(select(OutboxMessage).where(OutboxMessage.id == own_id)).one()


def report(about: EmailMessage, *, action: str = "failed", status: str = "5.1.1", only_headers: bool = False) -> bytes:
    """As mail servers write them (RFC 3464 §1.1)."""
    inner = about.as_bytes(policy=SMTP)
    if only_headers:
        inner = inner.partition(b"\r\n\r\n")[0] + b"\r\n"
    kind = "text/rfc822-headers" if only_headers else "message/rfc822"
    head = (
        "From: Mail Delivery System <MAILER-DAEMON@mx.home.example>\r\nTo: interviews@listening-post.example\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="REPORT"\r\n\r\n'
        "--REPORT\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n\r\n"
        "--REPORT\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"{STATUS.format(action=action, status=status)}\r\n--REPORT\r\nContent-Type: {kind}\r\n\r\n"
    )
    return head.replace("\r\n", "\n").replace("\n", "\r\n").encode() + inner + b"\r\n--REPORT--\r\n"


@pytest.mark.parametrize("only_headers", [False, True])
def test_a_mail_that_did_not_arrive_is_marked_on_the_booking_and_in_the_outbox(
    mailbox: SmtpMailbox, booked: Booking, only_headers: bool
) -> None:
    outcome = process_mail(report(sent(mailbox), only_headers=only_headers))

    assert outcome is ReceivedMailOutcome.UNDELIVERED
    assert event(booked).delivery_failure == "The address does not exist. (5.1.1)"
    row = row_of(sent(mailbox))
    assert (row.state, row.failure) == (MailState.FAILED, "The address does not exist. (5.1.1)")
    assert list_attention_items(booked.slot.interviewer_id).undelivered == [event(booked)]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("5.2.2", "The mailbox is full. (5.2.2)"),
        ("5.7.26", "The mail server of the address refuses our email. (5.7.26)"),
        ("5.4.99", "The mail server of the address could not be reached. (5.4.99)"),
        ("5.0.0", "The email could not be delivered. (5.0.0)"),
    ],
)
def test_the_reason_is_our_own_text_without_an_address(
    mailbox: SmtpMailbox, booked: Booking, status: str, words: str
) -> None:
    process_mail(report(sent(mailbox), status=status))

    assert event(booked).delivery_failure == words


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_what_may_still_arrive_is_no_failure(mailbox: SmtpMailbox, booked: Booking, action: str) -> None:
    outcome = process_mail(report(sent(mailbox), action=action, status="4.4.1"))

    assert outcome is ReceivedMailOutcome.DELAYED
    assert event(booked).delivery_failure == ""
    assert row_of(sent(mailbox)).state is MailState.SENT


def test_a_letter_of_an_old_server_with_a_copy_of_our_mail_counts_too(mailbox: SmtpMailbox, booked: Booking) -> None:
    letter = EmailMessage(policy=SMTP)
    letter["From"], letter["Subject"] = "MAILER-DAEMON@mx.home.example", "failure notice"
    letter.set_content(LETTER + sent(mailbox).as_string().partition("\n\n")[0])

    outcome = process_mail(letter.as_bytes())

    assert (outcome, event(booked).delivery_failure) == (
        ReceivedMailOutcome.UNDELIVERED,
        "The address does not exist. (5.1.1)",
    )


def test_a_letter_that_says_it_still_tries_is_no_failure(mailbox: SmtpMailbox, booked: Booking) -> None:
    letter = EmailMessage(policy=SMTP)
    letter["From"], letter["Subject"] = "postmaster@mx.home.example", "Warning: message delayed 24 hours"
    letter.set_content(f"It will be retried.\n\nMessage-ID: {sent(mailbox)['Message-ID']}\n")

    assert process_mail(letter.as_bytes()) is ReceivedMailOutcome.DELAYED


def test_an_absence_note_that_answers_our_mail_is_no_failure(mailbox: SmtpMailbox, booked: Booking) -> None:
    note = EmailMessage(policy=SMTP)
    note["From"], note["Subject"], note["Auto-Submitted"] = "dev@home.example", "Away", "auto-replied"
    note["In-Reply-To"] = str(sent(mailbox)["Message-ID"])
    note.set_content("I am away until Monday.")

    assert process_mail(note.as_bytes()) is ReceivedMailOutcome.NOT_A_REPLY
    assert event(booked).delivery_failure == ""


def test_a_report_about_no_mail_of_ours_changes_nothing(mailbox: SmtpMailbox, booked: Booking) -> None:
    other = EmailMessage(policy=SMTP)
    other["Message-ID"] = f"<{uuid4()}@listening-post.example>"
    other.set_content("Hello")
    elsewhere = EmailMessage(policy=SMTP)
    elsewhere["Message-ID"] = str(sent(mailbox)["Message-ID"]).replace("@listening-post", "@elsewhere")
    elsewhere.set_content("Hello")

    outcomes = [process_mail(report(other)), process_mail(report(elsewhere))]

    assert outcomes == [ReceivedMailOutcome.NOT_A_REPLY, ReceivedMailOutcome.NOT_A_REPLY]
    assert event(booked).delivery_failure == ""


def test_a_late_report_about_an_older_mail_does_not_speak_of_the_newest(mailbox: SmtpMailbox, booked: Booking) -> None:
    first = sent(mailbox)
    invitations.resend_invitations(booked)
    make.run_jobs()

    process_mail(report(first))

    assert event(booked).delivery_failure == ""
    assert row_of(first).state is MailState.EXPIRED  # and is not sent again over the newer one


def test_the_next_mail_about_the_interview_takes_the_mark_away(mailbox: SmtpMailbox, booked: Booking) -> None:
    process_mail(report(sent(mailbox)))

    bookings.move(booked, make_interviews.slot(booked.slot.call, booked.slot.interviewer))

    assert event(booked).delivery_failure == ""


def test_a_mail_that_was_wiped_cannot_be_sent_again_from_the_outbox(mailbox: SmtpMailbox, booked: Booking) -> None:
    process_mail(report(sent(mailbox)))

    assert not outgoing_mail.can_resend(row_of(sent(mailbox)))
