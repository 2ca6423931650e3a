"""Uploads that go on where they stopped: the protocol, and who may."""

import base64
import hashlib
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect, select

from accounts.models import AuditEntry, StaffMember
from accounts.roles import Role
from core import jobs
from core.database import db
from core.settings import Settings
from interviews.models import Booking
from tests.support import five_people, make, make_transcripts
from tests.support.upload_steps import (
    BODY_TYPE,
    TUS_HEADERS,
    count_parts,
    create_upload,
    get_offset_headers,
    get_only_recording,
    get_upload,
    list_stored_files,
    post_upload,
    read_stored,
    run_assembly_jobs,
    send_chunk,
    upload_file,
)
from transcripts.models import Upload, UploadState
from transcripts.recordings import recordings

pytestmark = pytest.mark.one_database


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
    upload = create_upload(client, booking, len(sound))
    answers = [
        send_chunk(client, upload, start, sound[start : start + 12_000]) for start in range(0, len(sound), 12_000)
    ]
    run_assembly_jobs()

    recording = get_only_recording()
    assert [answer.status_code for answer in answers] == [204] * 3
    assert answers[-1].headers["Upload-Offset"] == str(len(sound))
    assert read_stored(recording) == sound
    assert (recording.sha256, recording.uploaded_by) == (hashlib.sha256(sound).hexdigest(), ben.id)
    assert get_upload(upload).state is UploadState.RECORDED
    assert jobs.find_latest("check recording", recording.id) is not None


def test_once_it_is_a_recording_no_part_is_left(
    client: FlaskClient, booking: Booking, sound: bytes, settings: Settings
) -> None:
    upload_file(client, booking, sound)

    run_assembly_jobs()

    assert count_parts() == 0
    assert recordings.get_storage().list_paths() == [get_only_recording().storage_path]
    assert len(list_stored_files(settings)) == 2  # the recording and its key


def test_how_far_it_is_can_be_asked(client: FlaskClient, booking: Booking, sound: bytes) -> None:
    upload = create_upload(client, booking, len(sound))
    send_chunk(client, upload, 0, sound[:1000])

    answer = get_offset_headers(client, upload)

    assert answer.status_code == 200
    assert (answer.headers["Upload-Offset"], answer.headers["Upload-Length"]) == ("1000", str(len(sound)))
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Upload-Expires"].endswith("GMT")


def test_the_first_bytes_may_come_with_the_beginning(client: FlaskClient, booking: Booking, sound: bytes) -> None:
    headers = {**TUS_HEADERS, "Upload-Length": str(len(sound))}

    answer = client.post(
        f"/staff/bookings/{booking.id}/uploads", data=sound[:700], content_type=BODY_TYPE, headers=headers
    )

    assert answer.status_code == 201
    assert answer.headers["Upload-Offset"] == "700"
    assert get_offset_headers(client, answer.headers["Location"]).headers["Upload-Offset"] == "700"


def test_a_method_may_be_in_a_header(client: FlaskClient, booking: Booking) -> None:
    upload = create_upload(client, booking, 3)
    headers = {**TUS_HEADERS, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}

    answer = client.post(upload, data=b"abc", content_type=BODY_TYPE, headers=headers)

    assert answer.status_code == 204
    assert answer.headers["Upload-Offset"] == "3"


@pytest.mark.parametrize(
    ("headers", "content_type", "status"),
    [
        ({"Upload-Offset": "0"}, BODY_TYPE, 412),
        ({**TUS_HEADERS, "Upload-Offset": "0"}, "application/octet-stream", 415),
        ({**TUS_HEADERS}, BODY_TYPE, 400),
        ({**TUS_HEADERS, "Upload-Offset": "-1"}, BODY_TYPE, 400),
        ({**TUS_HEADERS, "Upload-Offset": "5"}, BODY_TYPE, 409),
        ({**TUS_HEADERS, "Upload-Offset": "99"}, BODY_TYPE, 409),
        ({**TUS_HEADERS, "Upload-Offset": "0", "Upload-Checksum": "md5 aGVsbG8="}, BODY_TYPE, 400),
    ],
)
def test_what_breaks_the_protocol_is_refused_and_changes_nothing(
    client: FlaskClient, booking: Booking, headers: dict[str, str], content_type: str, status: int
) -> None:
    upload = create_upload(client, booking, 10)

    answer = client.patch(upload, data=b"abc", content_type=content_type, headers=headers)

    assert answer.status_code == status
    assert get_offset_headers(client, upload).headers["Upload-Offset"] == "0"
    assert count_parts() == 0


