"""The pages of recordings and transcripts: what each of the five people sees and may do there."""

from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.roles import Role
from core import clock, jobs
from core.database import db
from core.models import JobState
from evidence.models import Answer
from interviews.models import Booking
from tests.support import five_people, make, make_evidence, make_transcripts
from tests.support.five_people import get_statuses, sign_in_five
from tests.support.query_counter import count_queries
from transcripts.models import Passage, PassageState, Recording, RecordingState
from transcripts.passages import acceptance
from transcripts.recordings import processing_jobs

pytestmark = pytest.mark.one_database

READ = {"amira": 200, "ben": 200, "gil": 403, "cara": 200, "eve": 403, "dev": 302, "outsider": 302}
SEEN = "suggested:capacity:0.None-0.None"
DECIDE = {"ben": 403, "gil": 403, "eve": 403, "dev": 302, "outsider": 302}
AFTER_TYPING = {"outsider": 400}  # a page with what they typed, to send it once they have signed in


@dataclass
class Scene:
    clients: dict[str, FlaskClient]
    booking: Booking
    recording: Recording
    passages: list[Passage]

    def __getattr__(self, name: str) -> FlaskClient:
        return self.clients[name]

    @property
    def transcript_page(self) -> str:
        return f"/staff/transcripts/{self.passages[0].transcript_id}"

    def statuses(self, address: str) -> dict[str, int]:
        return {name: client.get(address).status_code for name, client in self.clients.items()}


@pytest.fixture
def scene(app: Flask) -> Scene:
    """Five people and two more: gil, another interviewer, and somebody from outside."""
    ben = make.staff("ben", Role.INTERVIEWER)
    booking = make_transcripts.booking(by=ben)
    recording = make_transcripts.recording(booking.volunteer.contribution)
    texts = ("I speak as a parent.", "We held to fairness.", "Lovely weather.")
    transcript = make_transcripts.transcript(recording, *texts, is_mapped=False)
    made = make_transcripts.add_suggestions(transcript, ["capacity", "values", None])
    roles = {"amira": [Role.COORDINATOR], "gil": [Role.INTERVIEWER], "cara": [Role.REVIEWER], "eve": []}
    clients = {name: five_people.sign_in_staff(app, make.staff(name, *granted).id) for name, granted in roles.items()}
    clients |= {
        "ben": five_people.sign_in_staff(app, ben.id),
        "dev": app.test_client(),
        "outsider": app.test_client(),
    }
    five_people.switch_to_participant(clients["dev"], booking.volunteer.participant_id)
    return Scene(clients, booking, recording, made)


@pytest.mark.parametrize("page", ["", "/progress", "/sound"])
def test_who_opens_a_recording(scene: Scene, page: str) -> None:
    assert scene.statuses(f"/staff/recordings/{scene.recording.id}{page}") == READ


def test_who_reads_a_transcript(scene: Scene) -> None:
    assert scene.statuses(f"/staff/desk/{scene.recording.contribution_id}") == READ


def test_a_transcript_leads_to_its_recording(scene: Scene) -> None:
    page = scene.ben.get(scene.transcript_page, follow_redirects=True).text

    assert f'href="/staff/recordings/{scene.recording.id}">Recording 1: files and progress</a>' in page


def test_each_sees_only_the_recordings_that_are_theirs_to_hear(scene: Scene) -> None:
    address = f"/staff/recordings/{scene.recording.id}"

    seen = {name for name, client in scene.clients.items() if address in client.get("/staff/recordings").text}

    assert seen == {"amira", "ben", "cara"}


@pytest.mark.parametrize("action", ["accept", "move", "put-back"])
def test_only_reviewers_and_coordinators_decide(scene: Scene, action: str) -> None:
    passage = scene.passages[0]
    data = {"seen": acceptance.build_revision(passage), "question": "cost"}

    answers = {
        name: scene.clients[name].post(f"/staff/passages/{passage.id}/{action}", data=data).status_code
        for name in DECIDE
    }

    assert answers == DECIDE | AFTER_TYPING
    assert (passage.question_key, passage.state) == ("capacity", PassageState.SUGGESTED)


@pytest.mark.parametrize("action", ["accept-sure", "map"])
def test_only_reviewers_and_coordinators_act_on_a_transcript(scene: Scene, action: str) -> None:
    answers = {name: scene.clients[name].post(f"{scene.transcript_page}/{action}").status_code for name in DECIDE}

    assert answers == DECIDE


@pytest.mark.parametrize("action", ["cancel", "retry"])
def test_strangers_do_not_stop_or_start_work_on_a_recording(scene: Scene, action: str) -> None:
    address = f"/staff/recordings/{scene.recording.id}/{action}"

    answers = {name: scene.clients[name].post(address).status_code for name in DECIDE}

    assert answers == {**DECIDE, "ben": 302}


