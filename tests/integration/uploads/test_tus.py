"""Uploads that go on where they stopped: the protocol, and who may."""

import base64
import hashlib
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.access import LINK_KEY
from accounts.models import AuditEntry, StaffMember
from accounts.roles import Role
from core import jobs
from core.database import db
from core.settings import Settings
from interviews.models import Booking
from tests import make, make_transcripts
from tests.uploading import (
    BODY,
    TUS,
    begin,
    begun,
    files_of,
    join_only,
    look,
    parts_left,
    row_of,
    send,
    stored,
    the_recording,
    upload_all,
)
from transcripts import recordings
from transcripts.models import Upload, UploadState


def test_the_server_says_what_it_can(client: FlaskClient, booking: Booking, settings: Settings) -> None:
    answer = client.options(f"/staff/bookings/{booking.id}/uploads")

    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == answer.headers["Tus-Resumable"] == "1.0.0"
    assert answer.headers["Tus-Extension"] == "creation,creation-with-upload,checksum,termination,expiration"
    assert answer.headers["Tus-Max-Size"] == str(settings.max_recording_bytes)
    assert answer.headers["Tus-Checksum-Algorithm"] == "sha256,sha1"


def test_a_file_in_three_pieces_becomes_one_recording(
    client: FlaskClient, booking: Booking, ben: StaffMember, sound: bytes
) -> None:
    upload = begun(client, booking, len(sound))
    answers = [send(client, upload, start, sound[start : start + 12_000]) for start in range(0, len(sound), 12_000)]
    join_only()

    recording = the_recording()
    assert [answer.status_code for answer in answers] == [204] * 3
    assert answers[-1].headers["Upload-Offset"] == str(len(sound))
    assert stored(recording) == sound
    assert (recording.sha256, recording.uploaded_by) == (hashlib.sha256(sound).hexdigest(), ben.id)
    assert row_of(upload).state is UploadState.TAKEN_IN
    assert jobs.latest("check recording", recording.id) is not None


def test_once_it_is_a_recording_no_part_is_left(
    client: FlaskClient, booking: Booking, sound: bytes, settings: Settings
) -> None:
    upload_all(client, booking, sound)

    join_only()

    assert parts_left() == 0
    assert recordings.storage().paths() == [the_recording().storage_path]
    assert len(files_of(settings)) == 2  # the recording and its key


def test_how_far_it_is_can_be_asked(client: FlaskClient, booking: Booking, sound: bytes) -> None:
    upload = begun(client, booking, len(sound))
    send(client, upload, 0, sound[:1000])

    answer = look(client, upload)

    assert answer.status_code == 200
    assert (answer.headers["Upload-Offset"], answer.headers["Upload-Length"]) == ("1000", str(len(sound)))
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Upload-Expires"].endswith("GMT")


def test_the_first_bytes_may_come_with_the_beginning(client: FlaskClient, booking: Booking, sound: bytes) -> None:
    headers = {**TUS, "Upload-Length": str(len(sound))}

    answer = client.post(f"/staff/bookings/{booking.id}/uploads", data=sound[:700], content_type=BODY, headers=headers)

    assert answer.status_code == 201
    assert answer.headers["Upload-Offset"] == "700"
    assert look(client, answer.headers["Location"]).headers["Upload-Offset"] == "700"


def test_a_method_may_stand_in_a_header(client: FlaskClient, booking: Booking) -> None:
    upload = begun(client, booking, 3)
    headers = {**TUS, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}

    answer = client.post(upload, data=b"abc", content_type=BODY, headers=headers)

    assert answer.status_code == 204
    assert answer.headers["Upload-Offset"] == "3"


@pytest.mark.parametrize(
    ("headers", "content_type", "status"),
    [
        ({"Upload-Offset": "0"}, BODY, 412),
        ({**TUS, "Upload-Offset": "0"}, "application/octet-stream", 415),
        ({**TUS}, BODY, 400),
        ({**TUS, "Upload-Offset": "-1"}, BODY, 400),
        ({**TUS, "Upload-Offset": "5"}, BODY, 409),
        ({**TUS, "Upload-Offset": "99"}, BODY, 409),
        ({**TUS, "Upload-Offset": "0", "Upload-Checksum": "md5 aGVsbG8="}, BODY, 400),
    ],
)
def test_what_breaks_the_protocol_is_refused_and_changes_nothing(
    client: FlaskClient, booking: Booking, headers: dict[str, str], content_type: str, status: int
) -> None:
    upload = begun(client, booking, 10)

    answer = client.patch(upload, data=b"abc", content_type=content_type, headers=headers)

    assert answer.status_code == status
    assert look(client, upload).headers["Upload-Offset"] == "0"
    assert parts_left() == 0