def test_a_client_of_another_version_learns_ours(client: FlaskClient, booking: Booking) -> None:
    answer = post_upload(client, booking, 10, Tus_Resumable="0.2.2")

    assert answer.status_code == 412
    assert answer.headers["Tus-Version"] == "1.0.0"


def test_more_bytes_than_the_file_has_are_refused(client: FlaskClient, booking: Booking) -> None:
    upload = create_upload(client, booking, 2)

    answer = send_chunk(client, upload, 0, b"abc")

    assert answer.status_code == 413
    assert get_offset_headers(client, upload).headers["Upload-Offset"] == "0"


def test_a_whole_file_takes_nothing_more(client: FlaskClient, booking: Booking, sound: bytes) -> None:
    upload = upload_file(client, booking, sound)

    assert send_chunk(client, upload, len(sound), b"more").status_code == 413
    assert get_offset_headers(client, upload).headers["Upload-Offset"] == str(len(sound))


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_bytes_that_fit_their_checksum_count(client: FlaskClient, booking: Booking, algorithm: str) -> None:
    upload = create_upload(client, booking, 10)
    digest = base64.b64encode(hashlib.new(algorithm, b"hello").digest()).decode()

    answer = send_chunk(client, upload, 0, b"hello", Upload_Checksum=f"{algorithm} {digest}")

    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, "5")


def test_bytes_that_do_not_fit_their_checksum_do_not_count(
    client: FlaskClient, booking: Booking, settings: Settings
) -> None:
    upload = create_upload(client, booking, 10)
    digest = base64.b64encode(hashlib.sha1(b"hello").digest()).decode()

    answer = send_chunk(client, upload, 0, b"jello", Upload_Checksum=f"sha1 {digest}")

    assert answer.status == "460 Checksum Mismatch"
    assert get_offset_headers(client, upload).headers["Upload-Offset"] == "0"
    assert list_stored_files(settings) == []


def test_an_upload_can_be_cancelled(client: FlaskClient, booking: Booking, sound: bytes, settings: Settings) -> None:
    upload = create_upload(client, booking, len(sound))
    send_chunk(client, upload, 0, sound[:5000])

    answer = client.delete(upload, headers=TUS_HEADERS)

    assert answer.status_code == 204
    assert list_stored_files(settings) == []
    assert get_offset_headers(client, upload).status_code == 410
    assert send_chunk(client, upload, 5000, sound[5000:]).status_code == 410


def test_a_complete_upload_is_not_cancelled(client: FlaskClient, booking: Booking, sound: bytes) -> None:
    upload = upload_file(client, booking, sound)

    answer = client.delete(upload, headers=TUS_HEADERS)

    assert answer.status_code == 403
    run_assembly_jobs()
    assert read_stored(get_only_recording()) == sound


def test_a_file_over_the_limit_is_refused_before_it_is_sent(
    client: FlaskClient, booking: Booking, settings: Settings
) -> None:
    answer = post_upload(client, booking, settings.max_recording_bytes + 1)

    assert answer.status_code == 413
    assert "larger than the limit of 2 GB" in answer.text


def test_an_empty_file_is_refused(client: FlaskClient, booking: Booking) -> None:
    answer = post_upload(client, booking, 0)

    assert answer.status_code == 400
    assert "This file is empty" in answer.text


