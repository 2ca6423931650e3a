"""Drafts get one reminder a week before the call closes: to confirmed addresses, once, with a way off."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core import clock
from core.mail import build_mime_message
from core.models import OutboxMessage
from core.outbox import _build_mail
from evidence.models import Call
from evidence.tasks import send_draft_reminders
from tests.support import make_evidence
from tests.support.written_form_steps import (
    extract_link,
    fill_in_required,
    find_mails,
    get_only_contribution,
    start_writing,
)

pytestmark = pytest.mark.one_database

EMAIL = "dev@home.example"
WORDS = {"answer_capacity": "A nurse", "seen_capacity": "0"}


@pytest.fixture
def call(app: Flask) -> Call:
    today = clock.now().date()
    days = {"opens_on": today - timedelta(days=1), "closes_on": today + timedelta(days=30)}
    return make_evidence.call(**{name: day.isoformat() for name, day in days.items()})


@pytest.fixture
def pages(client: FlaskClient, call: Call) -> str:
    pages = start_writing(client, call, EMAIL)
    client.post(f"{pages}/sections/you", data=WORDS)
    return pages


def sweep_at(moment: datetime) -> list[OutboxMessage]:
    with clock.freeze_at(moment):
        send_draft_reminders()
    return find_mails("A reminder")


def in_days(days: int) -> datetime:
    return clock.now() + timedelta(days=days)


def test_a_draft_is_reminded_once_a_week_before_the_call_closes(client: FlaskClient, pages: str) -> None:
    counts = [len(sweep_at(in_days(days))) for days in (22, 24, 25, 26)]

    mail = find_mails("A reminder")[0]
    assert counts == [0, 1, 1, 1]
    assert mail.recipient == EMAIL
    assert "A nurse" not in mail.text
    assert client.get(extract_link(mail)).status_code == 302


@pytest.mark.parametrize("days", [31, 40])
def test_nobody_is_reminded_of_a_closed_call(pages: str, days: int) -> None:
    assert sweep_at(in_days(days)) == []


def test_what_was_sent_is_not_reminded_of(client: FlaskClient, pages: str) -> None:
    fill_in_required(client, pages)
    client.post(f"{pages}/check")

    assert sweep_at(in_days(25)) == []


def test_an_address_that_nobody_confirmed_gets_no_reminder(client: FlaskClient, call: Call) -> None:
    pages = start_writing(client, call, EMAIL, confirms=False)
    client.post(f"{pages}/sections/you", data=WORDS)

    assert sweep_at(in_days(25)) == []


def test_who_wrote_nothing_gets_no_reminder(client: FlaskClient, call: Call) -> None:
    start_writing(client, call, EMAIL)

    assert sweep_at(in_days(25)) == []


def test_who_is_writing_now_is_left_alone(client: FlaskClient, pages: str) -> None:
    with clock.freeze_at(in_days(25)):
        client.post(f"{pages}/sections/you", data={"answer_capacity": "A nurse and a son", "seen_capacity": "1"})

    assert sweep_at(in_days(26)) == []


def test_a_reminder_can_be_declined_beforehand(client: FlaskClient, pages: str) -> None:
    page = client.get(f"{pages}/saved")
    client.post(f"{pages}/no-reminder")

    assert "Do not remind me" in page.text
    assert sweep_at(in_days(25)) == []


def test_the_email_has_a_way_off_that_needs_no_session(app: Flask, client: FlaskClient, pages: str) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    (mail,) = sweep_at(in_days(25))
    message = build_mime_message(_build_mail(mail), message_id=mail.id, sender="us@listening-post.example")
    address = message["List-Unsubscribe"].strip("<>")
    path = address.removeprefix("http://127.0.0.1:8000")
    stranger = app.test_client()

    opened = stranger.get(path)
    unchanged = get_only_contribution().wants_reminder
    stranger.post(path, data={"List-Unsubscribe": "One-Click"})

    assert address in mail.text
    assert "Stop reminders" in opened.text
    assert (unchanged, get_only_contribution().wants_reminder) == (True, False)


@pytest.mark.parametrize("token", ["x", "0" * 64, "é" * 40])
def test_an_invented_address_stops_nothing(client: FlaskClient, pages: str, token: str) -> None:
    answers = [client.post(f"/no-reminders/{begin}{token}") for begin in ("", get_only_contribution().id.hex)]

    assert {answer.status_code for answer in answers} == {200}
    assert get_only_contribution().wants_reminder
