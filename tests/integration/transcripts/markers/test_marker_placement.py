"""Where taps are in a recording: by the recorder's tap, the text, the file's time or set manually; and the effect."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from core import jobs
from core.database import db
from core.models import Job
from interviews.models import Booking
from tests.support import make_transcripts
from tests.support.five_people import sign_in_five
from tests.support.make_markers import store_tap
from transcripts.markers import placement
from transcripts.markers.placement import AlignmentSource, Placement
from transcripts.models import CoverageStatus, MarkerKind, PassageState, StartSource, Transcript
from transcripts.passages import suggestions
from transcripts.recordings import processing_jobs

pytestmark = pytest.mark.one_database
BEGAN = datetime(2026, 3, 2, 10, tzinfo=UTC)
SAID = (
    "Good morning, how are you?",
    "Fine, thank you.",
    "In what capacity are you speaking?",
    "As a nurse of the ward.",
    "And what are the values behind the decision?",
    "That nobody waits in pain.",
)  # ten seconds each


def at(seconds: float) -> datetime:
    return BEGAN + timedelta(seconds=seconds)


@pytest.fixture
def booking(app: Flask) -> Booking:
    return make_transcripts.booking()


@pytest.fixture
def transcript(booking: Booking) -> Transcript:
    return make_transcripts.transcript(make_transcripts.recording(booking.volunteer.contribution), *SAID)


def tap_both_questions(booking: Booking, late: float = 0.0) -> None:
    store_tap(booking, at(21 + late), "capacity")
    store_tap(booking, at(42 + late), "values")


def get_placement(row: Transcript) -> Placement:
    found = placement.find_placement(row)
    assert found is not None
    return found


def seconds(row: Transcript) -> list[float]:
    return [round(marker.at_seconds) for marker in placement.list_placed_markers(row)]


def test_taps_are_lined_up_by_what_was_said(booking: Booking, transcript: Transcript) -> None:
    tap_both_questions(booking, late=500)

    found = get_placement(transcript)

    assert found.source is AlignmentSource.TEXT
    assert [marker.question_key for marker in found.markers] == ["capacity", "values"]
    assert all(abs(marker.at_seconds - position) < 3 for marker, position in zip(found.markers, (20, 40), strict=True))


def test_the_tap_of_the_recorder_counts_more_than_words(booking: Booking, transcript: Transcript) -> None:
    store_tap(booking, at(-8), None, MarkerKind.BEGAN)
    tap_both_questions(booking)

    found = get_placement(transcript)

    assert found.source is AlignmentSource.START_TAP
    assert seconds(transcript) == [29, 50]


def test_each_of_two_recordings_has_the_taps_of_its_own_time(booking: Booking, transcript: Transcript) -> None:
    second = make_transcripts.recording(booking.volunteer.contribution, make_transcripts.tone_wav(pitch=300))
    later = make_transcripts.transcript(second, *SAID)
    for began, key in ((0, "capacity"), (300, "values")):
        store_tap(booking, at(began), None, MarkerKind.BEGAN)
        store_tap(booking, at(began + 12), key)

    assert [(m.question_key, m.at_seconds) for m in placement.list_placed_markers(transcript)] == [("capacity", 12.0)]
    assert [(m.question_key, m.at_seconds) for m in placement.list_placed_markers(later)] == [("values", 12.0)]


def test_the_files_time_counts_where_words_are_no_help(booking: Booking) -> None:
    recording = make_transcripts.recording(booking.volunteer.contribution)
    row = make_transcripts.transcript(recording, *["Rain, rain and more rain."] * 6)
    tap_both_questions(booking)
    without = placement.find_placement(row)
    recording.began_at, recording.start_source = at(1), StartSource.UPLOAD

    found = get_placement(row)

    assert without is None
    assert (found.source, seconds(row)) == (AlignmentSource.FILE_TIME, [20, 41])


def test_a_tap_has_the_interview_mapped_again_and_leaves_decisions_alone(
    booking: Booking, transcript: Transcript
) -> None:
    decided = make_transcripts.add_suggestions(transcript, ["capacity", *[None] * 5])[0]
    decided.state, decided.decided_at = PassageState.ACCEPTED, BEGAN
    tap_both_questions(booking)
    job = jobs.find_latest(processing_jobs.MAP_JOB, transcript.id)
    request = suggestions.build_mapping_request(transcript)

    make_transcripts.add_suggestions(transcript, ["values"] * 6)

    assert job is not None
    assert len(request.markers) == 2
    keys = [(row.question_key, row.state) for row in transcript.passages]
    assert keys == [("capacity", PassageState.ACCEPTED), *[("values", PassageState.SUGGESTED)] * 5]


def test_what_the_interviewer_noted_reaches_coverage_where_words_say_less(
    booking: Booking, transcript: Transcript
) -> None:
    tap_both_questions(booking)
    store_tap(booking, at(50), "values", MarkerKind.DECLINED)
    store_tap(booking, at(55), "cost", MarkerKind.SKIPPED)
    store_tap(booking, at(58), "lessons")
    keys = ("capacity", "values", "cost", "lessons")
    found = {"capacity": "answered", "values": "asked", "cost": "asked", "lessons": "not asked"}

    latest_kinds = placement.find_latest_kinds(transcript)
    better = {key: placement.adjust_status(CoverageStatus(found[key]), latest_kinds.get(key)).value for key in keys}

    assert better == {"capacity": "answered", "values": "declined", "cost": "not asked", "lessons": "asked"}


def test_people_line_markers_up_by_hand_and_see_what_is_said_there(
    app: Flask, booking: Booking, transcript: Transcript
) -> None:
    tap_both_questions(booking, late=700)
    people = sign_in_five(app, booking.volunteer, booking.slot.interviewer_id)
    page = f"/staff/recordings/{transcript.recording_id}"
    first = placement.list_first_markers(transcript, get_placement(transcript))[0]
    sent = {"marker": str(first.id), "place": "0:12", "move": "5"}

    statuses = {name: client.post(f"{page}/markers", data=sent).status_code for name, client in people.items()}
    shown = people["ben"].get(page).text
    for position in ("", "soon", "1:99:99:99", "99:00:00"):
        people["ben"].post(f"{page}/markers", data={**sent, "place": position})

    db.session.rollback()
    assert {name for name, status in statuses.items() if status == 302} == {
        "amira",
        "ben",
        "cara",
        "dev",
    }  # dev: no staff
    assert "Somebody aligned them with the recording." in shown
    assert 'value="0:17"' in shown
    assert "#t=17.00" in shown
    assert seconds(transcript) == [17, 38]
    people["ben"].post(f"{page}/markers", data={**sent, "automatic": "yes"})
    db.session.rollback()
    assert get_placement(transcript).source is AlignmentSource.TEXT
    assert db.session.scalars(select(Job).where(Job.name == processing_jobs.MAP_JOB)).all()
