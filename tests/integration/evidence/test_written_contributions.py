"""The written form over HTTP, as a browser without JavaScript uses it: start, save, come back, check, send, change."""

import re
import threading
import time
from datetime import timedelta
from html import unescape

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from core import clock
from core.database import db
from evidence import consent
from evidence.answers import get_answers_by_question
from evidence.case_profile import CaseProfile, get_case_profile, save_case_profile
from evidence.consent_terms import ConsentUse
from evidence.models import Contribution, ContributionState, Finding, RespondentType
from evidence.written_contributions import get_answer_texts
from tests.support import make_evidence
from tests.support.written_form_steps import (
    extract_link,
    fill_in_required,
    find_mails,
    get_only_contribution,
    start_writing,
)


def test_a_case_study_is_begun_written_and_sent(app: Flask, client: FlaskClient) -> None:
    pages = start_writing(client, make_evidence.call())
    fill_in_required(client, pages)

    response = client.post(f"{pages}/check")

    assert response.location == f"{pages}/sent"
    contribution = get_only_contribution()
    assert contribution.state is ContributionState.SUBMITTED
    assert get_answer_texts(contribution) == {"capacity": "A nurse"}
    noted = get_case_profile(contribution)
    assert (noted.respondent_type, noted.finding) == (RespondentType.INDIVIDUAL, Finding.WORKS)
    assert (noted.area_types, noted.aim_keys) == (("rural",), ("living",))
    assert consent.is_use_allowed(contribution.participant_id, contribution.call_id, ConsentUse.SHARE)


def test_every_page_of_the_form_opens(app: Flask, client: FlaskClient) -> None:
    call = make_evidence.call()
    assert client.get(f"/calls/{call.slug}/write").status_code == 200
    pages = start_writing(client, call)
    fill_in_required(client, pages)

    sections = ["you", "context", "approach", "impact", "lessons_section"]
    paths = ["", "/case-study", "/consent", "/check", "/read", "/saved", *(f"/sections/{key}" for key in sections)]

    assert {path: client.get(pages + path).status_code for path in paths} == dict.fromkeys(paths, 200)


def test_the_mailed_link_brings_a_writer_back_in_another_browser(app: Flask, client: FlaskClient) -> None:
    pages = start_writing(client, make_evidence.call())
    client.post(f"{pages}/sections/you", data={"answer_capacity": "A nurse", "seen_capacity": "0"})
    elsewhere = app.test_client()

    opened = elsewhere.get(extract_link(find_mails("Your link")[0]))
    page = elsewhere.get(f"{pages}/sections/you")

    assert opened.location == "/my"
    assert "A nurse" in unescape(page.text)


def test_opening_a_link_changes_nothing(app: Flask, client: FlaskClient) -> None:
    start_writing(client, make_evidence.call())
    path = extract_link(find_mails("Your link")[0])
    before = _all_rows()

    for _ in range(3):
        app.test_client().get(path)

    assert _all_rows() == before


