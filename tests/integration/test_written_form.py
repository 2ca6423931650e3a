"""The written form over HTTP, as a browser without JavaScript uses it: start, save, come back, check, send, change."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from core import clock
from core.database import db
from core.models import OutboxMessage
from evidence import consent
from evidence.answers import answers_of
from evidence.background import background_of
from evidence.consent_terms import Use
from evidence.models import Call, Contribution, ContributionState, GivenAs, Shows
from evidence.writing import texts_of
from tests import make_evidence

LINK = re.compile(r"http://\S+(/link/\S+)")
WRITERS_YES = {f"consent_{use}": "yes" for use in ("quote_named", "quote_unnamed", "share", "archive", "recontact")}
BACKGROUND = {"given_as": "individual", "places": ["rural"], "shows": "works", "aims": ["living"]}


def start(client: FlaskClient, call: Call, email: str = "dev@home.example") -> str:
    """Begin to write, and return where the form's pages stand."""
    client.post(f"/calls/{call.slug}/write/address", data={"email": email})
    return f"/my/{call.slug}/written"


def complete(client: FlaskClient, pages: str) -> None:
    client.post(f"{pages}/case-study", data=BACKGROUND)
    client.post(f"{pages}/sections/you", data={"answer_capacity": "A nurse", "seen_capacity": "0"})
    client.post(f"{pages}/consent", data=WRITERS_YES)


def the_contribution() -> Contribution:
    db.session.rollback()
    return db.session.scalars(select(Contribution)).one()


def mails(subject: str) -> list[OutboxMessage]:
    db.session.rollback()
    return list(db.session.scalars(select(OutboxMessage).where(OutboxMessage.subject.contains(subject))))


def link_in(mail: OutboxMessage) -> str:
    found = LINK.search(mail.text)
    assert found
    return found.group(1)


def words_of(response: TestResponse) -> str:
    return unescape(response.text)


def test_a_case_study_is_begun_written_and_sent(app: Flask, client: FlaskClient) -> None:
    pages = start(client, make_evidence.call())
    complete(client, pages)

    response = client.post(f"{pages}/check")

    assert response.location == f"{pages}/sent"
    contribution = the_contribution()
    assert contribution.state is ContributionState.GIVEN
    assert texts_of(contribution) == {"capacity": "A nurse"}
    noted = background_of(contribution)
    assert (noted.given_as, noted.shows) == (GivenAs.INDIVIDUAL, Shows.WORKS)
    assert (noted.places, noted.aims) == (("rural",), ("living",))
    assert consent.allows(contribution.participant_id, contribution.call_id, Use.SHARE)


def test_every_page_of_the_form_opens(app: Flask, client: FlaskClient) -> None:
    call = make_evidence.call()
    assert client.get(f"/calls/{call.slug}/write").status_code == 200
    pages = start(client, call)
    complete(client, pages)

    sections = ["you", "context", "approach", "impact", "lessons_section"]
    paths = ["", "/case-study", "/consent", "/check", "/read", "/saved", *(f"/sections/{key}" for key in sections)]

    assert {path: client.get(pages + path).status_code for path in paths} == dict.fromkeys(paths, 200)


def test_the_mailed_link_brings_a_writer_back_in_another_browser(app: Flask, client: FlaskClient) -> None:
    pages = start(client, make_evidence.call())
    client.post(f"{pages}/sections/you", data={"answer_capacity": "A nurse", "seen_capacity": "0"})
    elsewhere = app.test_client()

    opened = elsewhere.get(link_in(mails("Your link")[0]))
    page = elsewhere.get(f"{pages}/sections/you")

    assert opened.location == "/my"
    assert "A nurse" in words_of(page)


def test_opening_a_link_changes_nothing(app: Flask, client: FlaskClient) -> None:
    start(client, make_evidence.call())
    path = link_in(mails("Your link")[0])
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

    client.get(link_in(mails("Your link")[0]))
    client.post(f"{pages}/sections/you", data={"answer_capacity": "A nurse", "csrf_token": token})

    assert texts_of(the_contribution()) == {"capacity": "A nurse"}


