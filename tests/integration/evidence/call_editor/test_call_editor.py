"""A call written in the browser: from nothing to published, then changed without anything public changing at once."""

import io
import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from accounts.roles import Role
from core.database import db
from evidence import calls
from evidence.answers import record_answer
from evidence.call_editor.publishing import describe_publishing
from evidence.call_editor.schedule_changes import ChangeKind
from evidence.contributions import submit_contribution
from evidence.models import Call
from tests.support import five_people, make, make_evidence
from tests.support.make_evidence import schedule_data

pytestmark = pytest.mark.one_database

QUESTION = {"prompt": "What happened while you waited?", "kind": "long text", "spoken": "So what was it like?"}


@pytest.fixture
def amira(app: Flask, client: FlaskClient) -> FlaskClient:
    five_people.switch_to_staff(client, make.staff("amira", Role.COORDINATOR).id)
    return client


def find_call(slug: str) -> Call:
    db.session.rollback()
    call = calls.find_call(slug)
    assert call is not None
    return call


def draft_keys(slug: str) -> list[str]:
    return [question.key for question in calls.read_draft(find_call(slug)).schedule.iter_questions()]


def begin_call(amira: FlaskClient, title: str = "Waiting for care") -> str:
    return str(amira.post("/staff/calls/new", data={"title": title}).location)


def test_a_call_is_written_and_published_in_the_browser(amira: FlaskClient) -> None:
    path = begin_call(amira)
    amira.post(
        f"{path}/about", data={"title": "Waiting for care", "summary": "We ask about waiting.", "purpose": "**Why**"}
    )
    amira.post(
        f"{path}/asker", data={"organisation": "Care Alliance", "contact": "Sam Lee", "email": "sam@care.example"}
    )
    amira.post(f"{path}/questions/sections/add", data={"title": "What happened"})
    amira.post(f"{path}/questions/sections/happened/add-question", data=QUESTION)

    amira.post(f"{path}/publish")

    page = amira.get("/calls/waiting-for-care").text
    assert "Care Alliance asks" in page
    assert "<strong>Why</strong>" in page
    assert "sam@care.example" in page
    assert QUESTION["prompt"] in page
    assert "case studies" not in page


def test_a_call_without_questions_is_not_published(amira: FlaskClient) -> None:
    path = begin_call(amira)

    page = amira.post(f"{path}/publish", follow_redirects=True).text

    assert "The call has no questions yet" in page
    assert amira.get("/calls/waiting-for-care").status_code == 404


def test_publishing_warns_while_something_is_missing(amira: FlaskClient) -> None:
    page = amira.get(f"{begin_call(amira)}/publish").text

    assert "There is no privacy notice yet." in page
    assert "does not say who is asking" in page


def test_nothing_of_a_published_call_changes_before_it_is_published(amira: FlaskClient) -> None:
    call = make_evidence.call()
    db.session.commit()
    before = call.closes_on

    make_evidence.draft_call(closes_on="2099-01-01", aims=[])
    db.session.commit()

    assert find_call(call.slug).closes_on == before
    assert "Everyone has a healthy standard of living" in amira.get(f"/calls/{call.slug}").text
    amira.post(f"/staff/calls/{call.slug}/publish")
    assert str(find_call(call.slug).closes_on) == "2099-01-01"


def test_a_file_and_the_page_give_the_same_call(app: Flask, amira: FlaskClient) -> None:
    data = make_evidence.call_data(schedule=schedule_data({"key": "cost"}), summary="Short.", asking={"phone": "1"})
    content = json.dumps(data).encode()

    amira.post("/staff/calls/load", data={"file": (io.BytesIO(content), "call.json")})
    saved = amira.get("/staff/calls/waiting-well/file").get_data()
    db.session.rollback()
    calls.load_draft(data)

    assert json.loads(saved) == {**data, "schedule": json.loads(saved)["schedule"]}
    assert amira.get("/staff/calls/waiting-well/file").get_data() == saved
    exported = app.test_cli_runner().invoke(args=["evidence", "export-call", "waiting-well"])
    assert exported.output.encode() == saved


@pytest.mark.parametrize(
    "content", [b"", b"[1]", b"not json", b'{"title": 1}', b'{"schedule": "x.json"}', b"[" * 50_000]
)
def test_a_file_that_is_no_call_is_refused_in_words(amira: FlaskClient, content: bytes) -> None:
    page = amira.post("/staff/calls/load", data={"file": (io.BytesIO(content), "call.json")})

    assert page.status_code == 200
    assert "Error:" in page.text