class TestPeople:
    def clients(self, app: Flask, booking: Booking, ben: StaffMember) -> dict[str, FlaskClient]:
        roles = {"amira": [Role.COORDINATOR], "gil": [Role.INTERVIEWER], "cara": [Role.REVIEWER], "eve": []}
        made = {name: five_people.sign_in_staff(app, make.staff(name, *granted).id) for name, granted in roles.items()}
        made["ben"] = five_people.sign_in_staff(app, ben.id)
        made["dev"] = five_people.sign_in_participant(app, booking.volunteer.participant_id)
        return made

    def test_who_may_begin_an_upload(self, app: Flask, booking: Booking, ben: StaffMember) -> None:
        clients = self.clients(app, booking, ben)

        found = {name: post_upload(client, booking, 10).status_code for name, client in clients.items()}

        assert found == {"amira": 201, "ben": 201, "gil": 403, "cara": 403, "eve": 403, "dev": 401}

    def test_an_upload_is_seen_only_by_who_began_it(self, app: Flask, booking: Booking, ben: StaffMember) -> None:
        clients = self.clients(app, booking, ben)
        upload = create_upload(clients["ben"], booking, 10)

        looks = {name: get_offset_headers(client, upload).status_code for name, client in clients.items()}
        sends = {
            name: send_chunk(client, upload, 0, b"a").status_code for name, client in clients.items() if name != "ben"
        }
        removals = {
            name: client.delete(upload, headers=TUS_HEADERS).status_code
            for name, client in clients.items()
            if name != "ben"
        }
        cancels = {
            name: client.post(f"{upload}/cancel").status_code for name, client in clients.items() if name != "ben"
        }

        assert looks == {"amira": 404, "ben": 200, "gil": 403, "cara": 403, "eve": 403, "dev": 401}
        assert sends == removals == {"amira": 404, "gil": 403, "cara": 403, "eve": 403, "dev": 401}
        assert cancels == {"amira": 404, "gil": 403, "cara": 403, "eve": 403, "dev": 302}
        assert get_offset_headers(clients["ben"], upload).headers["Upload-Offset"] == "0"

    def test_the_page_shows_ones_own_uploads_alone(self, app: Flask, booking: Booking, ben: StaffMember) -> None:
        clients = self.clients(app, booking, ben)
        upload = create_upload(clients["ben"], booking, 10)
        addresses = [f"/staff/bookings/{booking.id}/{page}" for page in ("recording", "uploads/progress")]

        found = {
            name: [upload in clients[name].get(address).text for address in addresses] for name in ("ben", "amira")
        }

        assert found == {"ben": [True, True], "amira": [False, False]}

    def test_an_upload_of_one_interview_is_not_found_at_another(
        self, client: FlaskClient, booking: Booking, ben: StaffMember
    ) -> None:
        upload = create_upload(client, booking, 10)
        other = make_transcripts.booking(of=booking.slot.call, by=ben, name="Fay")

        assert get_offset_headers(client, upload.replace(str(booking.id), str(other.id))).status_code == 404


class TestTusProtection:
    @pytest.fixture
    def app(self, app: Flask) -> Flask:
        app.config["WTF_CSRF_ENABLED"] = True
        return app

    def test_without_the_page_s_token_nothing_begins(self, client: FlaskClient, booking: Booking) -> None:
        answer = post_upload(client, booking, 10)

        assert answer.status_code == 400
        assert "reload the page" in answer.text

    def test_with_the_token_of_the_page_it_begins_and_goes_on(self, client: FlaskClient, booking: Booking) -> None:
        page = client.get(f"/staff/bookings/{booking.id}/recording").text
        token = page.split('data-token="')[1].split('"')[0]

        upload = post_upload(client, booking, 3, X_CSRFToken=token).headers["Location"]

        assert send_chunk(client, upload, 0, b"abc").status_code == 400
        assert send_chunk(client, upload, 0, b"abc", X_CSRFToken=token).status_code == 204
        assert client.delete(upload, headers=TUS_HEADERS).status_code == 400


def test_what_happens_to_an_upload_is_recorded_without_text(
    client: FlaskClient, booking: Booking, sound: bytes
) -> None:
    upload_file(client, booking, sound)
    cancelled = create_upload(client, booking, 10)
    client.delete(cancelled, headers=TUS_HEADERS)
    run_assembly_jobs()

    query = select(AuditEntry.action).where(AuditEntry.action.like("%upload%")).order_by(AuditEntry.number)
    noted: list[Any] = list(db.session.scalars(query))
    assert noted == ["upload begun", "upload arrived", "upload begun", "upload cancelled", "recording uploaded"]


def test_no_file_name_is_kept(client: FlaskClient, booking: Booking) -> None:
    name = base64.b64encode(b"Dev Patel.wav").decode()

    upload = post_upload(client, booking, 10, Upload_Metadata=f"filename {name},fingerprint YWJj").headers["Location"]

    row = get_upload(upload)
    assert row.fingerprint == "abc"
    assert "Dev" not in " ".join(str(getattr(row, attribute.key)) for attribute in inspect(Upload).column_attrs)
