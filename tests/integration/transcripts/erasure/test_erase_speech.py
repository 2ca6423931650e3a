"""What somebody took back is erased on the promised day: rows, files and keys, and nobody else's."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from accounts.models import AuditEntry
from core import clock
from core.database import db
from core.file_storage import Storage, current_storage
from core.storage_backends import StorageUnreachableError
from evidence import consent, own_consent
from evidence.consent_terms import ConsentUse
from evidence.models import Answer, AnswerVersion, ConsentChange, Contribution
from tests.support import make_interviews, make_transcripts
from transcripts.erasure.tasks import erase_withdrawn_speech
from transcripts.models import Passage, Recording, Segment, Transcript
from transcripts.passages import acceptance

HOLDERS = [Recording, Transcript, Segment, Passage, Answer, AnswerVersion]


@pytest.fixture
def spoken(app: Flask) -> Contribution:
    """An interview with a recording, its text, and answers taken from it."""
    by = make_interviews.interviewer("cara").id
    for passage in make_transcripts.passages():
        acceptance.accept_passage(passage, by)
    db.session.commit()
    return db.session.scalars(select(Contribution)).one()


def take_back(contribution: Contribution, *, due_in: timedelta = timedelta(0)) -> None:
    decisions = {ConsentUse.TRANSCRIBE: False}
    consent.record_decisions(contribution.participant, contribution.call, decisions, noted_by=None)
    db.session.execute(update(ConsentChange).values(erase_on=(clock.now() + due_in).date()))
    db.session.commit()


def count_rows() -> list[int]:
    return [db.session.scalar(select(func.count()).select_from(holder)) or 0 for holder in HOLDERS]


def test_rows_files_and_keys_are_gone_on_the_day(spoken: Contribution) -> None:
    assert all(count_rows())
    assert current_storage().list_paths()
    take_back(spoken)

    erase_withdrawn_speech()

    assert count_rows() == [0] * len(HOLDERS)
    assert current_storage().list_paths() == []
    described = own_consent.describe_hiding(spoken.participant_id, spoken.call)
    assert described.startswith(
        "Any recording of your interview, its text and the answers taken from it were erased on"
    )
    recorded = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "speech erased")).one()
    assert recorded.details["interviews"] == 1


def test_the_file_of_an_imported_transcript_is_gone(spoken: Contribution) -> None:
    path = "imported/transcript.txt"
    current_storage().store(BytesIO(b"It was long."), path, announced_bytes=None, max_bytes=100)
    db.session.execute(update(Transcript).values(source_path=path))
    take_back(spoken)

    erase_withdrawn_speech()

    assert not current_storage().exists(path)


def test_nothing_is_erased_before_the_day_or_after_a_new_yes(spoken: Contribution) -> None:
    before = count_rows()
    take_back(spoken, due_in=timedelta(days=2))
    erase_withdrawn_speech()
    early = count_rows()

    consent.record_decisions(spoken.participant, spoken.call, {ConsentUse.TRANSCRIBE: True}, noted_by=None)
    db.session.commit()
    erase_withdrawn_speech()

    assert early == before
    assert count_rows() == before


def test_the_words_of_everyone_else_stay(spoken: Contribution) -> None:
    other = make_transcripts.recording(
        make_transcripts.booking(spoken.call, make_interviews.interviewer("bea"), "Ann").volunteer.contribution
    )
    make_transcripts.transcript(other, "It was kept.")
    db.session.commit()
    take_back(spoken)

    erase_withdrawn_speech()

    assert db.session.scalars(select(Segment.text)).all() == ["It was kept."]
    assert current_storage().exists(other.storage_path)


def test_a_file_that_cannot_be_removed_is_tried_again(spoken: Contribution, monkeypatch: pytest.MonkeyPatch) -> None:
    take_back(spoken)
    with monkeypatch.context() as broken:

        def fail(_storage: Storage, _path: str) -> None:
            raise StorageUnreachableError("The storage does not answer.")

        broken.setattr(Storage, "delete", fail)
        erase_withdrawn_speech()
        failed = count_rows()

    erase_withdrawn_speech()

    assert all(failed)
    assert count_rows() == [0] * len(HOLDERS)


@pytest.mark.one_database
def test_no_word_is_left_in_the_file_of_the_database(spoken: Contribution) -> None:
    word = db.session.scalars(select(Segment.text)).first()
    take_back(spoken)
    erase_withdrawn_speech()
    db.session.remove()
    db.engine.dispose()
    path = Path(str(db.engine.url.database))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    assert word
    assert word.encode() not in path.read_bytes()
