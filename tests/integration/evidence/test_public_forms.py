"""Public forms that send email: how many, to whom, with whose words, and what they give away."""

import re
from dataclasses import replace
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from accounts.roles import Role
from core import clock, public_mail
from core.database import db
from core.models import CountedMail, OutboxMessage, RequestedMail
from core.public_mail import ADDRESS_LIMITS, NETWORK_LIMITS
from core.settings import Settings
from evidence.answers import MAX_ANSWER_CHARACTERS, MAX_CONTRIBUTION_CHARACTERS
from evidence.models import AnswerVersion, Contact, ContributionState
from evidence.written_contributions import get_answer_texts
from tests.support import five_people, make, make_evidence
from tests.support.races import run_at_once
from tests.support.written_form_steps import (
    confirm_address,
    extract_link,
    fill_in_required,
    find_mails,
    get_only_contribution,
    start_writing,
)

OWN_TO_EACH = re.compile(r'nonce="[^"]*"|value="[^"]{60,}"|data-session="[^"]*"|P-\w{5}')
VICTIM, STRANGER = "victim@home.example", {"REMOTE_ADDR": "203.0.113.7"}
EVIL_LINK = "https://evil.example/pay"


def mails_to(address: str) -> list[OutboxMessage]:
    make.run_jobs()
    query = select(OutboxMessage).where(OutboxMessage.recipient == address).order_by(OutboxMessage.number)
    return list(db.session.scalars(query))


def test_changing_the_address_in_between_floods_nobody(client: FlaskClient) -> None:
    start_writing(client, make_evidence.call(), "stranger@home.example", confirms=False)

    for number in range(15):
        client.post("/my/address", data={"email": VICTIM})
        client.post("/my/address", data={"email": f"elsewhere{number}@home.example"})

    assert len(mails_to(VICTIM)) == ADDRESS_LIMITS[0].count


def test_all_forms_together_reach_an_address_five_times_in_15_minutes(app: Flask, client: FlaskClient) -> None:
    call = make_evidence.call()
    for number in range(4):
        start_writing(app.test_client(), call, VICTIM, confirms=False)
        client.post(f"/calls/{call.slug}/hear-more", data={"email": VICTIM})
        client.post(f"/calls/{call.slug}/nominate", data={"email": VICTIM})
        client.post("/link", data={"email": f"victim+{number}@home.example"})

    assert len(mails_to(VICTIM)) <= ADDRESS_LIMITS[0].count


def test_an_address_is_emailed_ten_times_a_day(app: Flask) -> None:
    call = make_evidence.call()
    begin = clock.now()
    for minutes in range(0, 240, 8):
        with clock.freeze_at(begin + timedelta(minutes=minutes)):
            start_writing(app.test_client(), call, VICTIM, confirms=False)

    assert len(mails_to(VICTIM)) == ADDRESS_LIMITS[1].count


def test_the_form_to_begin_answers_the_same_at_the_limit(app: Flask) -> None:
    call = make_evidence.call()

    answers = [
        app.test_client().post(f"/calls/{call.slug}/write/address", data={"email": VICTIM})
        for _ in range(ADDRESS_LIMITS[0].count + 2)
    ]

    assert {(answer.status_code, answer.location) for answer in answers} == {(302, f"/my/{call.slug}/written")}


def test_six_requests_do_not_tell_whether_an_address_took_part(app: Flask) -> None:
    call = make_evidence.call()
    make_evidence.contribution(call, make_evidence.participant(VICTIM))

    def probe(address: str) -> list[str]:
        browser = app.test_client()
        for _ in range(5):
            browser.post("/link", data={"email": address})
        pages = [
            browser.post(f"/calls/{call.slug}/write/address", data={"email": address}, follow_redirects=True),
            browser.post("/my/address", data={"email": address}, follow_redirects=True),
            browser.post(f"/calls/{call.slug}/hear-more", data={"email": address}, follow_redirects=True),
            browser.post("/sign-in", data={"email": address}, follow_redirects=True),
        ]
        return [OWN_TO_EACH.sub("", page.text).replace(address, "ADDRESS") for page in pages]

    assert probe(VICTIM) == probe("nobody@home.example")


def test_a_known_address_is_looked_up_by_the_worker_alone(client: FlaskClient) -> None:
    """The page does the same for everybody, so that its time says nothing."""
    make_evidence.contribution(by=make_evidence.participant(VICTIM))
    make.staff("amira", Role.COORDINATOR)

    for path in ("/link", "/sign-in"):
        for address in (VICTIM, "nobody@home.example", "amira@charity.example"):
            client.post(path, data={"email": address})

    assert db.session.scalars(select(OutboxMessage)).all() == []
    assert len(db.session.scalars(select(RequestedMail)).all()) == 6
    make.run_jobs()
    assert db.session.scalars(select(RequestedMail)).all() == []
    found = db.session.scalars(select(OutboxMessage.recipient).order_by(OutboxMessage.recipient)).all()
    assert found == ["amira@charity.example", VICTIM]