def test_a_reviewer_accepts_a_passage_on_the_page(scene: Scene) -> None:
    passage = scene.passages[0]

    answer = scene.cara.post(
        f"/staff/passages/{passage.id}/accept",
        data={"seen": acceptance.build_revision(passage), "question": "capacity"},
    )

    assert answer.location == f"{scene.transcript_page}#passage-{passage.id}"
    assert db.session.scalars(select(Answer.text)).all() == ["I speak as a parent."]
    assert ">Accepted<" in scene.cara.get(scene.transcript_page, follow_redirects=True).text


def test_a_passage_is_accepted_under_the_question_that_was_chosen(scene: Scene) -> None:
    outside = scene.passages[2]

    scene.cara.post(
        f"/staff/passages/{outside.id}/accept", data={"seen": acceptance.build_revision(outside), "question": "cost"}
    )

    db.session.expire_all()
    assert (outside.question_key, outside.suggested_key, outside.state) == ("cost", None, PassageState.ACCEPTED)


def test_a_passage_of_no_question_is_accepted_as_such(scene: Scene) -> None:
    outside = next(row for row in scene.passages if row.question_key is None)

    seen = {"seen": acceptance.build_revision(outside), "question": ""}
    page = scene.cara.post(f"/staff/passages/{outside.id}/accept", data=seen, follow_redirects=True)

    db.session.expire_all()
    assert (outside.question_key, outside.state) == (None, PassageState.SUGGESTED)
    assert outside.decided_by is not None
    assert "a passage accepted for no question" in page.text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"seen": "suggested:cost", "question": "values"}, "Someone else decided"),
        ({"seen": SEEN, "question": "<script>"}, "Choose one of the questions."),
        (
            {"seen": SEEN, "question": ""},
            "Choose the question that this passage answers.",
        ),
        ({"seen": "\u202e" * 100_000, "question": "values"}, "Someone else decided"),
    ],
)
def test_an_impossible_decision_is_refused_with_a_reason(scene: Scene, data: dict[str, str], words: str) -> None:
    passage = scene.passages[0]

    page = scene.cara.post(f"/staff/passages/{passage.id}/accept", data=data, follow_redirects=True)

    db.session.expire_all()
    assert words in page.text
    assert (passage.question_key, passage.state) == ("capacity", PassageState.SUGGESTED)


def test_a_passage_that_was_replaced_leads_back_to_its_transcript(scene: Scene) -> None:
    old, transcript = scene.passages[0].id, scene.passages[0].transcript
    make_transcripts.add_suggestions(transcript, ["cost", "cost", None])

    page = scene.cara.post(
        f"/staff/passages/{old}/accept",
        data={"seen": SEEN, "transcript": str(transcript.id)},
        follow_redirects=True,
    )

    assert "The suggestions were updated" in page.text


def test_a_suggestion_looks_like_one_and_so_does_its_coverage(scene: Scene) -> None:
    page = scene.cara.get(scene.transcript_page, follow_redirects=True).text

    assert page.count("lp-desk-passage lp-passage--suggested") == 2
    assert page.count(">Answered<") == 1  # a template for the script


def test_the_speech_outside_the_questions_is_there(scene: Scene) -> None:
    page = scene.cara.get(scene.transcript_page, follow_redirects=True).text

    assert "Belongs to no question" in page
    assert "Lovely weather." in page


def test_an_interviewer_reads_without_buttons(scene: Scene) -> None:
    page = scene.ben.get(scene.transcript_page, follow_redirects=True).text

    assert "I speak as a parent." in page
    assert "/staff/passages/" not in page


def test_what_a_machine_heard_cannot_become_markup(app: Flask) -> None:
    transcript = make_transcripts.transcript(None, "<script>alert(1)</script> said \u202ehe", is_mapped=False)
    make_transcripts.add_suggestions(transcript, ["capacity"])
    cara = five_people.sign_in_staff(app, make.staff("cara", Role.REVIEWER).id)

    page = cara.get(f"/staff/transcripts/{transcript.id}", follow_redirects=True).text

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_progress_is_shown_in_per_cent_with_the_time_that_is_left(app: Flask) -> None:
    recording = make_transcripts.recording()
    job = processing_jobs.enqueue_next_step(recording)
    job.state, job.progress, job.seconds_left = JobState.RUNNING, 0.34, 290.0
    amira = five_people.sign_in_staff(app, make.staff("amira", Role.COORDINATOR).id)

    part = amira.get(f"/staff/recordings/{recording.id}/progress").text

    assert "Transcribing: 34%, about 5 minutes left." in part
    assert 'value="34"' in part
    assert "hx-get" in part
    assert "<h1" not in part


def test_a_refused_recording_says_why_and_is_asked_about_no_more(app: Flask) -> None:
    recording = make_transcripts.recording(state=RecordingState.RECEIVED)
    recording.state, recording.refusal = RecordingState.REFUSED, "This recording is damaged or incomplete."
    amira = five_people.sign_in_staff(app, make.staff("amira", Role.COORDINATOR).id)

    page = amira.get(f"/staff/recordings/{recording.id}").text

    assert "This recording is damaged or incomplete." in page
    assert "hx-get" not in page
    assert "<audio" not in page


