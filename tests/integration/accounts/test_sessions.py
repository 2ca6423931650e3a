"""Sessions of staff end when they should, and a copied cookie ends with them. Some need a second factor."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts import people, second_factor, sessions
from accounts.access import STAFF_SESSION_KEY
from accounts.models import AuditEntry, RecoveryCode, SecondFactor, StaffMember, StaffSession
from accounts.roles import Role
from accounts.sign_in_links import create_sign_in_url
from core import clock
from core.database import db
from core.settings import Settings
from evidence.participants import create_own_page_url
from tests.support import five_people, make, make_evidence

POLL = {"HX-Request": "true"}


@pytest.fixture
def amira(app: Flask) -> StaffMember:
    make.staff("ada", Role.COORDINATOR)
    return make.staff("amira", Role.COORDINATOR)


@pytest.fixture
def browser(app: Flask, amira: StaffMember) -> FlaskClient:
    return five_people.sign_in_staff(app, amira.id, ages=True)


@pytest.fixture
def strict_app(app: Flask, settings: Settings) -> Flask:
    """In which everybody needs a second factor."""
    app.extensions["settings"] = replace(settings, requires_second_factor=True)
    return app


def is_signed_in(browser: FlaskClient, headers: dict[str, str] | None = None) -> bool:
    return browser.get("/staff/people", headers=headers).status_code == 200


def copy_cookie(app: Flask, browser: FlaskClient) -> FlaskClient:
    other, cookie = app.test_client(), browser.get_cookie("session")
    assert cookie is not None
    other.set_cookie("session", cookie.value)
    return other


def sign_in(app: Flask, member: StaffMember) -> FlaskClient:
    browser = app.test_client()
    browser.post(urlsplit(create_sign_in_url(member)).path)
    return browser


def get_code(member: StaffMember, *, later_steps: int = 0) -> str:
    db.session.commit()
    secret = second_factor.start_set_up(member)
    return pyotp.TOTP(secret).at(clock.now() + timedelta(seconds=30 * later_steps))


def test_a_copied_cookie_opens_nothing_after_signing_out(app: Flask, browser: FlaskClient) -> None:
    copied = copy_cookie(app, browser)
    assert is_signed_in(copied)

    browser.post("/sign-out")

    assert not is_signed_in(copied)


def test_an_hour_without_use_ends_a_session(browser: FlaskClient) -> None:
    start = clock.now()
    with clock.freeze_at(start + timedelta(minutes=50)):
        assert is_signed_in(browser)
    with clock.freeze_at(start + timedelta(minutes=100)):
        assert is_signed_in(browser)
    with clock.freeze_at(start + timedelta(minutes=161)):
        assert not is_signed_in(browser)


def test_parts_that_refresh_themselves_are_no_use(browser: FlaskClient) -> None:
    start = clock.now()
    for minutes in (20, 40, 59):
        with clock.freeze_at(start + timedelta(minutes=minutes)):
            assert is_signed_in(browser, POLL)

    with clock.freeze_at(start + timedelta(minutes=61)):
        assert not is_signed_in(browser, POLL)


def test_twelve_hours_end_a_session_however_it_is_used(browser: FlaskClient) -> None:
    start = clock.now()
    for minutes in range(30, 12 * 60, 30):
        with clock.freeze_at(start + timedelta(minutes=minutes)):
            browser.get("/staff/account")

    with clock.freeze_at(start + timedelta(hours=12, seconds=1)):
        assert not is_signed_in(browser)


@pytest.mark.parametrize(
    ("roles", "is_active"), [({Role.REVIEWER}, True), ({Role.COORDINATOR}, False)], ids=["another role", "deactivated"]
)
def test_a_change_of_somebody_ends_their_sessions_for_good(
    browser: FlaskClient, amira: StaffMember, roles: set[Role], is_active: bool
) -> None:
    people.change_member(amira, name="Amira", roles=roles, is_active=is_active)
    people.change_member(amira, name="Amira", roles={Role.COORDINATOR}, is_active=True)
    db.session.commit()

    assert not is_signed_in(browser)


def test_sessions_are_ended_one_by_one_and_all_at_once(app: Flask, browser: FlaskClient, amira: StaffMember) -> None:
    token = make.staff_session(amira.id)
    others = [five_people.sign_in(app, STAFF_SESSION_KEY, token)]
    others += [five_people.sign_in_staff(app, amira.id) for _ in range(2)]
    row = sessions.find_open(token)
    assert row is not None

    browser.post(f"/staff/account/sessions/{row.id}/end")
    assert [is_signed_in(one) for one in others] == [False, True, True]
    browser.post("/staff/account/sessions/end-others")

    assert [is_signed_in(one) for one in (*others, browser)] == [False, False, False, True]


def test_nobody_ends_a_session_of_somebody_else(app: Flask, browser: FlaskClient) -> None:
    ben = make.staff("ben", Role.INTERVIEWER)
    of_amira = db.session.scalars(select(StaffSession)).one()

    answer = five_people.sign_in_staff(app, ben.id).post(f"/staff/account/sessions/{of_amira.id}/end")

    assert answer.status_code == 404
    assert is_signed_in(browser)


def test_a_link_of_somebody_else_asks_before_it_ends_a_session(browser: FlaskClient) -> None:
    call = make_evidence.call()
    zoe = make_evidence.participant("zoe@home.example", "Zoe")
    address = urlsplit(create_own_page_url(zoe, call)).path

    question = browser.get(address)
    assert "Open this link?" in question.text
    assert is_signed_in(browser)
    browser.post(address)

    assert not is_signed_in(browser)


def test_the_link_alone_is_not_enough(strict_app: Flask, amira: StaffMember) -> None:
    browser = sign_in(strict_app, amira)

    assert not is_signed_in(browser)
    assert browser.get("/staff/people").location.startswith("/sign-in/second-factor")
    assert "A QR code" in browser.get("/sign-in/second-factor", follow_redirects=True).text


def test_somebody_sets_up_their_app_and_signs_in_with_it(strict_app: Flask, amira: StaffMember) -> None:
    browser = sign_in(strict_app, amira)
    codes = browser.post("/sign-in/set-up", data={"code": get_code(amira)}).text
    assert is_signed_in(browser)
    assert codes.count("<code>") == 10

    again = sign_in(strict_app, amira)
    assert not is_signed_in(again)
    again.post("/sign-in/second-factor", data={"code": get_code(amira, later_steps=1)})

    assert is_signed_in(again)


def test_a_code_works_once(strict_app: Flask, amira: StaffMember) -> None:
    code = get_code(amira)
    sign_in(strict_app, amira).post("/sign-in/set-up", data={"code": code})
    again = sign_in(strict_app, amira)

    again.post("/sign-in/second-factor", data={"code": code})

    assert not is_signed_in(again)


def test_a_recovery_code_works_once(strict_app: Flask, amira: StaffMember) -> None:
    second_factor.start_set_up(amira)
    codes = second_factor.confirm_set_up(amira, get_code(amira))
    db.session.commit()
    first, second = sign_in(strict_app, amira), sign_in(strict_app, amira)

    first.post("/sign-in/second-factor", data={"code": f" {codes[0].upper()} "})
    second.post("/sign-in/second-factor", data={"code": codes[0]})

    assert (is_signed_in(first), is_signed_in(second)) == (True, False)
    assert second_factor.count_recovery_codes(amira.id) == 9


def test_guessing_ends_after_five_wrong_codes(strict_app: Flask, amira: StaffMember) -> None:
    second_factor.start_set_up(amira)
    second_factor.confirm_set_up(amira, get_code(amira))
    db.session.commit()
    browser = sign_in(strict_app, amira)
    for guess in range(5):
        browser.post("/sign-in/second-factor", data={"code": f"00000{guess}"})

    answer = browser.post("/sign-in/second-factor", data={"code": get_code(amira, later_steps=1)})

    assert "too many wrong codes" in answer.text
    failures = select(AuditEntry).where(AuditEntry.action == "second factor failed")
    assert len(db.session.scalars(failures).all()) == 5


def test_another_coordinator_resets_it(strict_app: Flask, amira: StaffMember) -> None:
    second_factor.start_set_up(amira)
    second_factor.confirm_set_up(amira, get_code(amira))
    ada = db.session.scalars(select(StaffMember).where(StaffMember.name == "Ada")).one()
    own = five_people.sign_in_staff(strict_app, amira.id)

    own.post(f"/staff/people/{amira.id}/reset-second-factor")
    assert second_factor.is_set_up(amira.id)
    five_people.sign_in_staff(strict_app, ada.id).post(f"/staff/people/{amira.id}/reset-second-factor")

    db.session.rollback()
    assert db.session.scalars(select(SecondFactor)).all() == []
    assert db.session.scalars(select(RecoveryCode)).all() == []
    assert not is_signed_in(own)


def test_the_secret_is_not_stored_as_it_is(app: Flask, amira: StaffMember) -> None:
    secret = second_factor.start_set_up(amira)

    assert secret not in db.session.scalars(select(SecondFactor.encrypted_secret)).one()


@pytest.mark.one_database
@pytest.mark.parametrize("code", ["", "x" * 5000, "１２３４５６", "12345", "\x00", "000 000", "🙂"])
def test_odd_codes_are_refused(strict_app: Flask, amira: StaffMember, code: str) -> None:
    browser = sign_in(strict_app, amira)

    assert browser.post("/sign-in/set-up", data={"code": code}).status_code == 200
    assert not is_signed_in(browser)
