"""Staff sign in by a mailed link that works once, and out again."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts import people, sessions
from accounts.models import AccessLink, AuditEntry, StaffMember
from accounts.roles import Role
from accounts.sign_in_links import LINK_LIFETIME, create_sign_in_url
from core import clock
from core.database import db
from core.models import OutboxMessage
from core.public_mail import ADDRESS_LIMITS
from tests.support import make


@pytest.fixture
def amira(app: Flask) -> StaffMember:
    return make.staff("amira", Role.COORDINATOR)


def path_of(address: str) -> str:
    return address.removeprefix("http://127.0.0.1:8000")


def mailed_paths() -> list[str]:
    make.run_jobs()
    found = [re.search(r"http://\S+", text) for text in db.session.scalars(select(OutboxMessage.text)).all()]
    return [path_of(match.group()) for match in found if match]


def test_a_member_signs_in_with_the_mailed_link(client: FlaskClient, amira: StaffMember) -> None:
    client.post("/sign-in", data={"email": " Amira@Charity.example "})
    (path,) = mailed_paths()

    answer = client.post(path)

    assert answer.status_code == 302
    assert answer.location == "/staff"
    assert "Amira" in client.get("/staff/people").text


def test_everybody_gets_the_same_answer(client: FlaskClient, amira: StaffMember) -> None:
    known = client.post("/sign-in", data={"email": amira.email})

    unknown = client.post("/sign-in", data={"email": "eve@elsewhere.example"})

    assert (known.status_code, known.location) == (unknown.status_code, unknown.location)
    assert len(mailed_paths()) == 1


def test_opening_the_link_does_not_use_it_up(client: FlaskClient, amira: StaffMember) -> None:
    path = path_of(create_sign_in_url(amira))

    scanned = [client.get(path) for _ in range(3)]

    assert all("Sign in as Amira" in answer.text for answer in scanned)
    assert client.get("/staff/people").status_code == 302
    assert client.post(path).status_code == 302


def test_a_link_works_once(client: FlaskClient, amira: StaffMember) -> None:
    path = path_of(create_sign_in_url(amira))
    client.post(path)

    again = client.post(path)

    assert again.status_code == 404
    assert "already been used" in again.text


def test_a_link_runs_out(client: FlaskClient, amira: StaffMember) -> None:
    path = path_of(create_sign_in_url(amira))

    with clock.freeze_at(clock.now() + LINK_LIFETIME):
        answer = client.post(path)

    assert answer.status_code == 404
    assert "expired" in answer.text


def test_the_database_has_no_token(client: FlaskClient, amira: StaffMember) -> None:
    token = path_of(create_sign_in_url(amira)).rpartition("/")[2]

    row = db.session.scalars(select(AccessLink)).one()

    assert token not in str(vars(row))


def test_a_member_who_was_let_go_cannot_use_a_link_from_before(client: FlaskClient, amira: StaffMember) -> None:
    ben = make.staff("ben", Role.INTERVIEWER)
    path = path_of(create_sign_in_url(ben))
    people.change_member(ben, name="Ben", roles={Role.INTERVIEWER}, is_active=False)

    answer = client.post(path)

    assert answer.status_code == 404
    assert client.get("/staff").status_code != 200


def test_a_member_who_was_let_go_is_out_at_once(client: FlaskClient, amira: StaffMember) -> None:
    zoe = make.staff("zoe", Role.COORDINATOR)
    client.post(path_of(create_sign_in_url(zoe)))
    assert client.get("/staff/people").status_code == 200

    people.change_member(zoe, name="Zoe", roles={Role.COORDINATOR}, is_active=False)

    assert client.get("/staff/people").location.startswith("/sign-in")


def test_a_mailbox_cannot_be_flooded(client: FlaskClient, amira: StaffMember) -> None:
    for _ in range(ADDRESS_LIMITS[0].count + 3):
        client.post("/sign-in", data={"email": amira.email})

    assert len(mailed_paths()) == ADDRESS_LIMITS[0].count


def test_after_a_while_links_are_mailed_again(client: FlaskClient, amira: StaffMember) -> None:
    for _ in range(ADDRESS_LIMITS[0].count):
        client.post("/sign-in", data={"email": amira.email})

    with clock.freeze_at(clock.now() + LINK_LIFETIME + timedelta(seconds=1)):
        client.post("/sign-in", data={"email": amira.email})
        make.run_jobs()

    assert len(mailed_paths()) == ADDRESS_LIMITS[0].count + 1


def test_the_page_that_was_wanted_opens_after_signing_in(client: FlaskClient, amira: StaffMember) -> None:
    sent_away = client.get("/staff/outbox?state=failed")
    client.post(sent_away.location, data={"email": amira.email})
    (path,) = mailed_paths()

    answer = client.post(path)

    assert answer.location == "/staff/outbox?state=failed"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "evil.example",
        " //evil.example",
    ],
)
def test_signing_in_leads_nowhere_else(client: FlaskClient, amira: StaffMember, elsewhere: str) -> None:
    path = path_of(create_sign_in_url(amira))

    answer = client.post(path, query_string={"next": elsewhere})

    assert answer.location == "/staff"


def test_a_foreign_address_never_gets_into_the_mail(client: FlaskClient, amira: StaffMember) -> None:
    client.post("/sign-in", query_string={"next": "https://evil.example/"}, data={"email": amira.email})

    (path,) = mailed_paths()

    assert "evil" not in path


def test_a_forged_host_never_gets_into_the_mail(client: FlaskClient, amira: StaffMember) -> None:
    client.post("/sign-in", data={"email": amira.email}, headers={"Host": "evil.example"})
    make.run_jobs()

    (text,) = db.session.scalars(select(OutboxMessage.text)).all()

    assert "http://127.0.0.1:8000/sign-in/" in text
    assert "evil" not in text


def test_signing_out_ends_the_session(client: FlaskClient, amira: StaffMember) -> None:
    client.post(path_of(create_sign_in_url(amira)))

    client.post("/sign-out")

    assert client.get("/staff/people").location.startswith("/sign-in")


def test_signing_in_leaves_nothing_of_the_session_before(client: FlaskClient, amira: StaffMember) -> None:
    with client.session_transaction() as before:
        before["planted"] = "by somebody else"

    client.post(path_of(create_sign_in_url(amira)))

    with client.session_transaction() as after:
        assert "planted" not in after
        row = sessions.find_open(after["staff_session"])
        assert row is not None
        assert row.staff_member_id == amira.id


def test_signing_in_is_recorded_as_an_action_of_the_member(client: FlaskClient, amira: StaffMember) -> None:
    client.post(path_of(create_sign_in_url(amira)))

    entry = db.session.scalars(select(AuditEntry)).one()

    assert (entry.action, entry.actor_kind, entry.actor_id) == ("signed in", "staff", amira.id)


def test_a_form_without_its_token_is_refused(app: Flask, client: FlaskClient, amira: StaffMember) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    path = path_of(create_sign_in_url(amira))

    answers = [client.post("/sign-in", data={"email": amira.email}), client.post(path), client.post("/sign-out")]

    assert [answer.status_code for answer in answers] == [400, 400, 400]
    assert mailed_paths() == []


@pytest.mark.parametrize("hostile", ["a@b\r\nBcc: eve@evil.example", "<script>@x.example", "x" * 100_000, "\u202e@b.c"])
def test_a_hostile_address_is_answered_with_a_message(client: FlaskClient, amira: StaffMember, hostile: str) -> None:
    answer = client.post("/sign-in", data={"email": hostile})

    assert answer.status_code == 200
    assert "Error: " in answer.text
    assert "<script>@" not in answer.text


def test_the_session_cookie_is_out_of_reach_of_scripts(client: FlaskClient, amira: StaffMember) -> None:
    answer = client.post(path_of(create_sign_in_url(amira)))

    cookie = answer.headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