def test_save_and_come_back_later_says_where_the_link_went(app: Flask, client: FlaskClient) -> None:
    pages = start(client, make_evidence.call())

    response = client.post(
        f"{pages}/sections/you", data={"answer_capacity": "A", "then": "later"}, follow_redirects=True
    )

    assert "Your answers are saved" in words_of(response)
    assert "dev@home.example" in words_of(response)


def test_required_questions_are_asked_for_only_when_sending(app: Flask, client: FlaskClient) -> None:
    schedule = make_evidence.schedule_data({"key": "first", "required": True}, {"key": "second"})
    pages = start(client, make_evidence.call(schedule=schedule))

    saved = client.post(f"{pages}/sections/things", data={"answer_second": "Only this", "seen_second": "0"})
    sent = client.post(f"{pages}/check")

    assert saved.status_code == 302
    assert "Answer “What of first?”" in words_of(sent)
    assert f'href="{pages}/sections/things?back=check#answer_first"' in sent.text
    assert the_contribution().state is ContributionState.DRAFT


def test_a_wrong_date_loses_neither_itself_nor_the_other_answers(app: Flask, client: FlaskClient) -> None:
    schedule = make_evidence.schedule_data({"key": "when", "kind": "date"}, {"key": "story"})
    pages = start(client, make_evidence.call(schedule=schedule))

    page = client.post(
        f"{pages}/sections/things",
        data={"answer_when": ["31", "2", "2026"], "answer_story": "A long story", "seen_story": "0"},
    )

    assert "<title>Error: " in page.text
    assert "Enter a real date" in page.text
    assert 'value="31"' in page.text
    assert "A long story" in page.text
    assert texts_of(the_contribution()) == {"story": "A long story"}


@pytest.mark.parametrize("parts", [["1"], ["1", "2"], ["1", "2", "3", "4"], ["", "5", ""], ["१", "x", "9" * 5000]])
def test_a_date_in_the_wrong_number_of_parts_is_refused_in_words(
    app: Flask, client: FlaskClient, parts: list[str]
) -> None:
    schedule = make_evidence.schedule_data({"key": "when", "kind": "date"})
    pages = start(client, make_evidence.call(schedule=schedule))

    page = client.post(f"{pages}/sections/things", data={"answer_when": parts})

    assert page.status_code in {200, 302}
    assert "when" not in texts_of(the_contribution()) or parts == ["1", "2", "3", "4"]


def test_every_kind_of_answer_is_saved_and_shown_again(app: Flask, client: FlaskClient) -> None:
    schedule = make_evidence.schedule_data(
        {"key": "story"},
        {"key": "name", "kind": "short text"},
        {"key": "which", "kind": "one of", "choices": ["Red", "Blue"]},
        {"key": "some", "kind": "some of", "choices": ["North", "South"]},
        {"key": "day", "kind": "date"},
    )
    pages = start(client, make_evidence.call(schedule=schedule))
    typed: dict[str, Any] = {
        "answer_story": "Line one\r\nLine two",
        "answer_name": "A name",
        "answer_which": "Blue",
        "answer_some": ["North", "South"],
        "answer_day": ["1", "3", "2026"],
    }

    client.post(f"{pages}/sections/things", data=typed)

    assert texts_of(the_contribution()) == {
        "story": "Line one\nLine two",
        "name": "A name",
        "which": "Blue",
        "some": "North\nSouth",
        "day": "2026-03-01",
    }
    page = client.get(f"{pages}/sections/things").text
    assert re.findall(r'value="(\w+)" checked', page) == ["Blue", "North", "South"]
    assert re.findall(r'name="answer_day"[^>]*value="(\d+)"', page) == ["01", "03", "2026"]


def test_a_choice_that_is_not_offered_is_not_stored(app: Flask, client: FlaskClient) -> None:
    schedule = make_evidence.schedule_data({"key": "which", "kind": "one of", "choices": ["Red", "Blue"]})
    pages = start(client, make_evidence.call(schedule=schedule))

    page = client.post(f"{pages}/sections/things", data={"answer_which": "<script>"})

    assert page.status_code == 200
    assert texts_of(the_contribution()) == {}


