"""Where taps lie in a recording: by the recorder's tap, by words, by the file's time, by hand; and what follows."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from core import jobs
from core.database import db
from core.models import Job
from interviews.models import Booking
from tests import make_transcripts
from tests.five import five_people
from tests.make_markers import tapped
from transcripts import marker_places, suggestions, transcription
from transcripts.marker_places import LinedUp, Placement
from transcripts.models import BeginKnown, CoverageStatus, MarkerKind, PassageState, Transcript

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


def asked(booking: Booking, late: float = 0.0) -> None:
    tapped(booking, at(21 + late), "capacity")
    tapped(booking, at(42 + late), "values")


def placed(row: Transcript) -> Placement:
    found = marker_places.placement(row)
    assert found is not None
    return found


def seconds(row: Transcript) -> list[float]:
    return [round(marker.at_seconds) for marker in marker_places.markers_for(row)]


def test_taps_are_lined_up_by_what_was_said(booking: Booking, transcript: Transcript) -> None:
    asked(booking, late=500)

    found = placed(transcript)

    assert found.how is LinedUp.WORDS
    assert [marker.question_key for marker in found.markers] == ["capacity", "values"]
    assert all(abs(marker.at_seconds - place) < 3 for marker, place in zip(found.markers, (20, 40), strict=True))


def test_the_tap_of_the_recorder_counts_more_than_words(booking: Booking, transcript: Transcript) -> None:
    tapped(booking, at(-8), None, MarkerKind.BEGAN)
    asked(booking)

    found = placed(transcript)

    assert found.how is LinedUp.BEGIN_TAP
    assert seconds(transcript) == [29, 50]


def test_each_of_two_recordings_has_the_taps_of_its_own_time(booking: Booking, transcript: Transcript) -> None:
    second = make_transcripts.recording(booking.volunteer.contribution, make_transcripts.wav(pitch=300))
    later = make_transcripts.transcript(second, *SAID)
    for began, key in ((0, "capacity"), (300, "values")):
        tapped(booking, at(began), None, MarkerKind.BEGAN)
        tapped(booking, at(began + 12), key)

    assert [(m.question_key, m.at_seconds) for m in marker_places.markers_for(transcript)] == [("capacity", 12.0)]
    assert [(m.question_key, m.at_seconds) for m in marker_places.markers_for(later)] == [("values", 12.0)]


def test_the_files_time_counts_where_words_tell_nothing(booking: Booking) -> None:
    recording = make_transcripts.recording(booking.volunteer.contribution)
    row = make_transcripts.transcript(recording, *["Rain, rain and more rain."] * 6)
    asked(booking)
    without = marker_places.placement(row)
    recording.began_at, recording.begin_known = at(1), BeginKnown.UPLOAD

    found = placed(row)

    assert without is None
    assert (found.how, seconds(row)) == (LinedUp.FILE, [20, 41])


def test_a_tap_has_the_interview_mapped_again_and_leaves_decisions_alone(
    booking: Booking, transcript: Transcript
) -> None:
    decided = make_transcripts.suggest(transcript, ["capacity", *[None] * 5])[0]
    decided.state, decided.decided_at = PassageState.ACCEPTED, BEGAN
    asked(booking)
    wanted = jobs.latest(transcription.MAP, transcript.id)
    request = suggestions.mapping_request(transcript)

    make_transcripts.suggest(transcript, ["values"] * 6)

    assert wanted is not None
    assert len(request.markers) == 2
    keys = [(row.question_key, row.state) for row in transcript.passages]
    assert keys == [("capacity", PassageState.ACCEPTED), *[("values", PassageState.SUGGESTED)] * 5]


def test_what_the_interviewer_noted_reaches_coverage_where_words_tell_less(
    booking: Booking, transcript: Transcript
) -> None:
    asked(booking)
    tapped(booking, at(50), "values", MarkerKind.DECLINED)
    tapped(booking, at(55), "cost", MarkerKind.SKIPPED)
    tapped(booking, at(58), "lessons")
    keys = ("capacity", "values", "cost", "lessons")
    found = {"capacity": "answered", "values": "asked", "cost": "asked", "lessons": "not asked"}

    told = marker_places.told_by(transcript)
    better = {key: marker_places.better(CoverageStatus(found[key]), told.get(key)).value for key in keys}

    assert better == {"capacity": "answered", "values": "declined", "cost": "not asked", "lessons": "asked"}


def test_people_line_markers_up_by_hand_and_see_what_is_said_there(
    app: Flask, booking: Booking, transcript: Transcript
) -> None:
    asked(booking, late=700)
    people = five_people(app, booking.volunteer, booking.slot.interviewer_id)
    page = f"/staff/recordings/{transcript.recording_id}"
    first = marker_places.first_heard(transcript, placed(transcript))[0]
    sent = {"marker": str(first.id), "place": "0:12", "move": "5"}

    statuses = {name: client.post(f"{page}/markers", data=sent).status_code for name, client in people.items()}
    shown = people["ben"].get(page).text
    for place in ("", "soon", "1:99:99:99", "99:00:00"):
        people["ben"].post(f"{page}/markers", data={**sent, "place": place})

    db.session.rollback()
    assert {name for name, status in statuses.items() if status == 302} == {
        "amira",
        "ben",
        "cara",
        "dev",
    }  # dev: no staff
    assert "They were lined up by hand." in shown
    assert 'value="0:17"' in shown
    assert "#t=17.00" in shown
    assert seconds(transcript) == [17, 38]
    people["ben"].post(f"{page}/markers", data={**sent, "automatic": "yes"})
    db.session.rollback()
    assert placed(transcript).how is LinedUp.WORDS
    assert db.session.scalars(select(Job).where(Job.name == transcription.MAP)).all()
