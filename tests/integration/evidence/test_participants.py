"""Participants: references, personal links, asking for new ones, changing the address."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.access import LINK_SESSION_KEY
from accounts.links import (
    LinkNotValidError,
    create_link,
    extend_links,
    get_valid_link,
    revoke_links,
)
from accounts.models import AccessLink, LinkPurpose
from accounts.roles import STAFF_ROLES
from core import clock
from core.database import db
from core.models import OutboxMessage
from evidence import participants
from evidence.models import Participant
from tests.support import five_people, make, make_evidence

pytestmark = pytest.mark.one_database

NONCE = re.compile(r'nonce="[^"]*"')  # new on each page


def token_of(address: str) -> str:
    return address.rpartition("/")[2]


def sent_mails() -> list[OutboxMessage]:
    make.run_jobs()
    return list(db.session.scalars(select(OutboxMessage).order_by(OutboxMessage.number)))


def test_name_and_contact_are_stored_separately_from_the_participant(app: Flask) -> None:
    dev = participants.create_participant(name=" Dev\nEve ", email="Dev@Home.example", phone=" 0123 ")

    assert re.fullmatch(r"P-\w{5}", dev.reference)
    assert dev.contact is not None
    assert (dev.contact.name, dev.contact.email, dev.contact.phone) == ("Dev Eve", "dev@home.example", "0123")


def test_a_reference_that_is_taken_is_not_given_again(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter(["P-AAAAA", "P-AAAAA", "P-BBBBB"])
    monkeypatch.setattr(participants, "_generate_reference", lambda: next(drawn))

    references = [participants.create_participant().reference for _ in range(2)]

    assert references == ["P-AAAAA", "P-BBBBB"]


def test_a_link_lives_until_30_days_after_the_call_closed(app: Flask) -> None:
    call = make_evidence.call(closes_on="2027-03-31", zone="Europe/London")

    participants.create_own_page_url(make_evidence.participant(), call)

    ends = db.session.scalars(select(AccessLink.expires_at)).one()
    assert ends.isoformat() == "2027-04-30T23:00:00+00:00"


def test_a_fresh_link_lives_as_long_as_one_that_a_booking_lengthened(app: Flask) -> None:
    dev, call = make_evidence.participant(), make_evidence.call()
    participants.create_own_page_url(dev, call)
    far = clock.now() + timedelta(days=400)
    extend_links(LinkPurpose.OWN_PAGE, dev.id, expires_at=far)

    participants.create_own_page_url(dev, call)

    assert set(db.session.scalars(select(AccessLink.expires_at))) == {far}


def test_a_link_opens_the_page_of_its_own_participant(app: Flask, client: FlaskClient) -> None:
    dev = make_evidence.participant()
    token = token_of(participants.create_own_page_url(dev, make_evidence.call()))

    response = client.get(f"/link/{token}")

    assert response.location == "/my"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["Cache-Control"] == "no-store"
    with client.session_transaction() as session:
        assert session[LINK_SESSION_KEY] == str(get_valid_link(token, LinkPurpose.OWN_PAGE).id)


@pytest.mark.parametrize("token", ["nonsense", "<script>", "x" * 5000, "%00"])
def test_a_link_that_is_none_says_so_and_offers_a_new_one(app: Flask, client: FlaskClient, token: str) -> None:
    page = client.get(f"/link/{token}")

    assert page.status_code == 404
    assert "not recognise this link" in page.text
    assert 'action="/link"' in page.text


def test_a_link_that_ran_out_opens_nothing(app: Flask, client: FlaskClient) -> None:
    token = token_of(participants.create_own_page_url(make_evidence.participant(), make_evidence.call()))

    with clock.freeze_at(clock.now() + timedelta(days=200)):
        page = client.get(f"/link/{token}")

    assert "expired" in page.text
    with client.session_transaction() as session:
        assert LINK_SESSION_KEY not in session


def test_a_page_behind_a_link_sends_others_to_ask_for_one(app: Flask, client: FlaskClient) -> None:
    call = make_evidence.call()

    response = client.get(f"/my/{call.slug}/written")

    assert response.location == "/link"


def test_asking_for_a_link_answers_the_same_whether_known_or_not(app: Flask, client: FlaskClient) -> None:
    make_evidence.contribution(by=make_evidence.participant("dev@home.example"))

    known = client.post("/link", data={"email": "Dev@home.example"}, follow_redirects=True)
    unknown = client.post("/link", data={"email": "eve@home.example"}, follow_redirects=True)

    assert NONCE.sub("", known.text) == NONCE.sub("", unknown.text)
    assert [mail.recipient for mail in sent_mails()] == ["dev@home.example"]


def test_one_mail_brings_the_links_of_all_that_was_given_from_an_address(app: Flask, client: FlaskClient) -> None:
    call = make_evidence.call()
    for _ in range(2):
        make_evidence.contribution(call, make_evidence.participant("dev@home.example"))

    client.post("/link", data={"email": "dev@home.example"})

    (mail,) = sent_mails()
    assert len(set(re.findall(r"/link/(\S+)", mail.text))) == 2
    assert mail.is_secret


def test_at_most_five_links_go_to_an_address_in_15_minutes(app: Flask, client: FlaskClient) -> None:
    make_evidence.contribution(by=make_evidence.participant("dev@home.example"))

    for _ in range(7):
        client.post("/link", data={"email": "dev@home.example"})
    with clock.freeze_at(clock.now() + timedelta(minutes=16)):
        client.post("/link", data={"email": "dev@home.example"})
        make.run_jobs()

    assert len(sent_mails()) == 6


def test_moving_to_another_address_ends_the_links_that_went_to_the_old_one(app: Flask, client: FlaskClient) -> None:
    contribution = make_evidence.contribution()
    token = token_of(participants.create_own_page_url(contribution.participant, contribution.call))
    client.get(f"/link/{token}")
    client.post("/my/address", data={"email": "new@home.example"})

    _confirm_new_address(client)

    assert [mail.recipient for mail in sent_mails()] == ["new@home.example", "dev@home.example", "new@home.example"]
    with pytest.raises(LinkNotValidError):
        get_valid_link(token, LinkPurpose.OWN_PAGE)


def test_nothing_moves_before_the_new_address_is_confirmed(app: Flask, client: FlaskClient) -> None:
    contribution = make_evidence.contribution()
    token = token_of(participants.create_own_page_url(contribution.participant, contribution.call))
    client.get(f"/link/{token}")

    client.post("/my/address", data={"email": "new@home.example"})
    opened = app.test_client().get(_find_new_address_path())

    (mail,) = sent_mails()
    assert (mail.recipient, opened.status_code) == ("new@home.example", 200)
    assert participants.list_participants_by_email("dev@home.example") == [contribution.participant]
    assert get_valid_link(token, LinkPurpose.OWN_PAGE)


def test_a_newer_change_of_address_ends_the_one_before(app: Flask, client: FlaskClient) -> None:
    contribution = make_evidence.contribution()
    five_people.switch_to_participant(client, contribution.participant_id)
    client.post("/my/address", data={"email": "wrong@home.example"})
    first = _find_new_address_path()

    client.post("/my/address", data={"email": "new@home.example"})

    assert app.test_client().post(first).status_code == 404
    _confirm_new_address(client)
    assert participants.list_participants_by_email("new@home.example") == [contribution.participant]


@pytest.mark.parametrize("pages", ["/my", "/my/address", "/my/{slug}/written", "/my/{slug}/consent"])
def test_a_session_ends_when_its_link_is_revoked(app: Flask, client: FlaskClient, pages: str) -> None:
    contribution = make_evidence.contribution()
    path = pages.format(slug=contribution.call.slug)
    client.get(f"/link/{token_of(participants.create_own_page_url(contribution.participant, contribution.call))}")
    before = client.get(path).status_code

    revoke_links(LinkPurpose.OWN_PAGE, contribution.participant_id)

    assert before == 200
    assert client.get(path).location == "/link"


def test_a_session_ends_when_its_link_has_run_out(app: Flask, client: FlaskClient) -> None:
    contribution = make_evidence.contribution()
    client.get(f"/link/{token_of(participants.create_own_page_url(contribution.participant, contribution.call))}")

    with clock.freeze_at(clock.now() + timedelta(days=200)):
        response = client.get("/my")

    assert response.location == "/link"


def test_a_session_begun_without_a_mailed_link_ends_with_the_link_that_was_mailed(
    app: Flask, client: FlaskClient
) -> None:
    call = make_evidence.call()
    client.post(f"/calls/{call.slug}/write/address", data={"email": "dev@home.example"})
    (dev,) = participants.list_participants_by_email("dev@home.example")
    before = client.get("/my").status_code

    revoke_links(LinkPurpose.OWN_PAGE, dev.id)

    assert before == 200
    assert client.get("/my").location == "/link"


def test_changing_the_address_ends_every_session_but_the_one_that_changed_it(app: Flask, client: FlaskClient) -> None:
    contribution = make_evidence.contribution()
    elsewhere = app.test_client()
    for browser in (client, elsewhere):
        browser.get(f"/link/{token_of(participants.create_own_page_url(contribution.participant, contribution.call))}")

    client.post("/my/address", data={"email": "new@home.example"})
    _confirm_new_address(client)

    assert client.get("/my").status_code == 200
    assert elsewhere.get("/my").location == "/link"


def test_a_link_for_something_else_opens_no_session(app: Flask, client: FlaskClient) -> None:
    dev = make_evidence.participant()
    create_link(LinkPurpose.SIGN_IN, dev.id, expires_at=clock.now() + timedelta(minutes=15))
    five_people.set_session(client, LINK_SESSION_KEY, str(db.session.scalars(select(AccessLink.id)).one()))

    response = client.get("/my")

    assert response.location == "/link"


def test_leaving_ends_the_session(app: Flask, client: FlaskClient) -> None:
    contribution = make_evidence.contribution()
    client.get(f"/link/{token_of(participants.create_own_page_url(contribution.participant, contribution.call))}")

    client.post("/my/leave")

    assert client.get(f"/my/{contribution.call.slug}/written").location == "/link"


@pytest.mark.parametrize("path", ["", "/case-study", "/sections/you", "/consent", "/check", "/sent", "/read", "/saved"])
@pytest.mark.parametrize("who", ["nobody", "another participant"])
def test_nobody_else_opens_what_somebody_writes(app: Flask, client: FlaskClient, path: str, who: str) -> None:
    contribution = make_evidence.contribution()
    if who == "another participant":
        eve = make_evidence.participant("eve@home.example")
        five_people.switch_to_participant(client, eve.id)

    response = client.get(f"/my/{contribution.call.slug}/written{path}")

    assert response.location == ("/link" if who == "nobody" else f"/calls/{contribution.call.slug}/write")


def test_staff_do_not_open_the_pages_of_participants(app: Flask, client: FlaskClient) -> None:
    contribution = make_evidence.contribution()
    _sign_in_every_role(client)

    response = client.get(f"/my/{contribution.call.slug}/written")

    assert response.location == "/link"


def test_a_participant_who_was_erased_has_no_page(app: Flask, client: FlaskClient) -> None:
    contribution = make_evidence.contribution()
    call_slug = contribution.call.slug
    five_people.switch_to_participant(client, contribution.participant_id)
    db.session.delete(contribution)
    db.session.flush()
    db.session.delete(db.session.get_one(Participant, contribution.participant_id))

    response = client.get(f"/my/{call_slug}/written")

    assert response.location == f"/calls/{call_slug}/write"


def _sign_in_every_role(client: FlaskClient) -> None:
    member = make.staff("amira", *STAFF_ROLES)
    five_people.switch_to_staff(client, member.id)


def _find_new_address_path() -> str:
    links = [re.search(r"http://\S+(/new-address/\S+)", mail.text) for mail in sent_mails()]
    return [found[1] for found in links if found][-1]


def _confirm_new_address(client: FlaskClient) -> None:
    client.post(_find_new_address_path())
