"""Who is erased is gone from every place, stays gone after a restore, and nobody else loses anything."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.database import db
from core.file_storage import current_storage
from core.outbox import derive_recipient_id
from core.settings import Settings
from evidence.answers import AnswerWithdrawnError, record_answer
from evidence.models import Answer, Participant
from privacy.erasure.ledger import LEDGER_NAME, read_entries
from privacy.erasure.recorded_erasure import erase_contribution, erase_one_answer, erase_person
from tests.support import make, make_backup, make_evidence
from tests.support.make_backup import BackupFolders
from tests.support.make_privacy import WORDS, find_traces, person_with_everything
from transcripts.models import Recording


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, backup_key=make_backup.BACKUP_KEY)


@pytest.fixture
def folders(tmp_path: Path) -> BackupFolders:
    return BackupFolders(tmp_path / "backups", tmp_path / "backup-keys")


def count_everything() -> dict[str, int]:
    tables = db.metadata.tables.items()
    return {name: db.session.scalar(select(func.count()).select_from(table)) or 0 for name, table in tables}


def test_nothing_of_an_erased_person_is_left(app: Flask) -> None:
    participant = person_with_everything()
    reference, email = participant.reference, participant.contact.email if participant.contact else ""
    make.run_jobs()
    assert len(find_traces(app, WORDS, reference, email)) > 5

    traces = erase_person(participant)
    db.session.commit()

    assert find_traces(app, WORDS, reference, email, str(derive_recipient_id(email))) == {}
    assert all(trace.is_done for trace in traces)
    assert {"recordings", "texts", "answers", "contact", "emails"} <= {trace.key for trace in traces}


def test_nobody_else_loses_anything(app: Flask) -> None:
    call = make_evidence.call()
    person_with_everything(call, "Elin")
    before = count_everything()
    dev = person_with_everything(call, "Dev")

    erase_person(dev)
    db.session.commit()

    after = count_everything()
    staff_and_log = {"audit_entry", "job", "slot", "staff_member", "staff_role", "outbox_message", "counted_mail"}
    assert {name for name in before if before[name] != after[name]} <= staff_and_log


def test_the_key_of_a_recording_goes_first(app: Flask) -> None:
    participant = person_with_everything()
    path = db.session.scalars(select(Recording.storage_path)).one()
    wrapped = current_storage().read_wrapped_key(path)

    erase_person(participant)

    assert wrapped
    with pytest.raises(FileNotFoundError):
        current_storage().read_wrapped_key(path)


def test_an_erased_interview_leaves_the_person_and_what_they_wrote(app: Flask) -> None:
    participant = person_with_everything()
    interview = db.session.scalars(select(Recording)).one().contribution

    erase_contribution(interview)
    db.session.commit()

    assert db.session.get(Participant, participant.id) is not None
    assert db.session.scalars(select(Answer.text)).all() == [f"Written {WORDS}."]
    assert current_storage().list_paths() == []


def test_the_ledger_names_nobody(app: Flask, settings: Settings) -> None:
    participant = person_with_everything()
    secrets = participant.reference, str(participant.id), participant.contact.email if participant.contact else ""

    erase_person(participant)

    text = settings.erasure_ledger_path.read_text()
    assert len(read_entries(settings.erasure_ledger_path)) == 1
    assert not any(secret in text for secret in secrets)


def test_a_line_that_was_cut_does_not_stop_the_ledger(app: Flask, settings: Settings) -> None:
    erase_person(person_with_everything())
    with settings.erasure_ledger_path.open("a") as file:
        file.write('{"kind": "per')

    assert len(read_entries(settings.erasure_ledger_path)) == 1


def test_who_was_erased_stays_erased_after_a_restore(
    app: Flask, settings: Settings, folders: BackupFolders, tmp_path: Path
) -> None:
    call = make_evidence.call()
    people = [person_with_everything(call, f"Dev{number}") for number in range(3)]
    references = [participant.reference for participant in people]
    make.run_jobs()  # emails are sent
    assert make_backup.run_backup(app, folders).exit_code == 0

    erased = make_backup.run_command(app, "privacy", "erase", references[1], "--yes")
    assert erased.exit_code == 0, erased.output
    shutil.move(settings.erasure_ledger_path, folders.folder / LEDGER_NAME)  # all else of the old machine is lost
    restored = make_backup.make_empty_installation(settings, tmp_path / "restored")
    result = make_backup.run_restore(restored, folders)

    assert result.exit_code == 0, result.output
    with restored.app_context():
        kept = db.session.scalars(select(Participant.reference)).all()
        assert set(kept) == {references[0], references[2]}
        assert len(current_storage().list_paths()) == 2
        db.session.remove()
        db.engine.dispose()


@pytest.mark.one_database
def test_a_restore_without_a_ledger_does_not_finish(
    app: Flask, settings: Settings, folders: BackupFolders, tmp_path: Path
) -> None:
    person_with_everything()
    assert make_backup.run_backup(app, folders).exit_code == 0
    (folders.folder / LEDGER_NAME).unlink()

    result = make_backup.run_restore(make_backup.make_empty_installation(settings, tmp_path / "restored"), folders)

    assert result.exit_code == 1
    assert "erasure ledger" in result.output


def test_an_erased_answer_cannot_be_recorded_again_by_staff(app: Flask) -> None:
    person_with_everything()
    interview = db.session.scalars(select(Recording)).one().contribution

    erase_one_answer(interview, "capacity")

    with pytest.raises(AnswerWithdrawnError):
        record_answer(interview, "capacity", "Again", by=make.staff("cara").id)
