"""Suggesting somebody: one neutral mail, and nothing kept that leads back to them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from core import clock
from core.database import db
from core.models import OutboxMessage
from core.public_mail import NETWORK_LIMITS
from core.settings import MailEncryption, Settings, SmtpServer
from evidence.models import Participant
from interviews.models import RecentNomination
from interviews.volunteers import nominations
from tests.support import make, make_evidence
from tests.support.mail_server import SmtpMailbox, find_free_port, run_mail_server

ADDRESS = "halvard@home.example"


@pytest.fixture
def mailbox(app: Flask, settings: Settings) -> Iterator[SmtpMailbox]:
    with run_mail_server(SmtpMailbox(port=find_free_port())) as mailbox:
        app.extensions["settings"] = replace(settings, smtp=SmtpServer("127.0.0.1", mailbox.port, MailEncryption.NONE))
        yield mailbox


def everything_stored() -> str:
    """Every value of every table, as text."""
    db.session.commit()
    tables = db.metadata.sorted_tables
    return "\n".join(str(tuple(row)) for table in tables for row in db.session.execute(select(table)))


def test_a_nominee_gets_one_neutral_mail(client: FlaskClient, mailbox: SmtpMailbox) -> None:
    slug = make_evidence.call().slug

    answer = client.post(f"/calls/{slug}/nominate", data={"email": ADDRESS}, follow_redirects=True)
    make.run_jobs()

    (message,) = mailbox.messages
    assert "Thank you" in answer.text
    assert (message["To"], message["Subject"]) == (ADDRESS, "Someone thought you might like to take part")


def test_nothing_of_the_nominee_is_kept_once_the_mail_has_left(client: FlaskClient, mailbox: SmtpMailbox) -> None:
    client.post(f"/calls/{make_evidence.call().slug}/nominate", data={"email": ADDRESS})
    make.run_jobs()

    stored = everything_stored()

    assert len(mailbox.messages) == 1
    assert "halvard" not in stored.lower()
    assert ADDRESS not in stored


def test_the_link_opens_the_sign_up_and_does_nothing(client: FlaskClient, mailbox: SmtpMailbox) -> None:
    slug = make_evidence.call().slug
    client.post(f"/calls/{slug}/nominate", data={"email": ADDRESS})
    make.run_jobs()
    words = mailbox.messages[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    path = next(line for line in words.splitlines() if "/nominations/" in line).removeprefix("http://127.0.0.1:8000")

    page = client.get(path, follow_redirects=True)

    assert page.request.path == f"/calls/{slug}/volunteer"
    assert db.session.scalars(select(Participant)).all() == []


def test_a_second_nomination_is_answered_alike_and_sends_nothing(client: FlaskClient) -> None:
    slug = make_evidence.call().slug
    client.post(f"/calls/{slug}/nominate", data={"email": ADDRESS})

    answer = client.post(f"/calls/{slug}/nominate", data={"email": "HALVARD@home.example"}, follow_redirects=True)

    assert "Thank you" in answer.text
    assert len(db.session.scalars(select(OutboxMessage)).all()) == 1


def test_after_30_days_the_mark_is_forgotten_and_another_mail_may_go(app: Flask) -> None:
    call = make_evidence.call()
    nominations.nominate(call, ADDRESS)

    with clock.freeze_at(clock.now() + timedelta(days=30, seconds=1)):
        nominations.nominate(call, ADDRESS)

    assert len(db.session.scalars(select(OutboxMessage)).all()) == 2
    assert len(db.session.scalars(select(RecentNomination)).all()) == 1


def test_the_mark_is_of_no_use_without_the_secret_key(app: Flask, settings: Settings) -> None:
    call = make_evidence.call()
    nominations.nominate(call, ADDRESS)
    first = db.session.scalars(select(RecentNomination.address_hash)).one()
    db.session.execute(text("DELETE FROM recent_nomination"))
    app.extensions["settings"] = replace(settings, secret_key="another")

    nominations.nominate(call, ADDRESS)

    assert db.session.scalars(select(RecentNomination.address_hash)).one() != first


def test_the_form_is_of_no_use_for_mail_in_bulk(client: FlaskClient) -> None:
    slug = make_evidence.call().slug
    visitor = {"REMOTE_ADDR": "203.0.113.7"}

    for number in range(NETWORK_LIMITS[0].count + 5):
        answer = client.post(f"/calls/{slug}/nominate", data={"email": f"p{number}@home.example"}, environ_base=visitor)
        assert answer.location == f"/calls/{slug}/nominate/next"

    assert len(db.session.scalars(select(OutboxMessage)).all()) == NETWORK_LIMITS[0].count


def test_many_nominations_from_elsewhere_do_not_close_the_form(client: FlaskClient) -> None:
    slug = make_evidence.call().slug
    for number in range(70):
        client.post(
            f"/calls/{slug}/nominate",
            data={"email": f"p{number}@home.example"},
            environ_base={"REMOTE_ADDR": "203.0.113.7"},
        )

    client.post(f"/calls/{slug}/nominate", data={"email": ADDRESS}, environ_base={"REMOTE_ADDR": "198.51.100.2"})

    assert ADDRESS in db.session.scalars(select(OutboxMessage.recipient)).all()


def test_a_line_break_in_the_address_is_refused(client: FlaskClient) -> None:
    answer = client.post(
        f"/calls/{make_evidence.call().slug}/nominate",
        data={"email": "halvard@home.example\r\nBcc: x@elsewhere.example"},
    )

    assert "<title>Error: " in answer.text
    assert db.session.scalars(select(OutboxMessage)).all() == []


def test_a_link_that_is_not_known_leads_to_an_explanation(client: FlaskClient) -> None:
    answer = client.get("/nominations/nonsense", follow_redirects=True)

    assert "We do not recognise this link" in answer.text
