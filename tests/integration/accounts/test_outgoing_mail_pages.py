"""What coordinators see of outgoing mail, and what they do not."""

import threading
import time
from email import message_from_bytes
from email.policy import default

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts import outgoing_mail
from accounts.models import StaffMember
from accounts.outgoing_mail import PAGE_LENGTH, MailNotResendableError
from accounts.roles import Role
from accounts.sign_in_links import send_sign_in_link
from core.database import db
from core.mail import Mail
from core.models import MailState, OutboxMessage
from core.outbox import queue_mail
from tests.support import five_people, make

pytestmark = pytest.mark.one_database


@pytest.fixture
def amira(app: Flask, client: FlaskClient) -> StaffMember:
    member = make.staff("amira", Role.COORDINATOR)
    five_people.switch_to_staff(client, member.id)
    return member


def a_mail(subject: str = "Your interview", text: str = "Hello\n", html: str = "<p>Hello</p>") -> OutboxMessage:
    return queue_mail(Mail(recipient="dev@home.example", subject=subject, text=text, html=html))


def failed_mail() -> OutboxMessage:
    row = a_mail()
    row.state, row.failure, row.attempts = MailState.FAILED, "550 No such mailbox", 1
    db.session.flush()
    return row


def test_mails_are_listed_with_their_state_and_what_went_wrong(client: FlaskClient, amira: StaffMember) -> None:
    failed_mail()

    page = client.get("/staff/outbox").text

    assert "Your interview" in page
    assert "dev@home.example" in page
    assert "550 No such mailbox" in page


def test_the_list_is_narrowed_to_one_state(client: FlaskClient, amira: StaffMember) -> None:
    failed_mail()
    a_mail(subject="Another")

    page = client.get("/staff/outbox?state=failed").text

    assert "Your interview" in page
    assert "Another" not in page


@pytest.mark.parametrize("query", ["state=lost", "page=0", "page=-5", "page=99999999999999999999", "page=x"])
def test_a_senseless_question_is_answered_with_a_list(client: FlaskClient, amira: StaffMember, query: str) -> None:
    a_mail()

    assert client.get(f"/staff/outbox?{query}").status_code == 200


def test_a_long_list_has_pages(client: FlaskClient, amira: StaffMember) -> None:
    for number in range(PAGE_LENGTH + 1):
        a_mail(subject=f"Mail {number}.")

    first, second = client.get("/staff/outbox").text, client.get("/staff/outbox?page=2").text

    assert "Mail 0." not in first
    assert "Older" in first
    assert "Mail 0." in second


def test_a_failed_mail_is_sent_again(client: FlaskClient, amira: StaffMember) -> None:
    number = failed_mail().number

    client.post(f"/staff/outbox/{number}/send-again")
    make.run_jobs()

    db.session.expire_all()
    assert db.session.get_one(OutboxMessage, number).state is MailState.SAVED_AS_FILE


def test_a_mail_that_waits_already_is_not_put_back(client: FlaskClient, amira: StaffMember) -> None:
    row = a_mail()
    row.attempts = 3

    page = client.post(f"/staff/outbox/{row.number}/send-again", follow_redirects=True)

    assert "This email has been sent or is about to be sent." in page.text
    db.session.expire_all()
    assert row.attempts == 3


def test_a_mail_that_two_people_send_again_at_once_is_sent_once(app: Flask) -> None:
    number = failed_mail().number
    db.session.commit()
    is_pressed = threading.Event()
    outcomes: list[str] = []

    def press(pause: float) -> None:
        with app.app_context():
            if not pause:
                is_pressed.wait()
            try:
                outgoing_mail.resend(db.session.get_one(OutboxMessage, number))
                is_pressed.set()
                time.sleep(pause)
                db.session.commit()
                outcomes.append("sent again")
            except MailNotResendableError:
                outcomes.append("refused")

    threads = [threading.Thread(target=press, args=(pause,)) for pause in (0.5, 0.0)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["refused", "sent again"]


def test_a_mail_downloads_as_a_file_that_mail_programs_read(client: FlaskClient, amira: StaffMember) -> None:
    row = a_mail(text="See https://example.org/link/abc\n")

    answer = client.get(f"/staff/outbox/{row.number}/mail.eml")

    message = message_from_bytes(answer.data, policy=default)
    assert message["To"] == "dev@home.example"
    body = message.get_body(("plain",))
    assert body is not None
    assert "https://example.org/link/abc" in body.get_content()


def test_the_link_to_sign_in_is_never_shown(client: FlaskClient, amira: StaffMember) -> None:
    make.staff("ben", Role.INTERVIEWER)
    send_sign_in_link("ben@charity.example")
    row = db.session.scalars(select(OutboxMessage)).one()
    token = row.text.split("/sign-in/")[1].split()[0]

    page = client.get(f"/staff/outbox/{row.number}")
    files = [client.get(f"/staff/outbox/{row.number}/{part}") for part in ("mail.eml", "laid-out")]

    assert page.status_code == 200
    assert token not in page.text
    assert [file.status_code for file in files] == [404, 404]


def test_hostile_mail_can_do_nothing_in_the_page(client: FlaskClient, amira: StaffMember) -> None:
    hostile = "<script>alert(1)</script>"
    row = a_mail(subject=hostile, text=f"{hostile}\n", html=hostile)

    page = client.get(f"/staff/outbox/{row.number}")
    frame = client.get(f"/staff/outbox/{row.number}/laid-out")

    assert hostile not in page.text
    assert "sandbox\n" in page.text or "sandbox " in page.text
    assert frame.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


def test_a_mail_that_is_not_there_is_not_found(client: FlaskClient, amira: StaffMember) -> None:
    assert client.get("/staff/outbox/4711").status_code == 404


def test_a_secret_mail_hides_our_links_but_not_where_to_meet(client: FlaskClient, amira: StaffMember) -> None:
    text = "Meet: https://video.example/room-1\n\nYour page: http://127.0.0.1:8000/link/abc\n"
    row = queue_mail(Mail("dev@home.example", "Your interview", text, "<p>Hello</p>"), is_secret=True)

    page = client.get(f"/staff/outbox/{row.number}").text

    assert "https://video.example/room-1" in page
    assert "/link/abc" not in page
