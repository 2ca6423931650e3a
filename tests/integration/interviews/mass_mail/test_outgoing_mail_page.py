"""The page of what goes out: what leaves soon, what waits, what failed, what came too late."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.roles import Role
from core import clock, outbox
from core.database import db
from core.mail import Mail
from core.models import MailState, OutboxMessage
from interviews.models import Booking, BookingStatus
from interviews.reminders import tasks
from tests.support import five_people, make, make_interviews

pytestmark = pytest.mark.one_database

PAGE = "/staff/mail/coming"
DAY = timedelta(days=1)


@pytest.fixture
def amira(app: Flask, client: FlaskClient) -> FlaskClient:
    member = make.staff("amira", Role.COORDINATOR)
    five_people.switch_to_staff(client, member.id)
    return client


@pytest.fixture
def booking(app: Flask) -> Booking:
    return make_interviews.booking()


def page_at(client: FlaskClient, booking: Booking, before: timedelta) -> str:
    db.session.commit()
    with clock.freeze_at(booking.slot.starts_at - before):
        return " ".join(client.get(PAGE).text.split())


def test_reminders_of_the_next_day_are_listed_by_reference(amira: FlaskClient, booking: Booking) -> None:
    page = page_at(amira, booking, DAY + timedelta(hours=2))

    assert booking.volunteer.participant.reference in page
    assert "1 day before" in page
    assert "1 hour before" not in page
    assert "dev@home.example" not in page


def test_a_mail_that_failed_is_listed_with_why_and_is_sent_again(amira: FlaskClient, booking: Booking) -> None:
    row = outbox.queue_mail(Mail("dev@home.example", "A lost mail", "Hello\n", "<p>Hello</p>"))
    row.state, row.failure = MailState.FAILED, "550 No such mailbox"

    page = amira.get(PAGE).text
    amira.post(f"/staff/outbox/{row.number}/send-again")

    assert "550 No such mailbox" in page
    assert f"/staff/outbox/{row.number}/send-again" in page
    db.session.expire_all()
    assert row.state is MailState.QUEUED


def test_a_mail_that_waits_shows_its_next_attempt(amira: FlaskClient, booking: Booking) -> None:
    row = outbox.queue_mail(Mail("dev@home.example", "A slow mail", "Hello\n", "<p>Hello</p>"))
    row.attempts, row.failure = 2, "451 Later"

    page = amira.get(PAGE).text

    assert "A slow mail" in page
    assert "451 Later" in page


def test_what_came_too_late_is_listed_with_why(amira: FlaskClient, booking: Booking) -> None:
    db.session.commit()
    with clock.freeze_at(booking.slot.starts_at - timedelta(minutes=30)):
        tasks.send_due_reminders()
    with clock.freeze_at(booking.slot.starts_at):
        outbox.expire_late_mails()

    page = page_at(amira, booking, timedelta(minutes=-1))

    assert outbox.TOO_LATE_REASON in page
    assert "The worker was not running in time" in page
    assert page.count("week before") == 2


def test_an_unknown_address_is_distinguished_from_a_stopped_worker(amira: FlaskClient, booking: Booking) -> None:
    booking.volunteer.participant.contact = None
    db.session.commit()
    with clock.freeze_at(booking.slot.starts_at - 7 * DAY + timedelta(minutes=1)):
        tasks.send_due_reminders()

    page = page_at(amira, booking, 6 * DAY)

    assert "There is no email address." in page
    assert "The worker was not running" not in page


def test_a_reserved_seat_shows_until_when(amira: FlaskClient, booking: Booking) -> None:
    booking.status, booking.offer_expires_at = BookingStatus.OFFERED, booking.slot.starts_at - 2 * DAY

    page = page_at(amira, booking, 3 * DAY)

    assert clock.format_day_and_time(booking.slot.starts_at - 2 * DAY, booking.slot.call.zone) in page


def test_an_empty_page_says_so(amira: FlaskClient) -> None:
    page = amira.get(PAGE).text

    assert "No reminders are due." in page
    assert "There are none." in page


def test_a_late_mail_cannot_be_sent_again(amira: FlaskClient, booking: Booking) -> None:
    row = outbox.queue_mail(Mail("dev@home.example", "Late", "x\n", "x"), send_before=clock.now())
    outbox.expire_late_mails()

    page = amira.post(f"/staff/outbox/{row.number}/send-again", follow_redirects=True)

    assert page.status_code == 200
    db.session.expire_all()
    assert db.session.scalars(select(OutboxMessage.state).where(OutboxMessage.number == row.number)).one() == "too late"


@pytest.mark.parametrize("role", [Role.INTERVIEWER, Role.REVIEWER])
def test_others_may_not_open_it(client: FlaskClient, app: Flask, role: Role) -> None:
    ben = make.staff("ben", role)
    five_people.switch_to_staff(client, ben.id)

    assert client.get(PAGE).status_code == 403