def test_an_answer_changed_in_two_windows_is_shown_twice_and_lost_nowhere(app: Flask, client: FlaskClient) -> None:
    pages = start(client, make_evidence.call())
    client.post(f"{pages}/sections/you", data={"answer_capacity": "At first", "seen_capacity": "0"})
    client.post(f"{pages}/sections/you", data={"answer_capacity": "From one window", "seen_capacity": "1"})

    page = client.post(f"{pages}/sections/you", data={"answer_capacity": "From the other", "seen_capacity": "1"})

    assert "From one window" in page.text
    assert "From the other" in page.text
    assert texts_of(the_contribution()) == {"capacity": "From one window"}
    client.post(f"{pages}/sections/you", data={"answer_capacity": "Both together", "seen_capacity": "2"})
    versions = answers_of(the_contribution())["capacity"].versions
    assert [version.text for version in versions] == ["At first", "From one window", "Both together"]


def test_of_two_windows_saved_at_the_same_moment_neither_overwrites_the_other(app: Flask, client: FlaskClient) -> None:
    pages = start(client, make_evidence.call())
    link = link_in(mails("Your link")[0])
    browsers = [app.test_client(), app.test_client()]
    for browser in browsers:
        browser.get(link)
    both = Barrier(2)

    def save(browser: FlaskClient, words: str) -> str:
        both.wait()
        return browser.post(f"{pages}/sections/you", data={"answer_capacity": words, "seen_capacity": "0"}).text

    with ThreadPoolExecutor() as threads:
        answers = list(threads.map(save, browsers, ["From the left", "From the right"]))

    stored = texts_of(the_contribution())["capacity"]
    (shown_again,) = [page for page in answers if "in another window too" in page]
    assert stored in {"From the left", "From the right"}
    assert "From the left" in shown_again
    assert "From the right" in shown_again


def test_an_old_window_does_not_undo_what_it_did_not_touch(app: Flask, client: FlaskClient) -> None:
    schedule = make_evidence.schedule_data({"key": "first"}, {"key": "second"})
    pages = start(client, make_evidence.call(schedule=schedule))
    client.post(f"{pages}/sections/things", data={"answer_first": "New words", "seen_first": "0"})

    client.post(
        f"{pages}/sections/things",
        data={"answer_first": "", "seen_first": "0", "answer_second": "Typed here", "seen_second": "0"},
    )

    assert texts_of(the_contribution()) == {"first": "New words", "second": "Typed here"}


def test_what_was_sent_can_be_changed_and_stays_sent(app: Flask, client: FlaskClient) -> None:
    pages = start(client, make_evidence.call())
    complete(client, pages)
    client.post(f"{pages}/check")
    given_at = the_contribution().given_at

    client.post(f"{pages}/sections/you", data={"answer_capacity": "A ward sister", "seen_capacity": "1"})

    contribution = the_contribution()
    assert (contribution.state, contribution.given_at) == (ContributionState.GIVEN, given_at)
    assert [version.text for version in answers_of(contribution)["capacity"].versions] == ["A nurse", "A ward sister"]


def test_a_copy_of_every_word_goes_to_the_writer_alone(app: Flask, client: FlaskClient) -> None:
    pages = start(client, make_evidence.call())
    complete(client, pages)
    long_answer = "Ünïcode 👩‍⚕️ مرحبا " * 5000
    client.post(f"{pages}/sections/context", data={"answer_evidence": long_answer})

    client.post(f"{pages}/check")

    (copy,) = mails("Your copy")
    assert copy.recipient == "dev@home.example"
    assert copy.is_secret
    assert long_answer.strip() in copy.text
    assert "A nurse" in copy.text
    assert "You may share what I said with partner organisations. Yes." in copy.text


def test_sending_twice_mails_one_copy(app: Flask, client: FlaskClient) -> None:
    pages = start(client, make_evidence.call())
    complete(client, pages)

    client.post(f"{pages}/check")
    client.post(f"{pages}/check")

    assert len(mails("Your copy")) == 1


