"""What people type into the written form: every kind, two windows at once, wrong and hostile input. Nothing is lost."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.database import db
from evidence.models import Contribution
from evidence.written_contributions import get_answer_texts
from tests.support import make_evidence
from tests.support.written_form_steps import extract_link, find_mails, get_only_contribution, start_writing

pytestmark = pytest.mark.one_database


def test_a_wrong_date_loses_neither_itself_nor_the_other_answers(app: Flask, client: FlaskClient) -> None:
    schedule = make_evidence.schedule_data({"key": "when", "kind": "date"}, {"key": "story"})
    pages = start_writing(client, make_evidence.call(schedule=schedule))

    page = client.post(
        f"{pages}/sections/things",
        data={"answer_when": ["31", "2", "2026"], "answer_story": "A long story", "seen_story": "0"},
    )

    assert "<title>Error: " in page.text
    assert "Enter a real date" in page.text
    assert 'value="31"' in page.text
    assert "A long story" in page.text
    assert get_answer_texts(get_only_contribution()) == {"story": "A long story"}


@pytest.mark.parametrize("parts", [["1"], ["1", "2"], ["1", "2", "3", "4"], ["", "5", ""], ["१", "x", "9" * 5000]])
def test_a_date_in_the_wrong_number_of_parts_is_refused_with_a_reason(
    app: Flask, client: FlaskClient, parts: list[str]
) -> None:
    schedule = make_evidence.schedule_data({"key": "when", "kind": "date"})
    pages = start_writing(client, make_evidence.call(schedule=schedule))

    page = client.post(f"{pages}/sections/things", data={"answer_when": parts})

    assert page.status_code in {200, 302}
    assert "when" not in get_answer_texts(get_only_contribution()) or parts == ["1", "2", "3", "4"]


def test_every_kind_of_answer_is_saved_and_shown_again(app: Flask, client: FlaskClient) -> None:
    schedule = make_evidence.schedule_data(
        {"key": "story"},
        {"key": "name", "kind": "short text"},
        {"key": "which", "kind": "one of", "choices": ["Red", "Blue"]},
        {"key": "some", "kind": "some of", "choices": ["North", "South"]},
        {"key": "day", "kind": "date"},
    )
    pages = start_writing(client, make_evidence.call(schedule=schedule))
    typed: dict[str, Any] = {
        "answer_story": "Line one\r\nLine two",
        "answer_name": "A name",
        "answer_which": "Blue",
        "answer_some": ["North", "South"],
        "answer_day": ["1", "3", "2026"],
    }

    client.post(f"{pages}/sections/things", data=typed)

    assert get_answer_texts(get_only_contribution()) == {
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
    pages = start_writing(client, make_evidence.call(schedule=schedule))

    page = client.post(f"{pages}/sections/things", data={"answer_which": "<script>"})

    assert page.status_code == 200
    assert get_answer_texts(get_only_contribution()) == {}


def test_an_answer_changed_in_two_windows_is_shown_twice(app: Flask, client: FlaskClient) -> None:
    pages = start_writing(client, make_evidence.call())
    client.post(f"{pages}/sections/you", data={"answer_capacity": "At first", "seen_capacity": "0"})
    client.post(f"{pages}/sections/you", data={"answer_capacity": "From one window", "seen_capacity": "1"})

    page = client.post(f"{pages}/sections/you", data={"answer_capacity": "From the other", "seen_capacity": "1"})

    assert "From one window" in page.text
    assert "From the other" in page.text
    assert get_answer_texts(get_only_contribution()) == {"capacity": "From one window"}
    client.post(f"{pages}/sections/you", data={"answer_capacity": "Both together", "seen_capacity": "2"})
    assert get_answer_texts(get_only_contribution()) == {"capacity": "Both together"}


def test_what_a_window_shows_is_recognised_after_its_version_became_part_of_a_newer_one(
    app: Flask, client: FlaskClient
) -> None:
    pages = start_writing(client, make_evidence.call())
    client.post(f"{pages}/sections/you", data={"answer_capacity": "At first", "seen_capacity": "0"})
    found = re.search(r'name="seen_capacity"[^>]*value="([^"]+)"', client.get(f"{pages}/sections/you").text)
    assert found
    client.post(f"{pages}/sections/you", data={"answer_capacity": "From one window", "seen_capacity": found[1]})

    old_window = client.post(f"{pages}/sections/you", data={"answer_capacity": "At first", "seen_capacity": found[1]})

    assert old_window.status_code == 302
    assert get_answer_texts(get_only_contribution()) == {"capacity": "From one window"}


def test_of_two_windows_saved_at_the_same_moment_neither_overwrites_the_other(app: Flask, client: FlaskClient) -> None:
    pages = start_writing(client, make_evidence.call())
    link = extract_link(find_mails("Your link")[0])
    browsers = [app.test_client(), app.test_client()]
    for browser in browsers:
        browser.get(link)
    both = Barrier(2)

    def save(browser: FlaskClient, words: str) -> str:
        both.wait()
        return browser.post(f"{pages}/sections/you", data={"answer_capacity": words, "seen_capacity": "0"}).text

    with ThreadPoolExecutor() as threads:
        answers = list(threads.map(save, browsers, ["From the left", "From the right"]))

    stored = get_answer_texts(get_only_contribution())["capacity"]
    (shown_again,) = [page for page in answers if "this answer in another window" in page]
    assert stored in {"From the left", "From the right"}
    assert "From the left" in shown_again
    assert "From the right" in shown_again


def test_an_old_window_does_not_undo_what_it_did_not_touch(app: Flask, client: FlaskClient) -> None:
    schedule = make_evidence.schedule_data({"key": "first"}, {"key": "second"})
    pages = start_writing(client, make_evidence.call(schedule=schedule))
    client.post(f"{pages}/sections/things", data={"answer_first": "New words", "seen_first": "0"})

    client.post(
        f"{pages}/sections/things",
        data={"answer_first": "", "seen_first": "0", "answer_second": "Typed here", "seen_second": "0"},
    )

    assert get_answer_texts(get_only_contribution()) == {"first": "New words", "second": "Typed here"}


@pytest.mark.parametrize(
    "typed", ["<script>alert(1)</script>", "\u202eturned", "a\x00b", "👩‍⚕️", "long " * 9_999, '"><img src=x>']
)
def test_hostile_answers_are_shown_as_text(app: Flask, client: FlaskClient, typed: str) -> None:
    pages = start_writing(client, make_evidence.call())

    client.post(f"{pages}/sections/you", data={"answer_capacity": typed}, content_type="multipart/form-data")

    assert get_answer_texts(get_only_contribution())["capacity"] == typed.replace("\x00", "").strip()
    for path in ("/check", "/sections/you", "/read"):
        page = client.get(pages + path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "<img" not in page.text


def test_four_answers_of_100_kilobytes_fit_on_one_page(app: Flask, client: FlaskClient) -> None:
    pages = start_writing(client, make_evidence.call())
    keys = ["values", "assumptions", "involvement", "cost"]

    response = client.post(
        f"{pages}/sections/approach",
        data={f"answer_{key}": "ي" * 50_000 for key in keys},
        content_type="multipart/form-data",
    )

    assert response.status_code == 302
    assert {len(text) for text in get_answer_texts(get_only_contribution()).values()} == {50_000}


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
        start_writing(app.test_client(), call)

    assert len(find_mails("Your link")) == 5


def test_a_section_that_there_is_not_is_not_found(app: Flask, client: FlaskClient) -> None:
    pages = start_writing(client, make_evidence.call())

    response = client.get(f"{pages}/sections/nowhere")

    assert response.status_code == 404
