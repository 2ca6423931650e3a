"""Calls: loading, publishing, versions that never change, the public page and the coordinators' pages."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.roles import Role
from core import clock
from core.database import db
from evidence import calls, contributions
from evidence.call_json import CallFileError
from evidence.calls import CallNotFoundError, CallNotPublishedError, CallStatus
from evidence.models import Call, CallState, FrozenRowError, InterestedAddress, Mode, ScheduleVersion
from tests.support import five_people, make, make_evidence
from tests.support.make_evidence import SAMPLES, schedule_data

pytestmark = pytest.mark.one_database

NONCE = re.compile(r'nonce="[^"]*"')  # new on each page


def sign_in(client: FlaskClient, name: str, *roles: Role) -> None:
    member = make.staff(name, *roles)
    five_people.switch_to_staff(client, member.id)


def test_the_example_loads_as_a_draft_with_its_questions(app: Flask) -> None:
    call = make_evidence.draft_call()

    assert (call.slug, call.state) == ("waiting-well", CallState.DRAFT)
    assert [aim.key for aim in call.aims][:2] == ["control", "living"]
    assert [site.target_high for site in call.sites] == [10, 10, 10, 10]
    assert len(call.consent_terms) == 7
    with pytest.raises(CallNotPublishedError):
        calls.get_current_version(call)


def test_publishing_freezes_the_schedule_as_version_1(app: Flask) -> None:
    call = make_evidence.draft_call()

    version = calls.publish(call)

    assert version.number == 1
    assert calls.get_schedule(version).get_question("cost").details[0] == "If so, how was it funded?"


def test_publishing_again_makes_a_version_only_when_the_questions_changed(app: Flask) -> None:
    first = calls.publish(make_evidence.draft_call())
    same = calls.publish(make_evidence.draft_call())

    changed = calls.publish(make_evidence.draft_call(schedule=schedule_data({"key": "other"})))

    assert same.id == first.id
    assert changed.number == 2


def test_a_changed_draft_does_not_change_the_published_questions(app: Flask) -> None:
    call = make_evidence.call()

    make_evidence.draft_call(schedule=schedule_data({"key": "other"}))

    assert calls.get_schedule(calls.get_current_version(call)).has_question("cost")
    assert calls.has_unpublished_changes(call)


def test_what_was_begun_stays_on_its_version(app: Flask) -> None:
    call = make_evidence.call()
    begun = contributions.start_contribution(call, make_evidence.participant(), Mode.WRITTEN)

    make_evidence.call(schedule=schedule_data({"key": "other"}))
    later = contributions.start_contribution(call, make_evidence.participant("eve@home.example"), Mode.WRITTEN)

    assert begun.schedule_version.number == 1
    assert later.schedule_version.number == 2


def test_a_version_cannot_be_changed(app: Flask) -> None:
    make_evidence.call()
    version = db.session.scalars(select(ScheduleVersion)).one()

    version.content = {"title": "Other", "sections": []}

    with pytest.raises(FrozenRowError):
        db.session.flush()


def test_loading_again_replaces_aims_sites_and_wordings(app: Flask) -> None:
    make_evidence.draft_call()

    call = make_evidence.draft_call(
        aims=[{"key": "living", "text": "Another text"}],
        sites=[],
        consent=[{"use": "share", "wording": "Shorter."}],
    )

    assert [(aim.key, aim.text) for aim in call.aims] == [("living", "Another text")]
    assert call.sites == []
    assert [term.wording for term in call.consent_terms] == ["Shorter."]


def test_two_calls_cannot_have_one_address(app: Flask) -> None:
    make_evidence.draft_call()

    with pytest.raises(CallFileError, match="Give this one its own “slug”"):
        make_evidence.draft_call(title="Waiting well: quite another call")


def test_a_missing_schedule_file_is_named(app: Flask) -> None:
    with pytest.raises(CallFileError, match=r"gone\.json cannot be read"):
        make_evidence.draft_call(schedule="gone.json")


def test_a_call_is_open_by_the_clocks_of_its_own_zone(app: Flask) -> None:
    call = make_evidence.call(opens_on="2026-03-01", closes_on="2026-03-31", zone="Pacific/Auckland")

    with clock.freeze_at(datetime.fromisoformat("2026-02-28T11:30:00+00:00")):  # 00:30 on 1 March there
        assert calls.get_call_status(call) is CallStatus.OPEN
    with clock.freeze_at(datetime.fromisoformat("2026-03-31T10:30:00+00:00")):  # 23:30 on 31 March there
        assert calls.get_call_status(call) is CallStatus.OPEN
    with clock.freeze_at(datetime.fromisoformat("2026-03-31T11:30:00+00:00")):
        assert calls.get_call_status(call) is CallStatus.CLOSED


def test_a_draft_is_not_found_by_the_public(app: Flask, client: FlaskClient) -> None:
    call = make_evidence.draft_call()

    page = client.get(f"/calls/{call.slug}")

    assert page.status_code == 404
    with pytest.raises(CallNotFoundError):
        calls.get_published_call(call.slug)


def test_the_public_page_says_what_the_call_is_and_how_to_take_part(app: Flask, client: FlaskClient) -> None:
    call = make_evidence.call()

    page = client.get(f"/calls/{call.slug}").text

    assert call.title in page
    assert "Everyone has a healthy standard of living" in page
    assert f'href="/calls/{call.slug}/write"' in page
    assert f'href="/calls/{call.slug}/volunteer"' in page


def test_only_working_participation_modes_of_the_call_are_offered(app: Flask, client: FlaskClient) -> None:
    call = make_evidence.call(ways=["written", "carrier pigeon"])

    page = client.get(f"/calls/{call.slug}").text

    assert "/write" in page
    assert "/volunteer" not in page
    assert "pigeon" not in page


def test_the_start_page_leads_to_the_only_call(app: Flask, client: FlaskClient) -> None:
    call = make_evidence.call()

    assert client.get("/").location == f"/calls/{call.slug}"


def test_the_start_page_lists_calls_when_there_are_several_or_none(app: Flask, client: FlaskClient) -> None:
    assert "There are no calls for evidence at the moment" in client.get("/").text
    make_evidence.call()
    make_evidence.call(title="A second call")

    page = client.get("/").text

    assert "/calls/waiting-well" in page
    assert "/calls/a-second-call" in page


@pytest.mark.parametrize("days", [-60, 200])
def test_when_it_is_not_open_people_can_leave_an_address(app: Flask, client: FlaskClient, days: int) -> None:
    call = make_evidence.call()

    with clock.freeze_at(clock.now() + timedelta(days=days)):
        page = client.get(f"/calls/{call.slug}").text

    assert f"/calls/{call.slug}/hear-more" in page
    assert f'href="/calls/{call.slug}/write"' not in page


def test_an_address_is_kept_once_and_the_answer_is_the_same(app: Flask, client: FlaskClient) -> None:
    path = f"/calls/{make_evidence.closed_call().slug}/hear-more"

    first = client.post(path, data={"email": "Dev@Home.example"}, follow_redirects=True)
    second = client.post(path, data={"email": "dev@home.example"}, follow_redirects=True)

    assert NONCE.sub("", first.text) == NONCE.sub("", second.text)
    db.session.rollback()
    assert db.session.scalars(select(InterestedAddress.email)).all() == ["dev@home.example"]


def test_a_coordinator_reads_the_addresses_that_were_left(app: Flask, client: FlaskClient) -> None:
    call = make_evidence.closed_call()
    make_evidence.interested_address(call, "zoe@home.example")
    sign_in(client, "amira", Role.COORDINATOR)

    page = client.get(f"/staff/calls/{call.slug}").text

    assert "People who want updates (1)" in page
    assert "zoe@home.example" in page


def test_hostile_text_in_a_call_is_shown_as_text(app: Flask, client: FlaskClient) -> None:
    call = make_evidence.call(
        title="<script>alert(1)</script>", aims=[{"key": "a", "text": "<img src=x onerror=alert(1)>"}]
    )

    page = client.get(f"/calls/{call.slug}").text

    assert "<script>alert" not in page
    assert "<img" not in page


def test_a_coordinator_previews_and_publishes(app: Flask, client: FlaskClient) -> None:
    call = make_evidence.draft_call()
    sign_in(client, "amira", Role.COORDINATOR)
    path = f"/staff/calls/{call.slug}"

    preview = client.get(f"{path}/preview/form").text
    client.post(f"{path}/publish")

    assert "Did the approach cost more money or other resources?" in preview
    db.session.rollback()
    assert db.session.scalars(select(Call.state)).one() is CallState.PUBLISHED
    assert "Version 1 published" in client.get(path).text
    assert call.title in client.get("/staff/calls").text


@pytest.mark.parametrize(("name", "roles"), [("ben", [Role.INTERVIEWER]), ("cara", [Role.REVIEWER]), ("eve", [])])
def test_others_neither_see_nor_publish_drafts(app: Flask, client: FlaskClient, name: str, roles: list[Role]) -> None:
    call = make_evidence.draft_call()
    sign_in(client, name, *roles)

    statuses = [
        client.get("/staff/calls").status_code,
        client.get(f"/staff/calls/{call.slug}").status_code,
        client.post(f"/staff/calls/{call.slug}/publish").status_code,
    ]

    assert statuses == [403, 403, 403]
    db.session.rollback()
    assert db.session.scalars(select(Call.state)).one() is CallState.DRAFT


def test_a_volunteer_cannot_publish(app: Flask, client: FlaskClient) -> None:
    call = make_evidence.draft_call()
    dev = make_evidence.participant()
    five_people.switch_to_participant(client, dev.id)

    response = client.post(f"/staff/calls/{call.slug}/publish")

    assert response.status_code in {302, 403}
    db.session.rollback()
    assert db.session.scalars(select(Call.state)).one() is CallState.DRAFT


def test_the_command_loads_and_publishes_the_example(app: Flask) -> None:
    result = app.test_cli_runner().invoke(
        args=["evidence", "load-call", str(SAMPLES / "example-call.json"), "--publish"]
    )

    assert result.exit_code == 0
    assert "version 1" in result.output
    assert calls.get_published_call("waiting-well").title.startswith("Waiting well")


def test_the_command_loads_a_written_contribution(app: Flask) -> None:
    make_evidence.call()
    db.session.commit()

    result = app.test_cli_runner().invoke(
        args=["evidence", "load-written", str(SAMPLES / "written" / "written01.json"), "--call", "waiting-well"]
    )

    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("content", "words"),
    [("{", "is not JSON"), ("[]", "has to be an object"), ('{"title": "A"}', "opens_on"), ("\x00", "is not JSON")],
)
def test_the_command_says_what_is_wrong_and_fails(app: Flask, tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "call.json"
    path.write_text(content)

    result = app.test_cli_runner().invoke(args=["evidence", "load-call", str(path)])

    assert result.exit_code == 1
    assert words in result.output
