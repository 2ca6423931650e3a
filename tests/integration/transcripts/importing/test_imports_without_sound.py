"""Texts that came without a recording are mapped, read, decided on and counted like all others, and never played."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.models import StaffMember
from accounts.roles import Role
from core.database import db
from evidence.calls import get_schedule
from evidence.models import Call
from interviews.models import Booking
from review.dashboard.counts import get_dashboard_counts
from review.dashboard.next_steps import list_interviews_without_recording
from review.reading.answers import list_answers_to_question
from review.reading.contributions import list_readable_contributions
from review.reading.interviews import build_interview_reading
from tests.support import five_people, make, make_interviews, make_transcripts
from tests.support.import_steps import import_transcript, read_sample
from transcripts.models import CoverageStatus, Passage, Transcript
from transcripts.passages import acceptance

pytestmark = pytest.mark.one_database

SPOKEN = b"""[00:00:02] Ann: What did it cost?
[00:00:05] Bob: About three thousand pounds for both rooms.
[00:00:30] Ann: Lovely weather today.
"""
ANSWER = "We are a small clinic, and people travel a long way to see us, which they would rather not do."


@pytest.fixture
def ben(app: Flask) -> StaffMember:
    return make_interviews.interviewer()


@pytest.fixture
def booking(ben: StaffMember) -> Booking:
    return make_transcripts.booking(by=ben)


@pytest.fixture
def cara(app: Flask) -> FlaskClient:
    return five_people.sign_in_staff(app, make.staff("cara", Role.REVIEWER).id)


def import_text(app: Flask, ben: StaffMember, booking: Booking, content: bytes, **answers: str) -> Transcript:
    import_transcript(five_people.sign_in_staff(app, ben.id), booking, content, **answers)
    db.session.rollback()
    return db.session.scalars(select(Transcript).order_by(Transcript.created_at.desc())).first() or pytest.fail("none")


def suggested(transcript: Transcript) -> Passage:
    make_transcripts.add_suggestions(transcript, ["cost", "cost", None])
    db.session.commit()
    return transcript.passages[1]


def call_of(booking: Booking) -> Call:
    return booking.volunteer.contribution.call


def test_a_text_without_a_recording_reaches_mapping_and_coverage(
    app: Flask, ben: StaffMember, booking: Booking
) -> None:
    questions = list(get_schedule(booking.volunteer.contribution.schedule_version).iter_questions())[:3]
    asked = [f"Ann Example  0{n}:00\n{q.prompt}\n\nBob Sample  0{n}:10\n{ANSWER}\n" for n, q in enumerate(questions)]
    transcript = import_text(app, ben, booking, "\n".join(asked).encode(), speaks_A="interviewer")

    make.run_jobs()

    db.session.refresh(transcript)
    assert transcript.mapped_at is not None
    assert {question.key for question in questions} <= {passage.question_key for passage in transcript.passages}
    reached = {row.question_key for row in transcript.coverage if row.status is not CoverageStatus.NOT_ASKED}
    assert reached >= {question.key for question in questions}


@pytest.mark.one_database
def test_its_pages_show_text_and_no_player(app: Flask, ben: StaffMember, booking: Booking, cara: FlaskClient) -> None:
    transcript = import_text(app, ben, booking, SPOKEN)
    suggested(transcript)
    slug, interview = call_of(booking).slug, transcript.contribution_id
    addresses = {
        f"/staff/transcripts/{transcript.id}": "About three thousand pounds",
        f"/staff/read/interviews/{interview}": "About three thousand pounds",
        f"/staff/read/{slug}/questions/cost": "About three thousand pounds",
        "/staff/read/recordings": "transcript of part 1",
        "/staff/recordings": "part 1",
        "/staff": "P-",
    }

    pages = {address: cara.get(address, follow_redirects=True) for address in addresses}

    assert [address for address, words in addresses.items() if words not in pages[address].text] == []
    assert [address for address, page in pages.items() if "<audio" in page.text or "Play from" in page.text] == []


@pytest.mark.one_database
def test_times_that_were_worked_out_are_not_shown_and_play_nothing(
    app: Flask, ben: StaffMember, booking: Booking, cara: FlaskClient
) -> None:
    recording = make_transcripts.recording(booking.volunteer.contribution)
    transcript = import_text(app, ben, booking, read_sample("names.txt"), recording=str(recording.id))
    make_transcripts.add_suggestions(transcript, ["cost", "cost", None, None])
    db.session.commit()

    page = cara.get(f"/staff/read/interviews/{transcript.contribution_id}", follow_redirects=True).text

    assert "Listen to the recording" in page
    assert "Play from" not in page
    assert "to 0:" not in page


def test_accepted_words_are_an_answer_in_the_order_of_the_parts(app: Flask, ben: StaffMember, booking: Booking) -> None:
    first = import_text(app, ben, booking, SPOKEN)
    second = import_text(app, ben, booking, SPOKEN.replace(b"three thousand", b"four hundred"))
    for transcript in (second, first):
        acceptance.accept_passage(suggested(transcript), ben.id)

    (answer,) = list_answers_to_question(call_of(booking), "cost")

    assert [part.transcript.position for part in answer.passage_groups] == [1, 2]
    assert answer.answer.text.index("three thousand") < answer.answer.text.index("four hundred")


def test_speech_outside_the_questions_is_read_too(app: Flask, ben: StaffMember, booking: Booking) -> None:
    transcript = import_text(app, ben, booking, SPOKEN)
    suggested(transcript)

    (part,) = build_interview_reading(transcript.contribution).parts

    assert (part.recording, part.is_playable) == (None, False)
    assert [run.turns for run in part.outside_speech] == [(("A", "Lovely weather today."),)]


def test_an_interview_with_a_text_waits_for_no_recording(app: Flask, ben: StaffMember, booking: Booking) -> None:
    transcript = import_text(app, ben, booking, SPOKEN)
    suggested(transcript)

    assert [line.contribution for line in list_readable_contributions(call_of(booking))] == [transcript.contribution]
    assert get_dashboard_counts().transcripts_with_suggestions == 1
    assert list_interviews_without_recording(ben.id) == []
