"""A recording as a browser's player asks for it, and who may hear it."""

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient

from accounts.roles import Role
from core.database import db
from evidence import consent
from evidence.consent_terms import ConsentUse
from tests.support import five_people, make, make_transcripts
from tests.support.five_people import sign_in_five
from tests.support.query_counter import count_queries
from transcripts.models import Recording, RecordingState
from transcripts.recordings.recordings import get_storage
from transcripts.recordings.stored_sound import open_stored_recording

pytestmark = pytest.mark.one_database

SOUND = make_transcripts.tone_wav()


@pytest.fixture
def recording(app: Flask) -> Recording:
    return make_transcripts.recording(sound=SOUND)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return five_people.sign_in_staff(app, make.staff("cara", Role.REVIEWER).id)


def address(recording: Recording) -> str:
    return f"/staff/recordings/{recording.id}/sound"


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-", 0, len(SOUND)),
        ("bytes=100-199", 100, 200),
        ("bytes=-50", len(SOUND) - 50, len(SOUND)),
        ("bytes=100-99999999", 100, len(SOUND)),
        ("bytes=-99999999", 0, len(SOUND)),
        (f"bytes={len(SOUND) - 1}-", len(SOUND) - 1, len(SOUND)),
    ],
)
def test_a_range_of_the_sound_is_answered(
    client: FlaskClient, recording: Recording, asked: str, start: int, end: int
) -> None:
    answer = client.get(address(recording), headers={"Range": asked})

    assert answer.status_code == 206
    assert answer.headers["Content-Range"] == f"bytes {start}-{end - 1}/{len(SOUND)}"
    assert answer.content_length == end - start
    assert answer.data == SOUND[start:end]


def test_the_whole_sound_says_that_ranges_may_be_asked_for(client: FlaskClient, recording: Recording) -> None:
    answer = client.get(address(recording))

    assert (answer.status_code, answer.data) == (200, SOUND)
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.mimetype == "audio/wav"


def test_its_file_name_is_the_reference(client: FlaskClient, recording: Recording) -> None:
    reference = recording.contribution.participant.reference

    answer = client.get(address(recording))

    assert answer.headers["Content-Disposition"] == f'inline; filename="{reference}-1.wav"'


@pytest.mark.parametrize("asked", [f"bytes={len(SOUND)}-", "bytes=99999999-"])
def test_a_range_behind_the_end_is_refused_with_the_size(client: FlaskClient, recording: Recording, asked: str) -> None:
    answer = client.get(address(recording), headers={"Range": asked})

    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{len(SOUND)}"


@pytest.mark.parametrize("asked", ["bytes=0-1,5-9", "bytes=9-5", "seconds=1-2", "nonsense", "bytes=--1"])
def test_a_range_that_makes_no_sense_gets_the_whole_sound(
    client: FlaskClient, recording: Recording, asked: str
) -> None:
    answer = client.get(address(recording), headers={"Range": asked})

    assert (answer.status_code, answer.data) == (200, SOUND)


def test_a_range_of_another_version_gets_the_whole_sound(client: FlaskClient, recording: Recording) -> None:
    same = {"Range": "bytes=0-9", "If-Range": f'"{recording.sha256}"'}
    other = {"Range": "bytes=0-9", "If-Range": '"another"'}

    answers = [client.get(address(recording), headers=headers).status_code for headers in (same, other)]

    assert answers == [206, 200]


def test_a_head_request_gets_the_size_and_no_sound(client: FlaskClient, recording: Recording) -> None:
    answer = client.head(address(recording))

    assert (answer.status_code, answer.content_length, answer.data) == (200, len(SOUND), b"")


@pytest.mark.parametrize("state", [RecordingState.RECEIVED, RecordingState.REFUSED])
def test_a_file_that_is_not_known_to_be_sound_is_not_played(
    client: FlaskClient, recording: Recording, state: RecordingState
) -> None:
    recording.state = state

    assert client.get(address(recording)).status_code == 404


def test_five_people_at_the_sound(app: Flask) -> None:
    ben = make.staff("ben", Role.INTERVIEWER)
    booking = make_transcripts.booking(by=ben)
    recording = make_transcripts.recording(booking.volunteer.contribution)
    roles = {"amira": [Role.COORDINATOR], "gil": [Role.INTERVIEWER], "cara": [Role.REVIEWER], "eve": []}
    clients = {name: five_people.sign_in_staff(app, make.staff(name, *granted).id) for name, granted in roles.items()}
    clients["ben"] = five_people.sign_in_staff(app, ben.id)
    clients["dev"] = five_people.sign_in_participant(app, booking.volunteer.participant_id)

    answers = {name: client.get(address(recording)).status_code for name, client in clients.items()}

    assert answers == {"amira": 200, "ben": 200, "gil": 403, "cara": 200, "eve": 403, "dev": 302}


def test_who_takes_back_being_recorded_is_not_played_to_anybody(app: Flask) -> None:
    booking = make_transcripts.booking()
    recording = make_transcripts.recording(booking.volunteer.contribution)
    transcript = make_transcripts.transcript(recording, "I speak as a parent.")
    people = sign_in_five(app, booking.volunteer, booking.slot.interviewer_id)
    consent.record_decisions(
        booking.volunteer.participant, booking.volunteer.call, {ConsentUse.RECORD: False}, noted_by=None
    )
    db.session.commit()
    page = f"/staff/recordings/{recording.id}"

    refused = {name: client.get(f"{page}/sound").status_code for name, client in people.items()}
    answers = [people["amira"].get(f"{page}/{exit_}") for exit_ in ("sound", "original", "wave")]
    pages = [people["amira"].get(address).text for address in (page, f"/staff/transcripts/{transcript.id}")]

    assert refused == {"amira": 403, "ben": 403, "cara": 403, "dev": 302, "eve": 403}
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert all("no longer agrees to be recorded" in text for text in (*(answer.text for answer in answers), *pages))
    assert not any(f"{page}/sound" in text for text in pages)


def test_a_piece_of_the_sound_asks_for_consent_once(client: FlaskClient, recording: Recording) -> None:
    db.session.commit()

    with count_queries() as statements:
        client.get(address(recording), headers={"Range": "bytes=100-199"})

    assert sum("consent_decision" in statement for statement in statements) == 1


def test_a_stored_recording_reads_like_a_file(recording: Recording) -> None:
    with open_stored_recording(get_storage(), recording.storage_path) as file:
        whole = file.read()
        file.seek(-10, io.SEEK_END)
        last = file.read(100)
        file.seek(44)
        middle = file.read(5)

    assert (whole, last, middle) == (SOUND, SOUND[-10:], SOUND[44:49])