def test_a_refused_file_is_set_aside_for_coordinators_who_alone_can_fetch_it(app: Flask) -> None:
    booking = make_transcripts.booking()
    recording = make_transcripts.recording(booking.volunteer.contribution, b"<script>1</script>")
    recording.state, recording.media_type = RecordingState.REFUSED, "text/html"
    people = sign_in_five(app, booking.volunteer, booking.slot.interviewer_id)
    page = f"/staff/recordings/{recording.id}"

    found = get_statuses(people, f"{page}/original")
    file = people["amira"].get(f"{page}/original")

    assert found == {"amira": 200, "ben": 403, "cara": 403, "dev": 302, "eve": 403}
    assert (file.data, file.mimetype) == (b"<script>1</script>", "application/octet-stream")
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert people["amira"].get(f"{page}/sound").status_code == 404
    assert [f"{page}/original" in people[name].get(page).text for name in ("amira", "ben")] == [True, False]


def test_a_refused_recording_is_said_where_it_was_sent_and_another_copy_is_asked_for(app: Flask) -> None:
    ben = make.staff("ben", Role.INTERVIEWER)
    booking = make_transcripts.booking(by=ben)
    recording = make_transcripts.recording(booking.volunteer.contribution)
    recording.state, recording.refusal = RecordingState.REFUSED, "This recording is silent."
    client = five_people.sign_in_staff(app, ben.id)
    upload_page = f"/staff/bookings/{booking.id}/recording"

    with clock.freeze_at(booking.slot.ends_at):
        pages = [client.get(address).text for address in (upload_page, "/staff/recordings", "/staff")]

    assert "This recording is silent." in pages[0]
    assert [upload_page in page for page in pages[1:]] == [True, True]


def test_an_interview_whose_recording_is_missing_is_listed_for_its_interviewer(app: Flask) -> None:
    ben = make.staff("ben", Role.INTERVIEWER)
    booking = make_transcripts.booking(by=ben)
    client = five_people.sign_in_staff(app, ben.id)

    with clock.freeze_at(booking.slot.ends_at):
        page = client.get("/staff/recordings").text

    assert f"/staff/bookings/{booking.id}/recording" in page


@pytest.mark.parametrize("address", ["/staff/recordings", "/staff/slots"])
def test_a_longer_list_asks_the_database_no_more_often(app: Flask, address: str) -> None:
    call, ben = make_evidence.call(), make.staff("ben", Role.INTERVIEWER)
    client = five_people.sign_in_staff(app, ben.id)

    numbers = []
    for names in (["Dev"], ["Fay", "Gil", "Hal"]):
        for name in names:
            interview = make_transcripts.booking(call, ben, name).volunteer.contribution
            make_transcripts.transcript(make_transcripts.recording(interview, name.encode()))
        db.session.commit()
        with count_queries() as statements:
            assert client.get(address).status_code == 200
        numbers.append(len(statements))

    assert numbers[0] == numbers[1] > 0


def test_questions_can_be_looked_for_again(scene: Scene) -> None:
    scene.cara.post(f"{scene.transcript_page}/map")

    job = jobs.find_latest(processing_jobs.MAP_JOB, scene.passages[0].transcript_id)
    assert job is not None
    assert job.state is JobState.PENDING
    assert (
        "We are looking for the questions again." in scene.cara.get(scene.transcript_page, follow_redirects=True).text
    )


def test_who_undoes_a_decision_and_what_the_button_says(scene: Scene) -> None:
    passage = scene.passages[0]
    data = {"seen": acceptance.build_revision(passage), "question": "cost"}
    scene.cara.post(f"/staff/passages/{passage.id}/accept", data=data)
    address, number = f"{scene.transcript_page}/undo", {"number": "1"}

    refused = {name: scene.clients[name].post(address, data=number).status_code for name in DECIDE}
    others = scene.amira.get(scene.transcript_page, follow_redirects=True).text
    scene.cara.post(address, data=number)

    assert refused == DECIDE | AFTER_TYPING
    assert "Undo: a passage accepted for “Did the approach cost more" in others
    assert (passage.state, passage.question_key) == (PassageState.SUGGESTED, "capacity")
    assert "Redo: a passage accepted for" in scene.cara.get(scene.transcript_page, follow_redirects=True).text
    assert "Redo" not in scene.ben.get(scene.transcript_page, follow_redirects=True).text


@pytest.mark.parametrize("number", ["", "x", "-1", "²"])
def test_a_step_is_named_by_its_number(scene: Scene, number: str) -> None:
    assert scene.cara.post(f"{scene.transcript_page}/undo", data={"number": number}).status_code == 400
