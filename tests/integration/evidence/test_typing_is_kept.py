"""Nothing typed is lost: saved while typing, given back when a session has ended, never given to somebody else."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.access import RENEWAL_SECONDS
from accounts.models import AccessLink
from core import clock
from core.database import db
from evidence.written_contributions import get_answer_texts
from tests.support import make_evidence
from tests.support.written_form_steps import (
    confirm_address,
    extract_link,
    fill_in_required,
    find_mails,
    get_only_contribution,
    start_writing,
)

pytestmark = pytest.mark.one_database

STORY = "I waited for a year.\nThen somebody called, and it was the wrong number."
SEEN = re.compile(r'name="seen_capacity"[^>]*value="([^"]*)"')
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]*)"')


@pytest.fixture
def pages(app: Flask, client: FlaskClient) -> str:
    return start_writing(client, make_evidence.call())


def autosave(client: FlaskClient, pages: str, text: str, seen: str = "0") -> tuple[int, dict[str, object]]:
    data = {"answer_capacity": text, "seen_capacity": seen}
    answer = client.post(f"{pages}/sections/you/autosave", data=data)
    return answer.status_code, answer.get_json()


def is_renewed_after(client: FlaskClient, path: str, period: timedelta) -> bool:
    with clock.freeze_at(clock.now() + period):
        return "session=" in client.get(path).headers.get("Set-Cookie", "")


def test_words_are_saved_while_they_are_typed(client: FlaskClient, pages: str) -> None:
    _, first = autosave(client, pages, "A nur")
    seen = first["seen"]["seen_capacity"]  # type: ignore[index]
    status, _ = autosave(client, pages, "A nurse", seen)

    assert status == 200
    assert get_answer_texts(get_only_contribution())["capacity"] == "A nurse"


def test_the_same_words_sent_twice_are_no_conflict(client: FlaskClient, pages: str) -> None:
    """The first answer was lost on its way."""
    first, second = autosave(client, pages, "A nurse"), autosave(client, pages, "A nurse")

    assert first == second
    assert first[0] == 200


def test_another_window_is_not_overwritten(client: FlaskClient, pages: str) -> None:
    autosave(client, pages, "A nurse")

    status, reply = autosave(client, pages, "A doctor")

    assert status == 409
    assert "another window" in str(reply["problem"])
    assert get_answer_texts(get_only_contribution())["capacity"] == "A nurse"


def test_what_was_sent_does_not_change_while_it_is_typed(client: FlaskClient, pages: str) -> None:
    fill_in_required(client, pages)
    client.post(f"{pages}/check")
    seen = SEEN.findall(client.get(f"{pages}/sections/you").text)[0]

    status, _ = autosave(client, pages, "Half a sen", seen)

    assert status == 409
    assert get_answer_texts(get_only_contribution())["capacity"] == "A nurse"


def test_a_page_of_somebody_else_saves_nothing_but_shows_the_words(client: FlaskClient, pages: str) -> None:
    call = get_only_contribution().call
    other = make_evidence.contribution(call, make_evidence.participant("ann@home.example"))
    db.session.commit()

    page = client.post(f"{pages}/sections/you", data={"answer_capacity": STORY, "contribution": str(other.id)})

    assert page.status_code == 403
    assert STORY in page.text
    assert "Send again" not in page.text


def test_a_session_is_renewed_while_it_is_used(client: FlaskClient, pages: str) -> None:
    client.get(f"{pages}/sections/you")
    soon, later = timedelta(seconds=RENEWAL_SECONDS - 60), timedelta(seconds=RENEWAL_SECONDS)

    renewed = [is_renewed_after(client, f"{pages}/sections/you", period) for period in (soon, later)]

    assert renewed == [False, True]


def test_words_without_a_session_come_back_and_are_saved_after_the_link_is_opened(
    app: Flask, client: FlaskClient, pages: str
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    link = extract_link(find_mails("Your link to continue")[-1])
    typed = {"answer_capacity": STORY, "seen_capacity": "0"}
    stranger = app.test_client()

    refused = stranger.post(f"{pages}/sections/you", data=typed)
    stranger.get(link)
    offered = stranger.post(f"{pages}/sections/you", data=typed | {"csrf_token": TOKEN.findall(refused.text)[0]})
    token = TOKEN.findall(offered.text)[0]
    saved = stranger.post(f"{pages}/sections/you", data=typed | {"csrf_token": token})

    assert (refused.status_code, offered.status_code, saved.status_code) == (400, 400, 302)
    assert all(STORY in page.text for page in (refused, offered))
    assert "Open your personal link again" in refused.text
    assert "no longer signed in" not in offered.text
    assert get_answer_texts(get_only_contribution())["capacity"] == STORY


def test_words_sent_with_a_link_that_ended_come_back(client: FlaskClient, pages: str) -> None:
    for link in db.session.scalars(select(AccessLink)):
        link.revoked_at = clock.now()
    db.session.commit()

    page = client.post(f"{pages}/sections/you", data={"answer_capacity": "A nurse", "seen_capacity": "0"})

    assert page.status_code == 400
    assert 'value="A nurse"' in page.text


def test_what_another_site_sends_is_not_offered_to_be_sent_again(app: Flask, client: FlaskClient, pages: str) -> None:
    app.config["WTF_CSRF_ENABLED"] = True

    page = client.post(
        f"{pages}/sections/you", data={"answer_capacity": STORY}, headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert "Send again" not in page.text
    assert STORY in page.text


@pytest.mark.parametrize("path", ["/nowhere", "/my/nowhere/written/sections/you"])
def test_a_page_that_is_gone_gives_the_words_back(client: FlaskClient, pages: str, path: str) -> None:
    page = client.post(path, data={"answer_capacity": STORY})

    assert page.status_code == 404
    assert STORY in page.text


def test_staff_get_their_words_back_when_they_have_to_sign_in_again(app: Flask, client: FlaskClient) -> None:
    page = client.post("/staff/people/add", data={"name": STORY})

    assert page.status_code == 400
    assert STORY in page.text
    assert "Sign in (opens in a new tab)" in page.text


def test_the_page_of_a_token_is_of_the_person_who_opened_the_link_again(client: FlaskClient, pages: str) -> None:
    confirm_address(client, extract_link(find_mails("Your link to continue")[-1]))

    reply = client.get(f"{pages}/sections/you/autosave").get_json()

    assert reply["contribution"] == str(get_only_contribution().id)
    assert reply["token"]