def test_another_version_is_told_which_one_we_speak(client: FlaskClient, booking: Booking) -> None:
    answer = begin(client, booking, 10, Tus_Resumable="0.2.2")

    assert answer.status_code == 412
    assert answer.headers["Tus-Version"] == "1.0.0"


def test_more_bytes_than_the_file_has_are_refused(client: FlaskClient, booking: Booking) -> None:
    upload = begun(client, booking, 2)

    answer = send(client, upload, 0, b"abc")

    assert answer.status_code == 413
    assert look(client, upload).headers["Upload-Offset"] == "0"


def test_a_whole_file_takes_nothing_more(client: FlaskClient, booking: Booking, sound: bytes) -> None:
    upload = upload_all(client, booking, sound)

    assert send(client, upload, len(sound), b"more").status_code == 413
    assert look(client, upload).headers["Upload-Offset"] == str(len(sound))


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_bytes_that_fit_their_checksum_count(client: FlaskClient, booking: Booking, algorithm: str) -> None:
    upload = begun(client, booking, 10)
    digest = base64.b64encode(hashlib.new(algorithm, b"hello").digest()).decode()

    answer = send(client, upload, 0, b"hello", Upload_Checksum=f"{algorithm} {digest}")

    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, "5")


def test_bytes_that_do_not_fit_their_checksum_do_not_count(
    client: FlaskClient, booking: Booking, settings: Settings
) -> None:
    upload = begun(client, booking, 10)
    digest = base64.b64encode(hashlib.sha1(b"hello").digest()).decode()

    answer = send(client, upload, 0, b"jello", Upload_Checksum=f"sha1 {digest}")

    assert answer.status == "460 Checksum Mismatch"
    assert look(client, upload).headers["Upload-Offset"] == "0"
    assert files_of(settings) == []


def test_an_upload_can_be_cancelled(client: FlaskClient, booking: Booking, sound: bytes, settings: Settings) -> None:
    upload = begun(client, booking, len(sound))
    send(client, upload, 0, sound[:5000])

    answer = client.delete(upload, headers=TUS)

    assert answer.status_code == 204
    assert files_of(settings) == []
    assert look(client, upload).status_code == 410
    assert send(client, upload, 5000, sound[5000:]).status_code == 410


def test_what_has_arrived_whole_is_not_cancelled(client: FlaskClient, booking: Booking, sound: bytes) -> None:
    upload = upload_all(client, booking, sound)

    answer = client.delete(upload, headers=TUS)

    assert answer.status_code == 403
    join_only()
    assert stored(the_recording()) == sound


def test_a_file_over_the_limit_is_refused_before_it_is_sent(
    client: FlaskClient, booking: Booking, settings: Settings
) -> None:
    answer = begin(client, booking, settings.max_recording_bytes + 1)

    assert answer.status_code == 413
    assert "larger than 2 GB" in answer.text


def test_an_empty_file_is_refused(client: FlaskClient, booking: Booking) -> None:
    answer = begin(client, booking, 0)

    assert answer.status_code == 400
    assert "This file is empty" in answer.text


