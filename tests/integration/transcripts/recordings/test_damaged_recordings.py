"""A damaged recording is refused with its reason; people may use what can be played of it, and its pages say so."""

import pytest
from flask import Flask

from accounts.roles import Role
from core import jobs
from core.database import db
from tests.support import five_people, make, make_transcripts
from tests.support.five_people import sign_in_five
from tests.support.make_field_sound import encode_wav, make_voice, state_wav_length
from transcripts.models import Recording, RecordingState
from transcripts.recordings import processing_jobs
from transcripts.recordings.media_types import ACCEPTED_EXTENSIONS

pytestmark = pytest.mark.one_database

WAV = encode_wav([make_voice(1)])


def check(recording: Recording) -> Recording:
    """After the job has run."""
    job_id = jobs.enqueue(processing_jobs.CHECK_JOB, recording.id).id
    db.session.commit()
    jobs.run(job_id)
    db.session.rollback()
    return db.session.get_one(Recording, recording.id)


@pytest.fixture
def cut(app: Flask) -> Recording:
    """Its header states twice what is there."""
    content = state_wav_length(WAV, 2 * (len(WAV) - 44))
    return check(make_transcripts.recording(sound=content, state=RecordingState.RECEIVED))


def test_what_can_be_played_is_used_on_request_and_what_is_lost_is_said(app: Flask, cut: Recording) -> None:
    amira = five_people.sign_in_staff(app, make.staff("amira", Role.COORDINATOR).id)
    page = f"/staff/recordings/{cut.id}"
    refused = amira.get(page).text

    amira.post(f"{page}/use-damaged")
    used = check(db.session.get_one(Recording, cut.id))

    assert "It should be 24 s long, but only 12 s can be played." in refused
    assert "Use what can be played" in refused
    assert used.state is RecordingState.PLAYABLE
    assert used.duration_seconds == pytest.approx(12.0)
    assert (
        "Part of this recording is lost. It should be 24 s long, but only 12 s can be played." in amira.get(page).text
    )
    assert "Use what can be played" not in amira.get(page).text


def test_what_is_no_recording_cannot_be_used_in_part(app: Flask) -> None:
    letter = check(make_transcripts.recording(sound=b"Dear interviewer,\n" * 200, state=RecordingState.RECEIVED))
    amira = five_people.sign_in_staff(app, make.staff("amira", Role.COORDINATOR).id)

    answer = amira.post(f"/staff/recordings/{letter.id}/use-damaged", follow_redirects=True)

    assert "This recording cannot be used in part." in answer.text
    assert db.session.get_one(Recording, letter.id).state is RecordingState.REFUSED


def test_five_people_at_the_decision_to_use_a_damaged_recording(app: Flask) -> None:
    ben = make.staff("ben", Role.INTERVIEWER)
    booking = make_transcripts.booking(by=ben)
    content = state_wav_length(WAV, 2 * (len(WAV) - 44))
    recording = check(
        make_transcripts.recording(booking.volunteer.contribution, content, state=RecordingState.RECEIVED)
    )
    people = sign_in_five(app, booking.volunteer, ben.id)

    answers = {
        name: people[name].post(f"/staff/recordings/{recording.id}/use-damaged").status_code
        for name in ("dev", "eve", "cara", "ben")
    }

    assert answers == {"dev": 302, "eve": 403, "cara": 403, "ben": 302}
    assert db.session.get_one(Recording, recording.id).accepts_loss


def test_a_recording_without_loss_has_no_notice(app: Flask) -> None:
    recording = check(make_transcripts.recording(sound=WAV, state=RecordingState.RECEIVED))

    assert (recording.state, recording.notice, recording.accepts_loss) == (RecordingState.PLAYABLE, "", False)


@pytest.mark.parametrize(
    ("speech_seconds", "words"),
    [
        (29.0, "The machine heard somebody speak (0:29 in all), but did not\n      recognise any words."),
        (0.0, "The machine found nobody speaking in this recording."),
        (None, "This transcript has no words."),
    ],
)
def test_a_text_without_words_says_why(app: Flask, speech_seconds: float | None, words: str) -> None:
    transcript = make_transcripts.transcript()
    transcript.options = {"speech_seconds": speech_seconds}
    amira = five_people.sign_in_staff(app, make.staff("amira", Role.COORDINATOR).id)

    assert words in amira.get(f"/staff/transcripts/{transcript.id}", follow_redirects=True).text


def test_a_text_that_ends_early_is_a_place_to_check(app: Flask) -> None:
    recording = make_transcripts.recording()
    recording.duration_seconds = 600.0
    transcript = make_transcripts.transcript(recording, "We waited for six months.")
    amira = five_people.sign_in_staff(app, make.staff("amira", Role.COORDINATOR).id)

    page = amira.get(f"/staff/transcripts/{transcript.id}", follow_redirects=True).text

    assert "Nothing was transcribed for the last 10 minutes of the recording." in page


def test_the_file_picker_offers_what_is_read(app: Flask) -> None:
    booking = make_transcripts.booking(by=make.staff("ben", Role.INTERVIEWER))
    ben = five_people.sign_in_staff(app, booking.slot.interviewer_id)

    page = ben.get(f"/staff/bookings/{booking.id}/recording").text

    endings = ",".join(f".{ending}" for ending in ACCEPTED_EXTENSIONS)
    assert page.count(f'accept="audio/*,video/*,{endings}"') == 2
    assert "amr, wma, aiff, caf, avi or mts" in page