def test_opening_ones_link_again_lets_a_half_filled_page_be_sent(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    call = make_evidence.call()
    token = _token(client.get(f"/calls/{call.slug}/write/address"))
    client.post(f"/calls/{call.slug}/write/address", data={"email": "dev@home.example", "csrf_token": token})
    pages = f"/my/{call.slug}/written"
    token = _token(client.get(f"{pages}/sections/you"))

    client.get(extract_link(find_mails("Your link")[0]))
    client.post(f"{pages}/sections/you", data={"answer_capacity": "A nurse", "csrf_token": token})

    assert get_answer_texts(get_only_contribution()) == {"capacity": "A nurse"}


def test_save_and_come_back_later_says_where_the_link_went(app: Flask, client: FlaskClient) -> None:
    pages = start_writing(client, make_evidence.call())

    response = client.post(
        f"{pages}/sections/you", data={"answer_capacity": "A", "then": "later"}, follow_redirects=True
    )

    assert "Your answers are saved" in unescape(response.text)
    assert "dev@home.example" in unescape(response.text)


def test_required_questions_are_asked_for_only_when_sending(app: Flask, client: FlaskClient) -> None:
    schedule = make_evidence.schedule_data({"key": "first", "required": True}, {"key": "second"})
    pages = start_writing(client, make_evidence.call(schedule=schedule))

    saved = client.post(f"{pages}/sections/things", data={"answer_second": "Only this", "seen_second": "0"})
    sent = client.post(f"{pages}/check")

    assert saved.status_code == 302
    assert "Answer “What of first?”" in unescape(sent.text)
    assert f'href="{pages}/sections/things?back=check#answer_first"' in sent.text
    assert get_only_contribution().state is ContributionState.DRAFT


def test_what_was_sent_can_be_changed_and_stays_sent(app: Flask, client: FlaskClient) -> None:
    pages = start_writing(client, make_evidence.call())
    fill_in_required(client, pages)
    client.post(f"{pages}/check")
    given_at = get_only_contribution().submitted_at

    with clock.freeze_at(clock.now() + timedelta(hours=1)):
        client.post(f"{pages}/sections/you", data={"answer_capacity": "A ward sister", "seen_capacity": "1"})

    contribution = get_only_contribution()
    assert (contribution.state, contribution.submitted_at) == (ContributionState.SUBMITTED, given_at)
    assert [version.text for version in get_answers_by_question(contribution)["capacity"].versions] == [
        "A nurse",
        "A ward sister",
    ]


def test_only_the_contributor_gets_a_copy_of_every_word(app: Flask, client: FlaskClient) -> None:
    pages = start_writing(client, make_evidence.call())
    fill_in_required(client, pages)
    long_answer = "Ünïcode 👩‍⚕️ مرحبا " * 2500
    client.post(f"{pages}/sections/context", data={"answer_evidence": long_answer})

    client.post(f"{pages}/check")

    (copy,) = find_mails("A copy of your answers")
    assert copy.recipient == "dev@home.example"
    assert copy.is_secret
    assert long_answer.strip() in copy.text
    assert "A nurse" in copy.text
    assert "You may share what I said with partner organisations. Yes." in copy.text


def test_sending_twice_mails_one_copy(app: Flask, client: FlaskClient) -> None:
    pages = start_writing(client, make_evidence.call())
    fill_in_required(client, pages)

    client.post(f"{pages}/check")
    client.post(f"{pages}/check")

    assert len(find_mails("A copy of your answers")) == 1


def test_a_page_sent_twice_at_the_same_moment_is_saved_once(app: Flask) -> None:
    contribution = make_evidence.contribution()
    contribution_id = contribution.id
    db.session.commit()
    is_noted = threading.Event()
    failures: list[Exception] = []

    def note(pause: float) -> None:
        with app.app_context():
            try:
                if not pause:
                    is_noted.wait()
                found = db.session.get_one(Contribution, contribution_id)
                get_case_profile(found)  # as the page reads it
                save_case_profile(
                    found, CaseProfile(RespondentType.INDIVIDUAL, Finding.WORKS, ("urban",), ("control",))
                )
                is_noted.set()
                time.sleep(pause)
                db.session.commit()
            except Exception as error:
                failures.append(error)

    threads = [threading.Thread(target=note, args=(pause,)) for pause in (0.5, 0.0)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    db.session.expire_all()
    assert get_case_profile(contribution).area_types == ("urban",)


def test_after_the_call_closed_the_text_can_be_read_but_not_changed(app: Flask, client: FlaskClient) -> None:
    pages = start_writing(client, make_evidence.call())
    fill_in_required(client, pages)
    client.post(f"{pages}/check")

    with clock.freeze_at(clock.now() + timedelta(days=120)):
        tasks = client.get(pages)
        typed = client.post(f"{pages}/sections/you", data={"answer_capacity": "Too late", "seen_capacity": "1"})
        reading = client.get(f"{pages}/read")

    assert tasks.location == f"{pages}/read"
    assert "has closed" in typed.text
    assert "Too late" in typed.text
    assert get_answer_texts(get_only_contribution()) == {"capacity": "A nurse"}
    assert "A nurse" in reading.text


def test_a_call_that_is_closed_takes_no_new_case_study(app: Flask, client: FlaskClient) -> None:
    call = make_evidence.closed_call()

    start_writing(client, call)

    assert db.session.scalars(select(Contribution)).all() == []


def test_a_draft_keeps_its_questions_when_the_call_gets_a_new_version(app: Flask, client: FlaskClient) -> None:
    pages = start_writing(client, make_evidence.call(schedule=make_evidence.schedule_data({"key": "old"})))

    make_evidence.call(schedule=make_evidence.schedule_data({"key": "new"}))

    page = client.get(f"{pages}/sections/things").text
    assert "What of old?" in page
    assert "What of new?" not in page


def test_a_known_address_opens_nothing_that_was_written_before(app: Flask, client: FlaskClient) -> None:
    call = make_evidence.call()
    pages = start_writing(client, call)
    client.post(f"{pages}/sections/you", data={"answer_capacity": "A secret", "seen_capacity": "0"})
    stranger = app.test_client()

    start_writing(stranger, call)

    assert "A secret" not in stranger.get(f"{pages}/sections/you").text
    assert db.session.query(Contribution).count() == 2


def _all_rows() -> dict[str, int]:
    db.session.rollback()
    tables = db.metadata.sorted_tables
    return {table.name: len(db.session.execute(select(table)).all()) for table in tables}


def _token(page: TestResponse) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert found
    return found.group(1)
