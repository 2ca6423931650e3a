"""One line of database changes, which makes the tables that the code names, and can be taken back."""

import ast

from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import inspect, select

from core.database import db
from core.settings import PROJECT_ROOT
from evidence import consent
from evidence.consent_terms import ConsentUse
from evidence.models import ConsentChange
from interviews.models import Booking, Invitation
from tests.support import make_interviews, make_transcripts
from tests.support.source_files import PACKAGES, list_python_files
from transcripts.models import Passage, Segment, Transcript, TranscriptOrigin

IGNORED_TABLES = ("huey", "alembic", "search_index")  # of the queue, of the changes, of SQLite's index of words
VERSIONS = PROJECT_ROOT / "migrations" / "versions"


def tables() -> set[str]:
    db.session.remove()
    return {name for name in inspect(db.engine).get_table_names() if not name.startswith(IGNORED_TABLES)}


def test_there_is_one_line_of_changes() -> None:
    script = ScriptDirectory(str(PROJECT_ROOT / "migrations"))

    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1


def test_the_changes_make_what_the_code_names(app: Flask) -> None:
    check()  # ends the test when a table or column differs

    assert tables() == set(db.metadata.tables)


def test_the_changes_can_be_taken_back_and_made_again(app: Flask) -> None:
    before = tables()

    downgrade(revision="base")
    taken_back = tables()
    upgrade()

    assert taken_back == set()
    assert tables() == before


def test_a_booking_lives_through_a_change_of_its_table(app: Flask) -> None:
    """SQLite copies the table: nothing that points to it may go with the old one."""
    booking_id = make_interviews.booking().id
    db.session.commit()
    before = db.session.scalars(select(Invitation.uid).order_by(Invitation.uid)).all()

    db.session.remove()
    downgrade(revision="0001")
    upgrade()

    booking = db.session.get_one(Booking, booking_id)
    assert booking.slot_chosen_at == booking.created_at
    assert before
    assert db.session.scalars(select(Invitation.uid).order_by(Invitation.uid)).all() == before


def test_a_transcript_keeps_its_words_and_learns_where_it_belongs(app: Flask) -> None:
    recording = make_transcripts.recording()
    transcript_id = make_transcripts.transcript(recording, "It was long.", "It was fair.").id
    position_before = recording.contribution_id, recording.position
    db.session.commit()

    db.session.remove()
    downgrade(revision="0004")
    upgrade()

    transcript = db.session.get_one(Transcript, transcript_id)
    assert (transcript.contribution_id, transcript.position) == position_before
    assert [segment.text for segment in transcript.segments] == ["It was long.", "It was fair."]
    assert transcript.origin is TranscriptOrigin.RECOGNISED


def test_texts_without_a_recording_go_whole_when_the_change_is_taken_back(app: Flask) -> None:
    recording = make_transcripts.recording()
    make_transcripts.transcript(recording, "It was kept.")
    without = make_transcripts.transcript(recording, "It was brought in.")
    without.recording_id, without.position = None, 2
    db.session.commit()

    db.session.remove()
    downgrade(revision="0004")
    upgrade()

    assert db.session.scalars(select(Segment.text)).all() == ["It was kept."]
    assert db.session.scalars(select(Passage.text)).all() == ["It was kept."]


def test_people_who_had_taken_back_consent_before_are_somebodys_task(app: Flask) -> None:
    volunteer = make_interviews.volunteer()
    for use in (ConsentUse.RECORD, ConsentUse.QUOTE_NAMED):
        consent.record_decisions(volunteer.participant, volunteer.call, {use: False}, noted_by=None)
    ids = volunteer.participant_id, volunteer.call_id
    make_interviews.volunteer(volunteer.call, "Fay")
    db.session.commit()

    db.session.remove()
    downgrade(revision="0006")
    upgrade()

    change = db.session.scalars(select(ConsentChange)).one()
    assert (change.participant_id, change.call_id, change.hides_words) == (*ids, True)
    assert change.changes == [{"use": "record", "is_allowed": False, "noted_by": None}]
    assert change.erase_on is not None


def test_changes_import_no_code_of_ours() -> None:
    trees = [ast.parse(path.read_text()) for path in list_python_files("migrations")]
    imports = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]

    modules = {node.module or "" for node in imports if isinstance(node, ast.ImportFrom)}
    modules |= {alias.name for node in imports for alias in node.names}
    imported = {module.split(".")[0] for module in modules}

    assert imported & {*PACKAGES, "wsgi", "tests"} == set()
    assert list(VERSIONS.glob("*.py"))
