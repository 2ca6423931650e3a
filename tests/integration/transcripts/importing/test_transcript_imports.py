"""Transcripts made elsewhere: who may import them, what they become, what is refused and leaves nothing."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from accounts.models import StaffMember
from accounts.roles import Role
from core import clock, jobs
from core.database import db
from core.models import Job, JobState
from core.settings import Settings
from interviews.models import Booking
from tests.support import five_people, make, make_interviews, make_transcripts
from tests.support.five_people import get_statuses, sign_in_five
from tests.support.import_steps import (
    TRANSCRIPTS,
    import_transcript,
    post_file,
    post_for_preview,
    read_sample,
)
from tests.support.upload_steps import list_stored_files
from transcripts.importing import NO_CORRECTIONS, Corrections, ImportedTranscript, drafts
from transcripts.importing.tasks import delete_expired_drafts
from transcripts.models import (
    ImportDraft,
    RecordingState,
    SpeakerSource,
    TimePrecision,
    Transcript,
    TranscriptOrigin,
)
from transcripts.passages import acceptance, boundary_edits, undo
from transcripts.recordings import processing_jobs, recordings
from transcripts.text.spans import make_span
from transcripts.transcription import pipeline

pytestmark = pytest.mark.one_database


@pytest.fixture
def ben(app: Flask) -> StaffMember:
    return make_interviews.interviewer()


@pytest.fixture
def client(app: Flask, ben: StaffMember) -> FlaskClient:
    return five_people.sign_in_staff(app, ben.id)


@pytest.fixture
def booking(ben: StaffMember) -> Booking:
    return make_transcripts.booking(by=ben)


def the_transcript() -> Transcript:
    db.session.rollback()
    return db.session.scalars(select(Transcript)).one()


def count(rows: type[Transcript] | type[ImportDraft]) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(rows)) or 0


def test_a_file_is_previewed_before_it_is_imported(client: FlaskClient, booking: Booking) -> None:
    page = client.get(post_for_preview(client, booking, read_sample("zoom.vtt"))).text

    assert "In what capacity are you speaking today?" in page
    assert "Who is speaker A?" in page
    assert "Who is speaker B?" in page
    assert count(Transcript) == 0


def test_a_transcript_is_imported_without_a_recording(client: FlaskClient, booking: Booking, ben: StaffMember) -> None:
    import_transcript(client, booking, read_sample("zoom.vtt"), speaks_A="interviewer", speaks_B="participant")

    row = the_transcript()
    assert (row.origin, row.recording_id, row.position, row.number) == (TranscriptOrigin.IMPORTED, None, 1, 1)
    assert (row.speaker_source, row.imported_by, row.source_format) == (SpeakerSource.IMPORTED, ben.id, "vtt")
    assert row.roles == {"A": "interviewer", "B": "participant"}
    assert [segment.speaker for segment in row.segments] == ["A", "B", "B", "A", "B"]


@pytest.mark.one_database
@pytest.mark.parametrize(("second", "words"), [("participant", "Chosen"), ("", "Not confirmed")])
def test_who_speaks_counts_as_chosen_once_its_importer_said_it_of_everybody(
    client: FlaskClient, booking: Booking, second: str, words: str
) -> None:
    import_transcript(client, booking, read_sample("zoom.vtt"), speaks_A="interviewer", speaks_B=second)

    page = client.get(f"/staff/transcripts/{the_transcript().id}", follow_redirects=True).text

    assert f">{words}<" in " ".join(page.split()).replace("> ", ">").replace(" <", "<")
    assert ("person who imported it chose" in page) is bool(second)


def test_names_of_speakers_are_nowhere_in_the_database(client: FlaskClient, booking: Booking, app: Flask) -> None:
    import_transcript(client, booking, read_sample("zoom.vtt"))

    db.session.rollback()
    kept = [str(tuple(row)) for table in db.metadata.sorted_tables for row in db.session.execute(select(table))]
    assert not [row for row in kept if "Ann Example" in row or "Bob Sample" in row or "Ann and Bob" in row]


def test_the_file_is_kept_encrypted_as_it_came(client: FlaskClient, booking: Booking, settings: Settings) -> None:
    import_transcript(client, booking, read_sample("zoom.vtt"))

    path = the_transcript().source_path or ""
    assert recordings.get_storage().read_range(path, 0, 10_000) == read_sample("zoom.vtt")
    assert not [file for file in list_stored_files(settings) if b"hand therapy" in file.read_bytes()]


def test_it_becomes_the_newest_text_of_its_recording(client: FlaskClient, booking: Booking) -> None:
    recording = make_transcripts.recording(booking.volunteer.contribution)
    recording.duration_seconds = 60.0
    make_transcripts.transcript(recording, "What the machine heard.")

    import_transcript(client, booking, read_sample("zoom.vtt"), recording=str(recording.id))

    db.session.rollback()
    newest = recordings.get_newest_transcript(recording)
    assert newest is not None
    assert (newest.origin, newest.number, newest.position) == (TranscriptOrigin.IMPORTED, 2, recording.position)


def test_recordings_to_choose_from_are_known_by_their_length(client: FlaskClient, booking: Booking) -> None:
    make_transcripts.recording(booking.volunteer.contribution).duration_seconds = 125.0
    db.session.commit()

    page = client.get(post_for_preview(client, booking, read_sample("zoom.vtt"))).text

    assert "Recording 1, 2:05 long, received " in page


def test_a_text_that_people_have_worked_on_stays(client: FlaskClient, booking: Booking, ben: StaffMember) -> None:
    recording = make_transcripts.recording(booking.volunteer.contribution)
    recording.duration_seconds = 60.0
    text = make_transcripts.transcript(recording, "It cost a lot of money.", is_mapped=False)
    acceptance.accept_passage(make_transcripts.add_suggestions(text, ["cost"])[0], ben.id)

    answer = import_transcript(client, booking, read_sample("zoom.vtt"), recording=str(recording.id))

    assert "People have already decided about passages of recording 1" in answer.text
    assert count(Transcript) == 1
    assert count(ImportDraft) == 1


def test_nobody_decides_about_a_replaced_text(client: FlaskClient, booking: Booking, ben: StaffMember) -> None:
    recording = make_transcripts.recording(booking.volunteer.contribution)
    recording.duration_seconds = 60.0
    text = make_transcripts.transcript(recording, "It cost a lot of money.", is_mapped=False)
    passage = make_transcripts.add_suggestions(text, ["cost"], confidence=0.95)[0]
    seen = acceptance.build_revision(passage)
    db.session.commit()

    import_transcript(client, booking, read_sample("zoom.vtt"), recording=str(recording.id))

    who = undo.Undoer(ben.id)
    for decide in (
        lambda: acceptance.lock_passage(passage.id, seen),
        lambda: acceptance.accept_sure_passages(text, ben.id),
        lambda: undo.undo_decision(text, 1, who),
        lambda: undo.redo_decision(text, 1, who),
        lambda: boundary_edits.assign_question(text, make_span(0, 0, 0, 1), "cost", ben.id, revision=seen),
    ):
        with pytest.raises(acceptance.PassageChangedError, match="imported and is used now"):
            decide()


def test_a_text_longer_than_its_recording_belongs_elsewhere(client: FlaskClient, booking: Booking) -> None:
    recording = make_transcripts.recording(booking.volunteer.contribution)

    answer = import_transcript(client, booking, read_sample("word_online.txt"), recording=str(recording.id))

    assert "goes on until 0:01:03, but recording 1 is only 0:00:02 long" in answer.text


def test_a_recording_of_another_interview_cannot_be_chosen(
    client: FlaskClient, booking: Booking, ben: StaffMember
) -> None:
    fay = make_transcripts.booking(of=booking.slot.call, by=ben, name="Fay")
    other = make_transcripts.recording(fay.volunteer.contribution)

    answer = import_transcript(client, booking, read_sample("zoom.vtt"), recording=str(other.id))

    assert answer.status_code == 200
    assert count(Transcript) == 0


def test_an_import_stops_a_transcription_that_is_running(client: FlaskClient, booking: Booking) -> None:
    recording = make_transcripts.recording(booking.volunteer.contribution)
    recording.duration_seconds = 60.0
    job_id = jobs.enqueue(processing_jobs.TRANSCRIBE_JOB, recording.id).id

    import_transcript(client, booking, read_sample("zoom.vtt"), recording=str(recording.id))

    db.session.rollback()
    assert db.session.get_one(Job, job_id).state is JobState.CANCELLED
    assert pipeline.build_plan(recording) is None


def test_a_recording_that_is_still_checked_goes_on_being_checked(client: FlaskClient, booking: Booking) -> None:
    recording = make_transcripts.recording(booking.volunteer.contribution, state=RecordingState.RECEIVED)
    processing_jobs.enqueue_next_step(recording)

    import_transcript(client, booking, read_sample("zoom.vtt"), recording=str(recording.id))
    make.run_jobs()

    assert recording.state is RecordingState.PLAYABLE
    assert [row.origin for row in recording.transcripts] == [TranscriptOrigin.IMPORTED]


def test_no_lock_is_taken_while_a_file_is_read(
    client: FlaskClient, booking: Booking, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_transaction: list[bool] = []
    really_read = drafts.read_draft

    def watched(path: str, corrections: Corrections = NO_CORRECTIONS) -> ImportedTranscript:
        in_transaction.append(db.session().in_transaction())
        return really_read(path, corrections)

    monkeypatch.setattr(drafts, "read_draft", watched)

    import_transcript(client, booking, read_sample("zoom.vtt"))

    assert in_transaction == [False, False]
    assert count(Transcript) == 1


def test_a_recording_uploaded_later_is_another_part(client: FlaskClient, booking: Booking) -> None:
    import_transcript(client, booking, read_sample("zoom.vtt"))

    recording = make_transcripts.recording(booking.volunteer.contribution)
    text = make_transcripts.transcript(recording, "What the machine heard.")

    assert (recording.position, text.position, text.number) == (2, 2, 1)


def test_the_same_file_is_recognised(client: FlaskClient, booking: Booking, settings: Settings) -> None:
    import_transcript(client, booking, read_sample("zoom.vtt"))
    before = len(list_stored_files(settings))

    answer = post_file(client, booking, read_sample("zoom.vtt"))

    assert "You have already imported this file" in answer.text
    assert (count(Transcript), count(ImportDraft), len(list_stored_files(settings))) == (1, 0, before)


def test_without_consent_nothing_is_taken(client: FlaskClient, ben: StaffMember, settings: Settings) -> None:
    silent = make_transcripts.booking(by=ben, transcribe=False)

    answer = post_file(client, silent, read_sample("zoom.vtt"))

    assert answer.status_code == 409
    assert "has not agreed to have what they said written down" in answer.text
    assert list_stored_files(settings) == []


def test_consent_taken_back_meanwhile_counts(client: FlaskClient, booking: Booking) -> None:
    page = post_for_preview(client, booking, read_sample("zoom.vtt"))
    client.post(f"/staff/bookings/{booking.id}/consent", data={"consent_transcribe": "no"})

    answer = client.post(page, data={"recording": "none", "language": "en"})

    assert "no longer agrees to have what they said written down" in answer.text
    assert count(Transcript) == 0


def test_who_agreed_to_be_written_down_but_not_recorded_can_give_a_text_alone(
    client: FlaskClient, ben: StaffMember
) -> None:
    unrecorded = make_transcripts.booking(by=ben, record=False)

    import_transcript(client, unrecorded, read_sample("otter.txt"))

    assert the_transcript().times is TimePrecision.TURNS


def test_the_interviewer_and_coordinators_may_and_nobody_else(app: Flask, booking: Booking, ben: StaffMember) -> None:
    five = sign_in_five(app, booking.volunteer, ben.id)
    fay = five_people.sign_in_staff(app, make.staff("fay", Role.INTERVIEWER).id)
    path = f"/staff/bookings/{booking.id}/transcript"
    draft = post_for_preview(five["ben"], booking, read_sample("zoom.vtt"))

    assert get_statuses(five, path) == {"amira": 200, "ben": 200, "cara": 403, "eve": 403, "dev": 302}
    assert fay.get(path).status_code == 403
    assert get_statuses(five, draft) == {"amira": 302, "ben": 200, "cara": 403, "eve": 403, "dev": 302}
    assert five["amira"].post(f"{draft}/discard").status_code == 404
    assert post_file(five["eve"], booking, read_sample("otter.txt")).status_code == 403


def test_the_form_is_checked_before_a_byte_is_read(app: Flask, client: FlaskClient, booking: Booking) -> None:
    app.config["WTF_CSRF_ENABLED"] = True

    answer = post_file(client, booking, read_sample("zoom.vtt"))

    assert answer.status_code == 400
    assert count(ImportDraft) == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "This file is empty"),
        (b"   \n", "This file is empty"),
        (b"%PDF-1.7 ...", "This is a PDF"),
        (b"WEBVTT\n\n00:01:00.000 --> 00:00:10.000\nHello\n", "run backwards"),
        (b"WEBVTT\n\nNOTE nothing else\n", "no words in it"),
        (bytes(range(256)) * 20, "This is not a transcript"),
        (b"x" * (10 * 1024 * 1024 + 1), "larger than the limit of 10 MB"),
        (b"x" * (11 * 1024 * 1024), "larger than 10 MB"),
    ],
)
@pytest.mark.one_database
def test_what_is_refused_is_explained_and_leaves_nothing(
    client: FlaskClient, booking: Booking, settings: Settings, content: bytes, words: str
) -> None:
    answer = post_file(client, booking, content)

    assert answer.status_code in {400, 413}
    assert words in answer.text
    assert (count(ImportDraft), list_stored_files(settings)) == (0, [])


def test_a_file_can_be_removed_at_once(client: FlaskClient, booking: Booking, settings: Settings) -> None:
    page = post_for_preview(client, booking, read_sample("zoom.vtt"))

    client.post(f"{page}/discard")

    assert (count(ImportDraft), list_stored_files(settings)) == (0, [])


def test_another_file_replaces_an_earlier_draft(client: FlaskClient, booking: Booking) -> None:
    first = post_for_preview(client, booking, read_sample("zoom.vtt"))
    second = post_for_preview(client, booking, read_sample("otter.txt"))

    assert client.get(first).status_code == 302
    assert client.get(second).status_code == 200


def test_a_file_that_nobody_imports_expires_and_an_imported_one_stays(
    client: FlaskClient, booking: Booking, settings: Settings
) -> None:
    import_transcript(client, booking, read_sample("zoom.vtt"))
    page = post_for_preview(client, booking, read_sample("otter.txt"))
    db.session.rollback()

    with clock.freeze_at(clock.now() + timedelta(days=2)):
        delete_expired_drafts()

    assert count(ImportDraft) == 0
    assert client.get(page).status_code == 302
    assert recordings.get_storage().list_paths() == [the_transcript().source_path]


def test_a_process_killed_during_the_upload_leaves_nothing_for_long(
    booking: Booking, ben: StaffMember, settings: Settings
) -> None:
    """As a kill leaves it: the draft's row is there, perhaps its file, and no word that it arrived."""
    draft = drafts.create_draft(booking.volunteer.contribution_id, ben.id)
    db.session.commit()
    with (TRANSCRIPTS / "zoom.vtt").open("rb") as file:
        recordings.get_storage().store(file, draft.storage_path, announced_bytes=None, max_bytes=10**6)

    with clock.freeze_at(clock.now() + timedelta(days=2)):
        delete_expired_drafts()

    assert (count(ImportDraft), list_stored_files(settings)) == (0, [])


def test_killed_between_row_and_file_the_next_cleanup_goes_on(
    client: FlaskClient, booking: Booking, settings: Settings
) -> None:
    page = post_for_preview(client, booking, read_sample("zoom.vtt"))
    db.session.rollback()
    draft = db.session.get_one(ImportDraft, UUID(page.rpartition("/")[2]))
    recordings.get_storage().delete(draft.storage_path)

    with clock.freeze_at(clock.now() + timedelta(days=2)):
        delete_expired_drafts()

    assert count(ImportDraft) == 0