def test_questions_are_moved_copied_and_removed(amira: FlaskClient) -> None:
    make_evidence.draft_call(schedule=schedule_data({"key": "one"}, {"key": "two"}))
    db.session.commit()
    path = "/staff/calls/waiting-well/questions"

    amira.post(f"{path}/two/arrange", data={"action": "up"})
    assert draft_keys("waiting-well") == ["two", "one"]
    amira.post(f"{path}/two/arrange", data={"action": "copy"})
    assert draft_keys("waiting-well") == ["two", "two_2", "one"]
    amira.post(f"{path}/two/remove")
    amira.post(f"{path}/sections/things/arrange", data={"action": "copy"})

    assert draft_keys("waiting-well") == ["two_2", "one", "two", "one_2"]


def test_another_kind_of_answer_gets_another_key(amira: FlaskClient) -> None:
    make_evidence.call(schedule=schedule_data({"key": "cost"}))
    db.session.commit()

    path = "/staff/calls/waiting-well/questions/cost"
    amira.post(path, data={"prompt": "What of cost?", "kind": "one of", "choices": "Yes\nNo"})

    assert draft_keys("waiting-well") == ["cost_2"]
    page = amira.get("/staff/calls/waiting-well/publish").text
    assert "Counts as a new question" in page


def test_publishing_says_what_it_means_for_answers_that_are_here(app: Flask) -> None:
    call = make_evidence.call(schedule=schedule_data({"key": "cost"}, {"key": "care"}))
    contribution = make_evidence.contribution(call)
    record_answer(contribution, "cost", "A lot.", by=None)
    submit_contribution(contribution)

    make_evidence.draft_call(schedule=schedule_data({"key": "cost", "prompt": "How much?"}, {"key": "time"}))

    changes = [(item.kind, item.answered_key, number) for item, number in describe_publishing(call).question_changes]
    assert changes == [
        (ChangeKind.REWORDED, "cost", 1),
        (ChangeKind.NEW, "", 0),
        (ChangeKind.REMOVED, "care", 0),
    ]


def test_what_is_typed_stays_when_it_is_wrong(amira: FlaskClient) -> None:
    path = begin_call(amira)

    page = amira.post(f"{path}/asker", data={"organisation": "", "contact": "<b>Sam</b>", "accent": "#ffff00"}).text

    assert "Enter who is asking." in page
    assert "hard to read on this colour" in page
    assert "&lt;b&gt;Sam" in page


def test_markdown_cannot_bring_scripts(amira: FlaskClient) -> None:
    path = begin_call(amira)
    hostile = "<script>x()</script> [here](javascript:x()) ![i](https://spy.example/i.png) <b onclick=x()>"
    amira.post(f"{path}/about", data={"title": "Waiting for care", "purpose": hostile})

    page = amira.get(f"{path}/preview/page").text

    assert "<script>x" not in page
    assert not re.search(r'href="javascript|<img|<b onclick', page)


def test_a_copy_is_a_draft_of_its_own(amira: FlaskClient) -> None:
    call = make_evidence.call()
    db.session.commit()

    amira.post(f"/staff/calls/{call.slug}/copy", data={"title": "Waiting well: again"})

    copied = find_call("waiting-well-2")
    assert copied.state.value == "draft"
    assert len(copied.aims) == 7
    assert calls.read_draft(copied).schedule == calls.read_draft(find_call("waiting-well")).schedule


def test_only_a_closed_call_is_archived(amira: FlaskClient) -> None:
    opened, closed = make_evidence.call(), make_evidence.closed_call(title="Earlier call")
    db.session.commit()

    for call in (opened, closed):
        amira.post(f"/staff/calls/{call.slug}/archive")

    assert find_call("waiting-well").archived_at is None
    assert find_call("earlier-call").archived_at is not None
    assert amira.get("/").location == "/calls/waiting-well"


def test_the_installation_is_named_on_every_page(amira: FlaskClient) -> None:
    amira.post("/staff/settings/organisation", data={"name": "Care Alliance", "accent": "#5d3a66"})

    page = amira.get("/").text

    assert "Care Alliance" in page
    assert "/colours/5d3a66.css" in page
    assert "#5d3a66" in amira.get("/colours/5d3a66.css").text


def test_the_privacy_notice_is_public_once_saved_and_linked_beside_consent(app: Flask, amira: FlaskClient) -> None:
    assert amira.get("/about/privacy").status_code == 404
    text = "We keep it for [how long]."

    page = amira.post("/staff/settings/pages", data={"privacy_notice": text}, follow_redirects=True).text

    assert "There is still something to fill in: [how long]" in page
    assert "We keep it" in amira.get("/about/privacy").text
    dev = five_people.sign_in_participant(app, make_evidence.contribution().participant_id)
    db.session.commit()
    assert "/about/privacy" in dev.get("/my/waiting-well/written/consent").text
