"""The language of a recording, chosen after it was uploaded: by whom, until when, and what it sets going."""

import pytest
from flask import Flask
from sqlalchemy import select

from accounts.roles import Role
from core import jobs
from core.database import db
from core.models import Job, JobState
from tests.support import five_people, make, make_transcripts
from tests.support.five_people import sign_in_five
from tests.support.make_evidence import SAMPLES
from transcripts.models import Recording
from transcripts.recordings import processing_jobs

DEMO = str(SAMPLES / "demo.pt")


def in_welsh() -> Recording:
    recording = make_transcripts.recording(model=DEMO)
    recording.language = "cy"
    db.session.commit()
    return recording


def transcriptions(recording: Recording) -> list[JobState]:
    db.session.expire_all()
    query = select(Job.state).where(Job.name == processing_jobs.TRANSCRIBE_JOB, Job.subject_id == recording.id)
    return list(db.session.scalars(query.order_by(Job.created_at)))


def test_what_waits_for_a_model_that_knows_its_language_says_so_and_goes_on_in_another(app: Flask) -> None:
    recording = in_welsh()
    amira = five_people.sign_in_staff(app, make.staff("amira", Role.COORDINATOR).id)
    address = f"/staff/recordings/{recording.id}"
    processing_jobs.enqueue_next_step(recording)
    make.run_jobs()
    waiting = amira.get(address).text

    answer = amira.post(f"{address}/language", data={"language": "en"}, follow_redirects=True)

    assert "The current model, demo.pt, cannot transcribe Welsh." in waiting
    assert "change the language of the recording" in waiting
    assert "cannot transcribe" not in answer.text
    assert transcriptions(recording) == [JobState.CANCELLED, JobState.PENDING]
    make.run_jobs()
    assert len(recording.transcripts) == 1


@pytest.mark.one_database
def test_only_those_who_may_upload_to_the_interview_change_the_language(app: Flask) -> None:
    ben = make.staff("ben", Role.INTERVIEWER)
    booking = make_transcripts.booking(by=ben)
    recording = make_transcripts.recording(booking.volunteer.contribution)
    people = sign_in_five(app, booking.volunteer, ben.id)
    people["gil"] = five_people.sign_in_staff(app, make.staff("gil", Role.INTERVIEWER).id)
    address = f"/staff/recordings/{recording.id}"

    shown = {name for name, client in people.items() if f"{address}/language" in client.get(address).text}
    statuses = {
        name: client.post(f"{address}/language", data={"language": "cy"}).status_code
        for name, client in people.items()
        if name not in {"amira", "ben"}
    }
    before = recording.language
    people["ben"].post(f"{address}/language", data={"language": "cy"})

    db.session.refresh(recording)
    assert shown == {"amira", "ben"}
    assert statuses == {"cara": 403, "dev": 302, "eve": 403, "gil": 403}
    assert (before, recording.language) == (None, "cy")


def test_a_transcription_in_the_wrong_language_starts_again(app: Flask) -> None:
    recording = in_welsh()
    amira = five_people.sign_in_staff(app, make.staff("amira", Role.COORDINATOR).id)
    job = processing_jobs.enqueue_next_step(recording)
    job.state = JobState.RUNNING
    db.session.commit()

    amira.post(f"/staff/recordings/{recording.id}/language", data={"language": ""})

    db.session.refresh(job)
    db.session.refresh(recording)
    assert recording.language is None
    assert (job.cancel_requested, job.rerun_requested) == (True, True)


@pytest.mark.one_database
def test_what_is_written_down_already_keeps_its_language(app: Flask) -> None:
    recording = in_welsh()
    make_transcripts.transcript(recording, "Bore da.")
    amira = five_people.sign_in_staff(app, make.staff("amira", Role.COORDINATOR).id)
    address = f"/staff/recordings/{recording.id}"

    page = amira.get(address).text
    answer = amira.post(f"{address}/language", data={"language": "en"}, follow_redirects=True)

    assert f"{address}/language" not in page
    assert "This recording has already been transcribed" in answer.text
    assert (recording.language, transcriptions(recording), len(recording.transcripts)) == ("cy", [], 1)


@pytest.mark.one_database
@pytest.mark.parametrize("language", ["xx", "<script>alert(1)</script>", "\u202een", "en' OR 1=1"])
def test_a_language_that_is_not_on_the_list_is_refused_with_a_reason(app: Flask, language: str) -> None:
    recording = in_welsh()
    amira = five_people.sign_in_staff(app, make.staff("amira", Role.COORDINATOR).id)

    answer = amira.post(
        f"/staff/recordings/{recording.id}/language", data={"language": language}, follow_redirects=True
    )

    db.session.refresh(recording)
    assert "Choose a language from the list" in answer.text
    assert recording.language == "cy"
    assert jobs.find_latest(processing_jobs.TRANSCRIBE_JOB, recording.id) is None
