"""The page of a call's names and terms: who may change them, what is kept, and that it is noted who did."""

import pytest
from flask import Flask

from accounts.audit import list_entries_about
from core.database import db
from evidence import calls
from evidence.call_json import CallFileError, call_from_json
from evidence.models import Call
from tests.support import make_evidence, make_interviews
from tests.support.five_people import get_statuses, sign_in_five

pytestmark = pytest.mark.one_database


def _kept(call: Call) -> list[str]:
    db.session.rollback()
    return list(db.session.get_one(Call, call.id).glossary)


def test_only_coordinators_see_and_change_it(app: Flask) -> None:
    call = make_evidence.call(glossary=["triage"])
    people = sign_in_five(app, make_interviews.volunteer(call), make_interviews.interviewer().id)
    path = f"/staff/calls/{call.slug}/glossary"

    seen = get_statuses(people, path)
    sent = {name: client.post(path, data={"terms": name}).status_code for name, client in people.items()}

    assert [name for name, status in seen.items() if status == 200] == ["amira"]
    assert [name for name, status in sent.items() if status == 302 and name != "dev"] == ["amira"]
    assert _kept(call) == ["amira"]


def test_what_is_typed_is_kept_shown_as_text_and_noted(app: Flask) -> None:
    call = make_evidence.call(glossary=[])
    amira = sign_in_five(app, make_interviews.volunteer(call), make_interviews.interviewer().id)["amira"]
    path = f"/staff/calls/{call.slug}/glossary"

    amira.post(path, data={"terms": "</textarea><script>x</script>\r\n\r\nAge UK\x00"})

    assert _kept(call) == ["</textarea><script>x</script>", "Age UK"]
    assert "<script>x" not in amira.get(path).text
    assert [e.details for e in list_entries_about(call.id) if e.action == "glossary changed"] == [{"terms": 2}]


def test_the_language_of_interviews_is_kept_and_refused_if_unknown(app: Flask) -> None:
    call = make_evidence.call()
    amira = sign_in_five(app, make_interviews.volunteer(call), make_interviews.interviewer().id)["amira"]
    path = f"/staff/calls/{call.slug}/glossary"

    amira.post(path, data={"terms": "triage", "language": "cy"})
    refused = amira.post(path, data={"terms": "triage", "language": "<script>"})
    amira.post(path, data={"terms": "triage"})

    db.session.rollback()
    assert db.session.get_one(Call, call.id).language == "cy"
    assert "Error:" in refused.text
    assert '<option value="cy" selected>Welsh' in amira.get(path).text


@pytest.mark.parametrize("language", ["xx", "English", 7, None, ["en"]])
def test_a_file_with_an_unknown_language_is_refused(language: object) -> None:
    with pytest.raises(CallFileError, match="language"):
        call_from_json({**make_evidence.call_data(), "language": language})


def test_loading_a_call_again_without_a_language_keeps_the_one_from_the_page(app: Flask) -> None:
    call = make_evidence.call(language="cy")

    calls.load_draft(make_evidence.call_data(), folder=make_evidence.SAMPLES)

    assert call.language == "cy"


def test_a_term_that_is_too_long_comes_back_with_a_message(app: Flask) -> None:
    call = make_evidence.call(glossary=["triage"])
    amira = sign_in_five(app, make_interviews.volunteer(call), make_interviews.interviewer().id)["amira"]

    page = amira.post(f"/staff/calls/{call.slug}/glossary", data={"terms": "x" * 81})

    assert "longer than 80 characters" in page.text
    assert "x" * 81 in page.text
    assert _kept(call) == ["triage"]


def test_loading_a_call_again_without_a_glossary_keeps_the_one_from_the_page(app: Flask) -> None:
    call = make_evidence.call(glossary=["triage"])
    data = make_evidence.call_data()
    del data["glossary"]

    calls.load_draft(data, folder=make_evidence.SAMPLES)
    db.session.commit()

    assert _kept(call) == ["triage"]
