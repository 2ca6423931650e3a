"""A file for export is made by the worker, listed, and does not outlive the consent of anyone in it."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.audit import list_entries_about
from accounts.roles import Role
from core import clock
from core.database import db
from core.file_storage import current_storage
from evidence import consent
from evidence.consent_terms import ConsentUse
from evidence.models import Answer, Call, ConsentDecision, Contribution, Mode, Participant
from review.exports import export_requests
from review.exports.json_import import CallExistsError, NotAnExportError, rebuild_call
from review.models import ExportedContributionLink, ExportRequest
from tests.support import five_people, make, make_exports, make_interviews
from tests.support.make_exports import SPOKEN
from transcripts.models import Passage, Segment

pytestmark = pytest.mark.one_database


@pytest.fixture
def call(app: Flask) -> Call:
    return make_exports.evidence_to_export()


@pytest.fixture
def cara(app: Flask, call: Call) -> FlaskClient:
    return five_people.sign_in_staff(app, make.staff("cara", Role.REVIEWER).id)


def request(client: FlaskClient, kind: str, **fields: str) -> ExportRequest:
    client.post("/staff/read/waiting/exports", data={"kind": kind, "purpose": "analysis", **fields})
    make.run_jobs()
    return db.session.scalars(select(ExportRequest)).one()


def find_interview() -> Contribution:
    return db.session.scalars(select(Contribution).where(Contribution.mode == Mode.INTERVIEW)).one()


def take_back(contribution: Contribution, use: ConsentUse) -> None:
    consent.record_decisions(contribution.participant, contribution.call, {use: False}, noted_by=None)
    db.session.commit()


def test_a_file_is_made_listed_and_downloaded(cara: FlaskClient) -> None:
    row = request(cara, "csv-contributions")

    page = cara.get("/staff/read/waiting/exports").text
    content = cara.get(f"/staff/exports/{row.id}/file")
    assert "Cara" in page
    assert "waiting-contributions.csv" in page
    assert SPOKEN[1] in content.text
    assert content.headers["Content-Disposition"] == 'attachment; filename="waiting-contributions.csv"'
    assert [entry.action for entry in list_entries_about(row.id)] == ["export requested", "export made"]


def test_a_file_does_not_outlive_a_no(cara: FlaskClient) -> None:
    row = request(cara, "csv-contributions")
    path = str(row.storage_path)
    take_back(find_interview(), ConsentUse.TRANSCRIBE)

    answer = cara.get(f"/staff/exports/{row.id}/file", follow_redirects=True)
    export_requests.erase_outdated_files()

    assert SPOKEN[1] not in answer.text
    assert "no longer available" in answer.text
    assert not current_storage().exists(path)
    assert row.erased_because == export_requests.CONSENT_CHANGED


def test_a_file_for_partners_has_only_who_agreed(cara: FlaskClient) -> None:
    interview = find_interview()
    make_exports.share(interview)

    row = request(cara, "csv-contributions", purpose="sharing")
    listed = db.session.scalars(select(ExportedContributionLink.contribution_id)).all()
    take_back(interview, ConsentUse.SHARE)

    assert listed == [interview.id]
    assert not export_requests.may_be_downloaded(row)


def test_a_file_is_erased_after_a_week(cara: FlaskClient) -> None:
    row = request(cara, "xlsx-whole")

    with clock.freeze_at(clock.now() + timedelta(days=8)):
        export_requests.erase_outdated_files()

    assert row.erased_because == export_requests.EXPIRED


def test_staff_can_delete_a_file(cara: FlaskClient) -> None:
    row = request(cara, "docx-report")

    cara.post(f"/staff/exports/{row.id}/delete")

    db.session.expire_all()
    assert row.storage_path is None
    assert "deleted by a member of staff" in cara.get("/staff/read/waiting/exports").text


def test_nothing_to_export_is_said_in_the_list(cara: FlaskClient) -> None:
    request(cara, "qdpx-questions", purpose="archive")

    assert "none of them allows it" in cara.get("/staff/read/waiting/exports").text


def test_a_form_without_choices_says_what_is_missing(cara: FlaskClient) -> None:
    page = cara.post("/staff/read/waiting/exports", data={}).text

    assert "Select what you need." in page
    assert db.session.scalars(select(ExportRequest)).all() == []


def test_only_readers_of_evidence_export(app: Flask, call: Call) -> None:
    ben = make.staff("ben", Role.INTERVIEWER)
    people = five_people.sign_in_five(app, make_interviews.volunteer(call, "Gil"), ben.id)

    statuses = five_people.get_statuses(people, "/staff/read/waiting/exports")

    assert statuses == {"amira": 200, "cara": 200, "ben": 403, "eve": 403, "dev": 302}


def test_the_command_writes_and_another_installation_rebuilds_it(app: Flask, call: Call, tmp_path: Path) -> None:
    db.session.commit()
    target = tmp_path / "all.json"
    result = app.test_cli_runner().invoke(
        args=["review", "export", "waiting", "--format", "json", "-o", str(target), "--filter", "mode=interview"]
    )
    data = json.loads(target.read_text())
    before = list_everything()
    for table in reversed(db.metadata.sorted_tables):
        db.session.execute(table.delete())

    rebuilt = rebuild_call(data)
    db.session.commit()

    assert result.exit_code == 0, result.output
    assert rebuilt.contributions == 1
    assert list_everything() == before
    with pytest.raises(CallExistsError):
        rebuild_call(data)


def list_everything() -> list[list[tuple[object, ...]]]:
    """What belongs to the interview, without ids."""
    spoken = select(Contribution.participant_id).where(Contribution.mode == Mode.INTERVIEW)
    of_answer = Answer.contribution_id.in_(select(Contribution.id).where(Contribution.mode == Mode.INTERVIEW))
    queries = (
        select(Participant.reference).where(Participant.id.in_(spoken)),
        select(Answer.question_key, Answer.text, Answer.updated_at).where(of_answer),
        select(ConsentDecision.use, ConsentDecision.is_allowed, ConsentDecision.wording, ConsentDecision.number)
        .where(ConsentDecision.participant_id.in_(spoken))
        .order_by(ConsentDecision.use),
        select(Segment.position, Segment.text, Segment.start_seconds).order_by(Segment.position),
        select(Passage.question_key, Passage.text, Passage.state, Passage.start_seconds).order_by(
            Passage.start_seconds
        ),
    )
    return [[tuple(row) for row in db.session.execute(query)] for query in queries]


@pytest.mark.parametrize(
    "data",
    [
        [],
        {"format": "other"},
        {"format": "listening-post-export", "version": 1, "call": {"schedules": ["a file"]}, "contributions": []},
    ],
)
def test_what_is_no_export_is_refused(app: Flask, data: object) -> None:
    with pytest.raises(NotAnExportError):
        rebuild_call(data)


def test_a_command_with_a_mistake_says_what_is_known(app: Flask, call: Call, tmp_path: Path) -> None:
    db.session.commit()
    runner = app.test_cli_runner()
    target = str(tmp_path / "out.csv")

    command = ["review", "export", "--format", "csv", "-o", target]

    wrong_filter = runner.invoke(args=[*command, "waiting", "--filter", "a=b"])
    wrong_call = runner.invoke(args=[*command, "nothing"])

    assert "given_as" in wrong_filter.output
    assert "There is no call" in wrong_call.output
    assert not Path(target).exists()
