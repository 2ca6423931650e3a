"""Who opens what is recorded, can be searched and downloaded, and a changed or removed line is noticed."""

import csv
import io
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from accounts import audit, audit_seals
from accounts.access_log import is_recorded
from accounts.models import AccessRecord, ActorKind, AuditEntry, AuditSeal
from accounts.roles import Role
from accounts.tasks import seal_audit_log
from core import clock
from core.database import db
from tests.support import five_people, make, make_backup, make_transcripts
from transcripts.models import Transcript


@pytest.fixture
def cara(app: Flask) -> FlaskClient:
    return five_people.sign_in_staff(app, make.staff("cara", Role.REVIEWER).id)


@pytest.fixture
def amira(app: Flask) -> FlaskClient:
    return five_people.sign_in_staff(app, make.staff("amira", Role.COORDINATOR).id)


def read_counts() -> dict[str, int]:
    db.session.rollback()
    return {row.action: row.count for row in db.session.scalars(select(AccessRecord))}


def make_entries(count: int) -> None:
    for number in range(count):
        audit.record("something", number=number)
    seal_audit_log()


def test_reading_five_times_is_one_line_with_a_count(cara: FlaskClient) -> None:
    transcript: Transcript = make_transcripts.transcript(make_transcripts.recording())

    for _ in range(5):
        cara.get(f"/staff/desk/{transcript.contribution_id}")

    assert read_counts() == {"review.show_desk": 5}


def test_an_hour_later_there_is_another_line(cara: FlaskClient) -> None:
    recording = make_transcripts.recording()
    cara.get(f"/staff/recordings/{recording.id}/sound").close()

    with clock.freeze_at(clock.now() + timedelta(hours=1)):
        cara.get(f"/staff/recordings/{recording.id}/sound").close()

    db.session.rollback()
    rows = db.session.scalars(select(AccessRecord)).all()
    assert [(row.action, row.subject_id, row.count) for row in rows] == [
        ("transcripts.play_recording", recording.id, 1)
    ] * 2


def test_what_was_refused_is_recorded(cara: FlaskClient) -> None:
    recording = make_transcripts.recording()

    assert cara.get(f"/staff/recordings/{recording.id}/original").status_code == 403

    assert read_counts() == {"refused: transcripts.download_recording": 1}


def test_contacts_emails_and_the_log_itself_are_recorded(app: Flask) -> None:
    for endpoint in (
        "interviews.show_volunteer",
        "interviews.list_volunteers",
        "interviews.show_interview",
        "accounts.show_mail",
        "accounts.download_mail",
        "transcripts.download_recording",
        "privacy.download_audit_log",
    ):
        assert is_recorded(endpoint), endpoint


def test_a_participants_own_visits_are_not_recorded(app: Flask) -> None:
    booking = make_transcripts.booking()

    five_people.sign_in_volunteer(app, booking.volunteer).get("/my/data")

    assert read_counts() == {}


def test_a_changed_line_is_noticed(app: Flask) -> None:
    make_entries(3)
    make_entries(2)
    assert audit_seals.check_seals().broken_number is None

    db.session.execute(update(AuditEntry).where(AuditEntry.number == 4).values(action="something else"))

    assert audit_seals.check_seals().broken_number == 2


def test_a_removed_line_and_a_removed_seal_are_noticed(app: Flask) -> None:
    make_entries(3)
    make_entries(2)
    with db.session.begin_nested() as nested:
        db.session.execute(delete(AuditEntry).where(AuditEntry.number == 2))
        assert audit_seals.check_seals().broken_number == 1
        nested.rollback()

    db.session.execute(delete(AuditEntry).where(AuditEntry.seal_number == 1))
    db.session.execute(delete(AuditSeal).where(AuditSeal.number == 1))

    assert audit_seals.check_seals().broken_number == 2


def test_fields_cannot_be_moved_into_each_other(app: Flask) -> None:
    row = AuditEntry(number=1, at=clock.now(), actor_kind="system", action="ab", subject_kind="c", details={})
    other = AuditEntry(number=1, at=row.at, actor_kind="system", action="a", subject_kind="bc", details={})
    for one in (row, other):
        one.actor_kind = ActorKind.SYSTEM

    assert audit_seals.calculate_digest("", [row]) != audit_seals.calculate_digest("", [other])


def test_the_command_says_that_a_line_was_changed(app: Flask) -> None:
    make_entries(2)
    assert make_backup.run_command(app, "privacy", "verify-audit").exit_code == 0
    db.session.execute(update(AuditEntry).values(subject_kind="call"))
    db.session.commit()

    result = make_backup.run_command(app, "privacy", "verify-audit")

    assert result.exit_code == 1
    assert "Seal 1 does not fit" in result.output


def test_a_coordinator_searches_and_downloads(amira: FlaskClient) -> None:
    audit.record("=sum of everything")
    audit.record("booking cancelled")

    assert "booking cancelled" not in amira.get("/staff/audit?what=SUM").text
    assert amira.get("/staff/audit?since=rubbish&who=x&until=9999-12-31&page=99999999999").status_code < 500
    rows = list(csv.reader(io.StringIO(amira.get("/staff/audit.csv").text)))

    assert [row[2] for row in rows][:3] == ["what", "booking cancelled", "'=sum of everything"]


def test_nobody_else_opens_the_log(cara: FlaskClient) -> None:
    assert cara.get("/staff/audit").status_code == 403
    assert cara.get("/staff/audit.csv").status_code == 403