def test_one_network_causes_a_limited_number_of_emails(app: Flask) -> None:
    call = make_evidence.call()

    for number in range(NETWORK_LIMITS[0].count + 5):
        path = f"/calls/{call.slug}/hear-more"
        app.test_client().post(path, data={"email": f"p{number}@home.example"}, environ_base=STRANGER)
    elsewhere = {"REMOTE_ADDR": "2001:db8:1:2::5"}
    app.test_client().post(f"/calls/{call.slug}/hear-more", data={"email": VICTIM}, environ_base=elsewhere)

    assert db.session.scalar(select(func.count(OutboxMessage.number))) == NETWORK_LIMITS[0].count + 1
    assert len(mails_to(VICTIM)) == 1


def test_a_network_cannot_name_another_one(app: Flask) -> None:
    """X-Forwarded-For counts only from proxies that the settings name."""
    call = make_evidence.call()

    for number in range(NETWORK_LIMITS[0].count + 5):
        app.test_client().post(
            f"/calls/{call.slug}/hear-more",
            data={"email": f"p{number}@home.example"},
            environ_base=STRANGER,
            headers={"X-Forwarded-For": f"198.51.100.{number}"},
        )

    assert db.session.scalar(select(func.count(OutboxMessage.number))) == NETWORK_LIMITS[0].count


def test_counts_keep_neither_addresses_nor_networks_and_soon_go(client: FlaskClient) -> None:
    client.post(f"/calls/{make_evidence.call().slug}/hear-more", data={"email": VICTIM}, environ_base=STRANGER)
    subjects = db.session.scalars(select(CountedMail.subject)).all()

    with clock.freeze_at(clock.now() + NETWORK_LIMITS[-1].period + timedelta(minutes=1)):
        public_mail.delete_old_counts()
        kept = db.session.scalars(select(CountedMail.subject)).all()
    with clock.freeze_at(clock.now() + timedelta(days=1, minutes=1)):
        public_mail.delete_old_counts()

    assert len(subjects) == 3
    assert "victim" not in str(subjects)
    assert "203.0.113" not in str(subjects)
    assert not any(subject.startswith("network") for subject in kept)
    assert db.session.scalars(select(CountedMail)).all() == []


def test_all_visitors_together_are_limited_and_coordinators_see_it(app: Flask, settings: Settings) -> None:
    app.extensions["settings"] = replace(settings, max_public_mails_per_hour=3)
    call = make_evidence.call()
    for number in range(5):
        path = f"/calls/{call.slug}/nominate"
        app.test_client().post(path, data={"email": f"p{number}@home.example"})

    desk = app.test_client()
    five_people.switch_to_staff(desk, make.staff("amira", Role.COORDINATOR).id)

    assert db.session.scalar(select(func.count(OutboxMessage.number))) == 3
    assert "we did not send 2 of them" in " ".join(desk.get("/staff").text.split())


def test_requests_at_the_same_moment_are_all_counted(app: Flask) -> None:
    def count() -> None:
        public_mail.count_mail_to(VICTIM)

    run_at_once(app, [count] * 8)

    counted = db.session.scalar(select(func.count(CountedMail.number)).where(CountedMail.subject.startswith("address")))
    assert counted is not None
    assert 1 <= counted <= ADDRESS_LIMITS[0].count


def test_what_a_stranger_sends_waits_for_the_owner_of_the_address(app: Flask, client: FlaskClient) -> None:
    pages = start_writing(client, make_evidence.call(), VICTIM, confirms=False)
    fill_in_required(client, pages)
    client.post(f"{pages}/sections/you", data={"answer_capacity": EVIL_LINK, "seen_capacity": "1"})

    sent = client.post(f"{pages}/check", follow_redirects=True)
    client.post(f"{pages}/copy")
    client.post("/my/address/confirm")

    assert "Waiting for confirmation" in sent.text
    assert get_only_contribution().state is ContributionState.WAITING
    assert not any("evil.example" in mail.text + mail.html for mail in mails_to(VICTIM))


def test_opening_the_mailed_link_alone_confirms_nothing(app: Flask, client: FlaskClient) -> None:
    pages = start_writing(client, make_evidence.call(), VICTIM, confirms=False)
    fill_in_required(client, pages)
    client.post(f"{pages}/check")

    scanned = app.test_client().get(extract_link(find_mails("Your link")[0]), follow_redirects=True)

    assert "Confirm and continue" in scanned.text
    assert get_only_contribution().state is ContributionState.WAITING


