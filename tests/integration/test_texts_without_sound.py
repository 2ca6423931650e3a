"""Texts that came without a recording are mapped, read, decided on and counted like all others, and never played."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.models import StaffMember
from accounts.roles import Role
from core.database import db
from evidence.calls import schedule_of
from evidence.models import Call
from interviews.models import Booking
from review.contributions import contributions_to
from review.dashboard import numbers_now
from review.interview_reading import read_interview
from review.next_steps import recordings_to_upload
from review.reading import answers_to
from tests import make, make_interviews, make_transcripts
from tests.make_imports import bring_in, sample
from transcripts import passages
from transcripts.models import CoverageStatus, Passage, Transcript

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
    return make_transcripts.signed_in(app, make.staff("cara", Role.REVIEWER).id)


def brought_in(app: Flask, ben: StaffMember, booking: Booking, content: bytes, **answers: str) -> Transcript:
    bring_in(make_transcripts.signed_in(app, ben.id), booking, content, **answers)
    db.session.rollback()
    return db.session.scalars(select(Transcript).order_by(Transcript.created_at.desc())).first() or pytest.fail("none")


def suggested(transcript: Transcript) -> Passage:
    make_transcripts.suggest(transcript, ["cost", "cost", None])
    db.session.commit()
    return transcript.passages[1]


def call_of(booking: Booking) -> Call:
    return booking.volunteer.contribution.call


def test_a_text_without_a_recording_reaches_mapping_and_coverage(
    app: Flask, ben: StaffMember, booking: Booking
) -> None:
    questions = list(schedule_of(booking.volunteer.contribution.schedule_version).questions())[:3]
    asked = [f"Ann Example  0{n}:00\n{q.prompt}\n\nBob Sample  0{n}:10\n{ANSWER}\n" for n, q in enumerate(questions)]
    transcript = brought_in(app, ben, booking, "\n".join(asked).encode(), speaks_A="interviewer")

    make.run_jobs()

    db.session.refresh(transcript)
    assert transcript.mapped_at is not None
    assert {question.key for question in questions} <= {passage.question_key for passage in transcript.passages}
    reached = {row.question_key for row in transcript.coverage if row.status is not CoverageStatus.NOT_ASKED}
    assert reached >= {question.key for question in questions}


@pytest.mark.one_database
def test_its_pages_show_words_and_no_player(app: Flask, ben: StaffMember, booking: Booking, cara: FlaskClient) -> None:
    transcript = brought_in(app, ben, booking, SPOKEN)
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

    pages = {address: cara.get(address) for address in addresses}

    assert [address for address, words in addresses.items() if words not in pages[address].text] == []
    assert [address for address, page in pages.items() if "<audio" in page.text or "Play from" in page.text] == []


@pytest.mark.one_database
def test_times_that_were_worked_out_are_not_shown_and_play_nothing(
    app: Flask, ben: StaffMember, booking: Booking, cara: FlaskClient
) -> None:
    recording = make_transcripts.recording(booking.volunteer.contribution)
    transcript = brought_in(app, ben, booking, sample("names.txt"), recording=str(recording.id))
    make_transcripts.suggest(transcript, ["cost", "cost", None, None])
    db.session.commit()

    page = cara.get(f"/staff/read/interviews/{transcript.contribution_id}").text

    assert "Hear the recording" in page
    assert "Play from" not in page
    assert "to 0:" not in page


def test_accepted_words_are_an_answer_in_the_order_of_the_parts(app: Flask, ben: StaffMember, booking: Booking) -> None:
    first = brought_in(app, ben, booking, SPOKEN)
    second = brought_in(app, ben, booking, SPOKEN.replace(b"three thousand", b"four hundred"))
    for transcript in (second, first):
        passages.accept(suggested(transcript), ben.id)

    (answer,) = answers_to(call_of(booking), "cost")

    assert [part.transcript.position for part in answer.parts] == [1, 2]
    assert answer.answer.text.index("three thousand") < answer.answer.text.index("four hundred")


def test_speech_outside_the_questions_is_read_too(app: Flask, ben: StaffMember, booking: Booking) -> None:
    transcript = brought_in(app, ben, booking, SPOKEN)
    suggested(transcript)

    (part,) = read_interview(transcript.contribution).parts

    assert (part.recording, part.is_playable) == (None, False)
    assert [run.turns for run in part.outside] == [(("A", "Lovely weather today."),)]


def test_an_interview_with_a_text_waits_for_no_recording(app: Flask, ben: StaffMember, booking: Booking) -> None:
    transcript = brought_in(app, ben, booking, SPOKEN)
    suggested(transcript)

    assert [line.contribution for line in contributions_to(call_of(booking))] == [transcript.contribution]
    assert numbers_now().transcripts_to_decide == 1
    assert recordings_to_upload(ben.id) == []
