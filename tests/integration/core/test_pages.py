"""What every page shares: forms are protected, also over https, and no address breaks the server."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from accounts.roles import STAFF_ROLES
from tests.support import five_people, make

pytestmark = pytest.mark.one_database

HTTPS = "https://evidence.charity.example"
ENORMOUS = "9" * 30


def test_a_form_can_be_sent_over_https_by_a_browser_that_says_not_where_it_was(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    page = client.get("/sign-in", base_url=HTTPS)
    token = re.search('name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert token

    answer = client.post("/sign-in", base_url=HTTPS, data={"email": "amira@charity.example", "csrf_token": token[1]})

    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert answer.location == "/sign-in/sent"


def test_a_form_from_elsewhere_is_refused_over_https_too(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True

    answer = client.post("/sign-in", base_url=HTTPS, data={"email": "amira@charity.example"})

    assert answer.status_code == 400


@pytest.mark.parametrize(
    "address",
    [
        "/calls/%00",
        "/calls/a%00b/write",
        "/calls/%00/volunteer",
        "/calls/%00/nominate/next",
        "/staff/calls/%00",
        "/staff/read/%00",
        "/staff/read/%00/questions/%00",
        f"/staff/outbox/{ENORMOUS}",
        f"/staff/outbox/{ENORMOUS}/mail.eml",
        f"/staff/outbox/{'9' * 5000}",
    ],
)
def test_an_address_that_no_row_can_have_is_not_found(client: FlaskClient, address: str) -> None:
    amira = make.staff("amira", *STAFF_ROLES)
    five_people.switch_to_staff(client, amira.id)

    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    "address",
    ["/staff/outbox?state=%00", "/staff/volunteers?call=%00&state=%00", "/staff/read?aim=%00&place=%00&given_as=%00"],
)
def test_a_filter_that_nothing_can_match_breaks_nothing(client: FlaskClient, address: str) -> None:
    amira = make.staff("amira", *STAFF_ROLES)
    five_people.switch_to_staff(client, amira.id)

    assert client.get(address).status_code == 200
