"""From taps during an interview to suggestions: sent by the page, mapped by a worker with the text, where they lie."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from core import clock, jobs
from core.database import db
from core.models import JobState, Queue
from core.settings import Settings
from interviews.models import Booking
from tests.support import five_people, import_steps, make_markers, make_transcripts
from tests.support.hashed_similarity import HashedSimilarity
from tests.support.workers import run_worker, wait_until
from transcripts.mapping import map_speech
from transcripts.markers import placement
from transcripts.markers.placement import AlignmentSource
from transcripts.models import Passage, Recording, Transcript
from transcripts.passages import suggestions
from transcripts.recordings import processing_jobs

BEGAN = clock.now() - timedelta(hours=2)
SEGMENT_SECONDS = 10
TAPPED = {
    30: "cost",
    90: "values",
    150: "lessons",
}  # seconds; not in the schedule's order, and no word gives them away
SAID = (
    "We went there on the bus in the morning, and my sister came with me as she always does.",
    "Then they rang on a Tuesday, and it was the same as the week before, so we went home again.",
    "I told the neighbours, and the people at the club, and they had seen it too, some of them twice.",
)
SECONDS = 240


def text() -> bytes:
    lines = [
        f"{_clock(at)} --> {_clock(at + SEGMENT_SECONDS)}\n<v B>{SAID[at // SEGMENT_SECONDS % len(SAID)]} {at}.\n"
        for at in range(0, SECONDS, SEGMENT_SECONDS)
    ]
    return ("WEBVTT\n\n" + "\n".join(lines)).encode()


def _clock(seconds: int) -> str:
    return f"00:{seconds // 60:02}:{seconds % 60:02}.000"


@pytest.fixture
def booking(app: Flask) -> Booking:
    made = make_transcripts.booking()
    make_transcripts.recording(made.volunteer.contribution).duration_seconds = SECONDS
    return made


def interviewed(app: Flask, booking: Booking) -> Transcript:
    """The interviewer has set markers and imported the text."""
    client = five_people.sign_in_staff(app, booking.slot.interviewer_id)
    taps = [make_markers.tap_data(question=key, at=BEGAN + timedelta(seconds=at)) for at, key in TAPPED.items()]
    began = make_markers.tap_data("began", None, at=BEGAN)
    assert make_markers.post_taps(client, booking, began, *taps).json["refused"] == {}
    of_recording = db.session.scalars(select(Recording)).one()
    import_steps.import_transcript(client, booking, text(), recording=str(of_recording.id))
    db.session.rollback()
    return db.session.scalars(select(Transcript)).one()


def question_at(transcript: Transcript, seconds: float) -> str | None:
    def is_there(row: Passage) -> bool:
        return row.start_seconds <= seconds < row.end_seconds

    return next(row.question_key for row in transcript.passages if is_there(row))


def require_suggestions_behind_taps(transcript: Transcript) -> None:
    found = placement.find_placement(transcript)
    assert found is not None
    assert found.source is AlignmentSource.START_TAP
    for tapped_at, key in TAPPED.items():
        assert question_at(transcript, tapped_at + 1.5 * SEGMENT_SECONDS) == key


def test_taps_and_a_text_become_suggestions(app: Flask, booking: Booking) -> None:
    transcript = interviewed(app, booking)
    request = suggestions.build_mapping_request(transcript)

    found = map_speech(request.segments, request.schedule, similarity=HashedSimilarity(), markers=request.markers)
    suggestions.store_suggestions(transcript, found, request.segments)

    require_suggestions_behind_taps(transcript)


@pytest.mark.slow
@pytest.mark.parametrize("database", ["sqlite"])
def test_a_worker_maps_by_taps_and_again_when_one_is_moved(app: Flask, settings: Settings, booking: Booking) -> None:
    transcript = interviewed(app, booking)
    transcript_id, client = transcript.id, five_people.sign_in_staff(app, booking.slot.interviewer_id)
    db.session.commit()

    def is_mapped() -> bool:
        job = jobs.find_latest(processing_jobs.MAP_JOB, transcript_id)
        return job is not None and job.state is JobState.DONE

    with run_worker(settings, Queue.LONG, app="wsgi"):
        wait_until(is_mapped, 300)
        require_suggestions_behind_taps(db.session.get_one(Transcript, transcript_id))
        late = make_markers.tap_data(question="cost", at=BEGAN + timedelta(seconds=130))
        assert make_markers.post_taps(client, booking, late).json["refused"] == {}
        wait_until(is_mapped, 300)

    assert question_at(db.session.get_one(Transcript, transcript_id), 145) == "cost"
