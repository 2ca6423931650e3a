"""A coordinator removes what was uploaded by mistake, and nothing else goes with it."""

import pytest
from flask import Flask
from sqlalchemy import select

from accounts.models import AuditEntry
from accounts.roles import Role
from core.database import db
from core.file_storage import current_storage
from evidence.models import Answer
from privacy.mistakes.removal import RemovalReason
from tests.support import five_people, make, make_transcripts
from transcripts.models import Passage, Recording, Segment, Transcript
from transcripts.passages import acceptance

REASON = {"reason": RemovalReason.WRONG_INTERVIEW.value}


@pytest.fixture
def recording(app: Flask) -> Recording:
    recording = make_transcripts.recording()
    transcript = make_transcripts.transcript(recording, "I waited.", "It was long.", is_mapped=False)
    passages = make_transcripts.add_suggestions(transcript, ["capacity", "values"])
    acceptance.accept_passage(passages[0], by=make.staff("cara", Role.REVIEWER).id)
    db.session.commit()
    return recording


def test_a_recording_goes_with_all_that_was_made_from_it(app: Flask, recording: Recording) -> None:
    other = make_transcripts.recording(recording.contribution, make_transcripts.tone_wav(pitch=500))
    amira = five_people.sign_in_staff(app, make.staff("amira", Role.COORDINATOR).id)

    amira.post(f"/staff/privacy/recordings/{recording.id}/remove", data=REASON)

    db.session.expire_all()
    assert db.session.scalars(select(Recording.id)).all() == [other.id]
    assert current_storage().list_paths() == [other.storage_path]
    for rows in (Transcript, Segment, Passage, Answer):
        assert db.session.scalars(select(rows)).all() == []
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "recording removed")).one()
    assert entry.details["reason"] == RemovalReason.WRONG_INTERVIEW.value


def test_a_text_goes_and_its_recording_stays(app: Flask, recording: Recording) -> None:
    transcript_id = db.session.scalars(select(Transcript.id)).one()
    amira = five_people.sign_in_staff(app, make.staff("amira", Role.COORDINATOR).id)

    assert "Select why" in amira.post(f"/staff/privacy/transcripts/{transcript_id}/remove").text
    amira.post(f"/staff/privacy/transcripts/{transcript_id}/remove", data=REASON)

    db.session.expire_all()
    assert db.session.scalars(select(Transcript)).all() == []
    assert current_storage().exists(db.session.scalars(select(Recording.storage_path)).one())


def test_only_coordinators_remove(app: Flask, recording: Recording) -> None:
    for role in (Role.INTERVIEWER, Role.REVIEWER):
        browser = five_people.sign_in_staff(app, make.staff(role.value, role).id)
        assert browser.post(f"/staff/privacy/recordings/{recording.id}/remove", data=REASON).status_code == 403