class TestPeople:
    def clients(self, app: Flask, booking: Booking, ben: StaffMember) -> dict[str, FlaskClient]:
        roles = {"amira": [Role.COORDINATOR], "gil": [Role.INTERVIEWER], "cara": [Role.REVIEWER], "eve": []}
        made = {name: make_transcripts.signed_in(app, make.staff(name, *held).id) for name, held in roles.items()}
        made["ben"] = make_transcripts.signed_in(app, ben.id)
        made["dev"] = app.test_client()
        with made["dev"].session_transaction() as session:
            session[LINK_KEY] = make.link_of(booking.volunteer.participant_id)
        return made

    def test_who_may_begin_an_upload(self, app: Flask, booking: Booking, ben: StaffMember) -> None:
        clients = self.clients(app, booking, ben)

        found = {name: begin(client, booking, 10).status_code for name, client in clients.items()}

        assert found == {"amira": 201, "ben": 201, "gil": 403, "cara": 403, "eve": 403, "dev": 401}

    def test_an_upload_is_seen_only_by_who_began_it(self, app: Flask, booking: Booking, ben: StaffMember) -> None:
        clients = self.clients(app, booking, ben)
        upload = begun(clients["ben"], booking, 10)

        looks = {name: look(client, upload).status_code for name, client in clients.items()}
        sends = {name: send(client, upload, 0, b"a").status_code for name, client in clients.items() if name != "ben"}
        removals = {
            name: client.delete(upload, headers=TUS).status_code for name, client in clients.items() if name != "ben"
        }
        cancels = {
            name: client.post(f"{upload}/cancel").status_code for name, client in clients.items() if name != "ben"
        }

        assert looks == {"amira": 404, "ben": 200, "gil": 403, "cara": 403, "eve": 403, "dev": 401}
        assert sends == removals == {"amira": 404, "gil": 403, "cara": 403, "eve": 403, "dev": 401}
        assert cancels == {"amira": 404, "gil": 403, "cara": 403, "eve": 403, "dev": 302}
        assert look(clients["ben"], upload).headers["Upload-Offset"] == "0"

    def test_the_page_shows_ones_own_uploads_alone(self, app: Flask, booking: Booking, ben: StaffMember) -> None:
        clients = self.clients(app, booking, ben)
        upload = begun(clients["ben"], booking, 10)
        addresses = [f"/staff/bookings/{booking.id}/{page}" for page in ("recording", "uploads/progress")]

        found = {
            name: [upload in clients[name].get(address).text for address in addresses] for name in ("ben", "amira")
        }

        assert found == {"ben": [True, True], "amira": [False, False]}

    def test_an_upload_of_one_interview_is_not_found_at_another(
        self, client: FlaskClient, booking: Booking, ben: StaffMember
    ) -> None:
        upload = begun(client, booking, 10)
        other = make_transcripts.booking(of=booking.slot.call, by=ben, name="Fay")

        assert look(client, upload.replace(str(booking.id), str(other.id))).status_code == 404


class TestProtection:
    @pytest.fixture
    def app(self, app: Flask) -> Flask:
        app.config["WTF_CSRF_ENABLED"] = True
        return app

    def test_without_the_page_s_token_nothing_begins(self, client: FlaskClient, booking: Booking) -> None:
        answer = begin(client, booking, 10)

        assert answer.status_code == 400
        assert "load the page again" in answer.text

    def test_with_the_token_of_the_page_it_begins_and_goes_on(self, client: FlaskClient, booking: Booking) -> None:
        page = client.get(f"/staff/bookings/{booking.id}/recording").text
        token = page.split('data-token="')[1].split('"')[0]

        upload = begin(client, booking, 3, X_CSRFToken=token).headers["Location"]

        assert send(client, upload, 0, b"abc").status_code == 400
        assert send(client, upload, 0, b"abc", X_CSRFToken=token).status_code == 204
        assert client.delete(upload, headers=TUS).status_code == 400


def test_what_happens_to_an_upload_is_recorded_without_words(
    client: FlaskClient, booking: Booking, sound: bytes
) -> None:
    upload_all(client, booking, sound)
    cancelled = begun(client, booking, 10)
    client.delete(cancelled, headers=TUS)
    join_only()

    wanted = select(AuditEntry.action).where(AuditEntry.action.like("%upload%")).order_by(AuditEntry.number)
    noted: list[Any] = list(db.session.scalars(wanted))
    assert noted == ["upload begun", "upload arrived", "upload begun", "upload cancelled", "recording uploaded"]


def test_no_file_name_is_kept(client: FlaskClient, booking: Booking) -> None:
    name = base64.b64encode(b"Dev Patel.wav").decode()

    upload = begin(client, booking, 10, Upload_Metadata=f"filename {name},fingerprint YWJj").headers["Location"]

    row = row_of(upload)
    assert row.fingerprint == "abc"
    assert "Dev" not in " ".join(str(getattr(row, column.key)) for column in Upload.__table__.columns)
