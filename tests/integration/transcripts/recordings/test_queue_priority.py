"""Coordinators choose what is transcribed next; everybody sees the position of a recording in the queue."""

from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts import audit
from accounts.models import StaffMember
from accounts.roles import Role
from core import job_order, jobs
from core.database import db
from core.models import Job, Queue
from evidence.models import Contribution
from tests.support import five_people, make, make_transcripts
from transcripts.models import Recording
from transcripts.recordings import processing_jobs, queue_priority

ACTIONS = ["first", "in-turn"]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return five_people.sign_in_staff(app, make.staff("amira", Role.COORDINATOR).id)


@pytest.fixture
def ben(app: Flask) -> StaffMember:
    return make.staff("ben", Role.INTERVIEWER)


@pytest.fixture
def interview(ben: StaffMember) -> Contribution:
    return make_transcripts.booking(by=ben).volunteer.contribution


def waiting_recording(interview: Contribution, minutes: float) -> Recording:
    recording = make_transcripts.recording(interview, make_transcripts.tone_wav(pitch=100 + minutes))
    recording.duration_seconds = 60 * minutes
    processing_jobs.enqueue_next_step(recording)
    db.session.commit()
    return recording


def queue() -> list[Recording]:
    db.session.rollback()
    subjects = [db.session.get_one(Job, job_id).subject_id for job_id in job_order.list_due_jobs(Queue.LONG)]
    return [db.session.get_one(Recording, subject) for subject in subjects]


def test_short_recordings_come_first_and_the_pages_show_the_queue_position(
    client: FlaskClient, interview: Contribution
) -> None:
    long, short = waiting_recording(interview, 180), waiting_recording(interview, 10)

    pages = [client.get(f"/staff/recordings/{one.id}").text for one in (long, short)]
    listed = client.get("/staff/recordings").text

    assert queue() == [short, long]
    assert ("second in the queue" in pages[0], "next in the queue" in pages[1]) == (True, True)
    assert ("Second in the queue" in listed, "Next in the queue" in listed) == (True, True)


def test_a_chosen_recording_comes_before_all_and_can_be_put_back(client: FlaskClient, interview: Contribution) -> None:
    long, short = waiting_recording(interview, 180), waiting_recording(interview, 10)
    jobs.enqueue(processing_jobs.MAP_JOB, uuid4(), priority=job_order.IMMEDIATE)
    assert "Transcribe this next" in client.get(f"/staff/recordings/{long.id}").text

    client.post(f"/staff/recordings/{long.id}/first")
    chosen = job_order.list_due_jobs(Queue.LONG)[0]
    page = client.get(f"/staff/recordings/{long.id}").text
    client.post(f"/staff/recordings/{long.id}/in-turn")
    db.session.execute(db.delete(Job).where(Job.name == processing_jobs.MAP_JOB))
    db.session.commit()

    assert db.session.get_one(Job, chosen).subject_id == long.id
    assert "Return to its normal place in the queue" in page
    assert queue() == [short, long]
    actions = [entry.action for entry in audit.list_entries_about(long.id)]
    assert actions[-2:] == ["recording chosen to be written down next", "recording waits its turn again"]


def test_what_was_chosen_before_its_check_is_written_down_first(client: FlaskClient, interview: Contribution) -> None:
    short, long = waiting_recording(interview, 10), make_transcripts.recording(interview)
    queue_priority.prioritise_recording(long)

    processing_jobs.enqueue_transcription(long)
    db.session.commit()

    assert queue() == [long, short]


def test_files_that_ran_at_the_same_time_are_chosen_together(client: FlaskClient, interview: Contribution) -> None:
    one, other = waiting_recording(interview, 10), waiting_recording(interview, 20)
    one.track_group = other.track_group = uuid4()
    db.session.commit()

    client.post(f"/staff/recordings/{other.id}/first")

    db.session.rollback()
    assert db.session.scalars(select(Recording.is_urgent)).all() == [True, True]


@pytest.mark.one_database
@pytest.mark.parametrize("action", ACTIONS)
def test_five_people_at_the_order(
    app: Flask, client: FlaskClient, ben: StaffMember, interview: Contribution, action: str
) -> None:
    recording = waiting_recording(interview, 10)
    roles = {"cara": [Role.REVIEWER], "eve": []}
    clients = {name: five_people.sign_in_staff(app, make.staff(name, *granted).id) for name, granted in roles.items()}
    clients |= {"amira": client, "ben": five_people.sign_in_staff(app, ben.id), "dev": app.test_client()}
    five_people.switch_to_participant(clients["dev"], recording.contribution.participant_id)

    answers = {
        name: one.post(f"/staff/recordings/{recording.id}/{action}").status_code for name, one in clients.items()
    }
    page = clients["cara"].get(f"/staff/recordings/{recording.id}").text

    assert answers == {"amira": 302, "ben": 403, "cara": 403, "eve": 403, "dev": 302}
    assert "Transcribe this next" not in page


@pytest.mark.parametrize(
    ("position", "words"),
    [(1, "next"), (2, "second"), (3, "third"), (10, "tenth"), (11, "number 11"), (40, "number 40")],
)
def test_a_queue_position_is_written_out(position: int, words: str) -> None:
    assert queue_priority.describe_position(position) == f"{words} in the queue"