def test_the_owner_confirms_and_only_then_it_is_given_and_copied(app: Flask, client: FlaskClient) -> None:
    pages = start_writing(client, make_evidence.call(), VICTIM, confirms=False)
    fill_in_required(client, pages)
    client.post(f"{pages}/sections/you", data={"answer_capacity": EVIL_LINK, "seen_capacity": "1"})
    client.post(f"{pages}/check")
    sent_at = get_only_contribution().submitted_at

    confirm_address(app.test_client(), extract_link(find_mails("Confirm your email address")[0]))

    contribution = get_only_contribution()
    (copy,) = find_mails("A copy of your answers")
    assert (contribution.state, contribution.submitted_at) == (ContributionState.SUBMITTED, sent_at)
    assert EVIL_LINK in copy.text
    assert f'href="{EVIL_LINK}' not in copy.html


def test_a_copy_of_a_draft_is_never_mailed(client: FlaskClient) -> None:
    pages = start_writing(client, make_evidence.call(), VICTIM)
    fill_in_required(client, pages)

    client.post(f"{pages}/copy")

    assert find_mails("A copy") == []
    assert "Email me a copy" not in client.get(f"{pages}/read").text


def test_what_is_not_confirmed_is_neither_read_nor_counted(app: Flask, client: FlaskClient) -> None:
    call = make_evidence.call()
    pages = start_writing(client, call, VICTIM, confirms=False)
    fill_in_required(client, pages)
    client.post(f"{pages}/check")
    contribution_id = get_only_contribution().id

    desk = app.test_client()
    five_people.switch_to_staff(desk, make.staff("amira", Role.COORDINATOR, Role.REVIEWER).id)

    assert "A nurse" not in desk.get(f"/staff/read/{call.slug}").text
    assert desk.get(f"/staff/read/written/{contribution_id}").status_code == 404


def test_the_old_address_is_notified_of_a_change(client: FlaskClient) -> None:
    start_writing(client, make_evidence.call(), "old@home.example")
    client.post("/my/address", data={"email": "new@home.example"})
    subjects_before = [mail.subject for mail in mails_to("old@home.example")]
    before = db.session.scalars(select(Contact.email)).all()

    (mail,) = mails_to("new@home.example")
    found = re.search(r"(/new-address/\S+)", mail.text)
    assert found
    client.post(found[1])

    assert before == ["old@home.example"]
    assert "Your email address was changed" not in subjects_before
    assert mails_to("old@home.example")[-1].subject == "Your email address was changed"
    assert db.session.scalars(select(Contact.email)).all() == ["new@home.example"]


def test_a_too_long_answer_is_refused_in_words_and_kept_in_the_form(client: FlaskClient) -> None:
    pages = start_writing(client, make_evidence.call())
    typed = "x" * (MAX_ANSWER_CHARACTERS + 1)

    page = client.post(f"{pages}/sections/you", data={"answer_capacity": typed, "seen_capacity": "0"})

    assert "Your answer has 50,001 characters. Shorten it to 50,000 characters or fewer." in page.text
    assert typed in page.text
    assert get_answer_texts(get_only_contribution()) == {}


def test_thirty_saves_keep_one_text(client: FlaskClient) -> None:
    pages = start_writing(client, make_evidence.call())
    with clock.freeze_at(clock.now().replace(minute=10)):
        for number in range(30):
            typed = f"{number} " + "x" * 40_000
            client.post(f"{pages}/sections/you", data={"answer_capacity": typed, "seen_capacity": str(number)})

    assert db.session.scalar(select(func.sum(func.length(AnswerVersion.text)))) == 40_003


def test_a_contribution_cannot_grow_without_end(client: FlaskClient) -> None:
    pages = start_writing(client, make_evidence.call())
    begin = clock.now()
    typed, page = "", None
    for number in range(MAX_CONTRIBUTION_CHARACTERS // MAX_ANSWER_CHARACTERS + 1):
        typed = f"{number:02}" + "x" * (MAX_ANSWER_CHARACTERS - 2)
        with clock.freeze_at(begin + timedelta(hours=number)):
            page = client.post(f"{pages}/sections/you", data={"answer_capacity": typed, "seen_capacity": str(number)})

    assert page is not None
    assert "We cannot save any more versions" in page.text
    assert typed in page.text
    stored = db.session.scalar(select(func.sum(func.length(AnswerVersion.text))))
    assert stored == MAX_CONTRIBUTION_CHARACTERS
