"""“Hear what comes next”: nobody gets updates who has not confirmed, and everybody can leave from any email."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.models import StaffMember
from accounts.roles import Role
from core import clock, outbox
from core.database import db
from core.mail import build_mime_message
from core.models import OutboxMessage
from evidence import updates
from evidence.models import Call, InterestedAddress
from evidence.updates import build_unsubscribe_url, list_interested_addresses
from interviews.mass_mail import mass_mails
from interviews.mass_mail.audiences import MailAudience
from tests.support import make, make_evidence

IVY = "ivy@home.example"


@pytest.fixture
def call(app: Flask) -> Call:
    return make_evidence.call()


@pytest.fixture
def amira(app: Flask) -> StaffMember:
    return make.staff("amira", Role.COORDINATOR)


def leave_address(client: FlaskClient, call: Call) -> str:
    """The path of the link in the mail that it causes."""
    client.post(f"/calls/{call.slug}/hear-more", data={"email": IVY})
    db.session.rollback()
    text = db.session.scalars(select(OutboxMessage.text).order_by(OutboxMessage.number.desc())).first()
    found = re.search(r"http://[^/]+(/updates/\S+)", text or "")
    assert found
    return found[1]


def write_news(call: Call, by: StaffMember) -> OutboxMessage:
    content = mass_mails.MassMailContent(MailAudience.INTERESTED, None, "News", "There is news.")
    mass_mails.write_mass_mail(call, content, by=by.id)
    return db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.number.desc())).first() or OutboxMessage()


def test_an_address_gets_no_updates_before_it_is_confirmed(client: FlaskClient, call: Call) -> None:
    path = leave_address(client, call)

    client.get(path)
    opened = [row.email for row in list_interested_addresses(call)]
    client.post(path)
    db.session.rollback()

    assert opened == []
    assert [row.email for row in list_interested_addresses(call)] == [IVY]


def test_an_address_that_nobody_confirms_is_deleted(client: FlaskClient, call: Call) -> None:
    leave_address(client, call)
    make_evidence.interested_address(call, "zoe@home.example")

    with clock.freeze_at(clock.now() + timedelta(days=31)):
        updates.delete_unconfirmed_addresses()

    assert db.session.scalars(select(InterestedAddress.email)).all() == ["zoe@home.example"]


def test_each_update_has_a_way_off(call: Call, amira: StaffMember) -> None:
    row = make_evidence.interested_address(call, IVY)

    mail = write_news(call, amira)
    message = build_mime_message(outbox._build_mail(mail), message_id=mail.id, sender="us@listening-post.example")

    address = build_unsubscribe_url(row.id)
    assert address in mail.text
    assert message["List-Unsubscribe"] == f"<{address}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_mail_program_unsubscribes_with_one_click(app: Flask, client: FlaskClient, call: Call) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    path = build_unsubscribe_url(make_evidence.interested_address(call, IVY).id).removeprefix("http://127.0.0.1:8000")

    opened = client.get(path)
    before = len(list_interested_addresses(call))
    answer = client.post(path, data={"List-Unsubscribe": "One-Click"})
    db.session.rollback()

    assert (opened.status_code, before, answer.status_code) == (200, 1, 200)
    assert "You get no updates from us" in answer.text
    assert db.session.scalars(select(InterestedAddress)).all() == []


@pytest.mark.parametrize("token", ["x", "0" * 64, "é" * 40, "%00", "0" * 32])
def test_an_invented_address_unsubscribes_nobody(client: FlaskClient, call: Call, token: str) -> None:
    row = make_evidence.interested_address(call, IVY)

    answers = [client.post(f"/no-updates/{token}"), client.post(f"/no-updates/{row.id.hex}{token}")]
    db.session.rollback()

    assert {answer.status_code for answer in answers} == {200}
    assert len(list_interested_addresses(call)) == 1


def test_who_left_after_the_draft_gets_no_email(client: FlaskClient, call: Call, amira: StaffMember) -> None:
    row = make_evidence.interested_address(call, IVY)
    make_evidence.interested_address(call, "zoe@home.example")
    content = mass_mails.MassMailContent(MailAudience.INTERESTED, None, "News", "There is news.")
    news = mass_mails.write_mass_mail(call, content, by=amira.id)
    client.post(build_unsubscribe_url(row.id).removeprefix("http://127.0.0.1:8000"))

    counts = mass_mails.release_mass_mail(news, by=amira.id)

    assert (counts.to_send, counts.excluded) == (1, 1)