def test_after_the_call_closed_the_text_can_be_read_but_not_changed(app: Flask, client: FlaskClient) -> None:
    pages = start(client, make_evidence.call())
    complete(client, pages)
    client.post(f"{pages}/check")

    with clock.stopped_at(clock.now() + timedelta(days=120)):
        tasks = client.get(pages)
        typed = client.post(f"{pages}/sections/you", data={"answer_capacity": "Too late", "seen_capacity": "1"})
        reading = client.get(f"{pages}/read")

    assert tasks.location == f"{pages}/read"
    assert "has closed" in typed.text
    assert "Too late" in typed.text
    assert texts_of(the_contribution()) == {"capacity": "A nurse"}
    assert "A nurse" in reading.text


def test_a_call_that_is_closed_takes_no_new_case_study(app: Flask, client: FlaskClient) -> None:
    call = make_evidence.closed_call()

    start(client, call)

    assert db.session.scalars(select(Contribution)).all() == []


def test_a_draft_keeps_its_questions_when_the_call_gets_a_new_version(app: Flask, client: FlaskClient) -> None:
    pages = start(client, make_evidence.call(schedule=make_evidence.schedule_data({"key": "old"})))

    make_evidence.call(schedule=make_evidence.schedule_data({"key": "new"}))

    page = client.get(f"{pages}/sections/things").text
    assert "What of old?" in page
    assert "What of new?" not in page


def test_a_known_address_opens_nothing_that_was_written_before(app: Flask, client: FlaskClient) -> None:
    call = make_evidence.call()
    pages = start(client, call)
    client.post(f"{pages}/sections/you", data={"answer_capacity": "A secret", "seen_capacity": "0"})
    stranger = app.test_client()

    start(stranger, call)

    assert "A secret" not in stranger.get(f"{pages}/sections/you").text
    assert db.session.query(Contribution).count() == 2


@pytest.mark.parametrize(
    "typed", ["<script>alert(1)</script>", "\u202eturned", "a\x00b", "👩‍⚕️", "long " * 20_000, '"><img src=x>']
)
def test_hostile_answers_are_shown_as_words(app: Flask, client: FlaskClient, typed: str) -> None:
    pages = start(client, make_evidence.call())

    client.post(f"{pages}/sections/you", data={"answer_capacity": typed}, content_type="multipart/form-data")

    assert texts_of(the_contribution())["capacity"] == typed.replace("\x00", "").strip()
    for path in ("/check", "/sections/you", "/read"):
        page = client.get(pages + path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "<img" not in page.text


def test_four_answers_of_100_kilobytes_fit_on_one_page(app: Flask, client: FlaskClient) -> None:
    pages = start(client, make_evidence.call())
    keys = ["values", "assumptions", "involvement", "cost"]

    response = client.post(
        f"{pages}/sections/approach",
        data={f"answer_{key}": "ي" * 50_000 for key in keys},
        content_type="multipart/form-data",
    )

    assert response.status_code == 302
    assert {len(text) for text in texts_of(the_contribution()).values()} == {50_000}


@pytest.mark.parametrize("email", ["", "nonsense", "a@b\n.example", "<script>@x", "x" * 300 + "@home.example"])
def test_an_address_that_is_none_is_refused_and_stays_in_the_field(app: Flask, client: FlaskClient, email: str) -> None:
    call = make_evidence.call()

    page = client.post(f"/calls/{call.slug}/write/address", data={"email": email})

    assert page.status_code == 200
    assert "<title>Error: " in page.text
    assert db.session.scalars(select(Contribution)).all() == []


def test_a_mailbox_is_not_flooded_with_links(app: Flask, client: FlaskClient) -> None:
    call = make_evidence.call()

    for _ in range(8):
        start(app.test_client(), call)

    assert len(mails("Your link")) == 5


def test_a_section_that_there_is_not_is_not_found(app: Flask, client: FlaskClient) -> None:
    pages = start(client, make_evidence.call())

    response = client.get(f"{pages}/sections/nowhere")

    assert response.status_code == 404


def _all_rows() -> dict[str, int]:
    db.session.rollback()
    tables = db.metadata.sorted_tables
    return {table.name: len(db.session.execute(select(table)).all()) for table in tables}


def _token(page: TestResponse) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert found
    return found.group(1)
