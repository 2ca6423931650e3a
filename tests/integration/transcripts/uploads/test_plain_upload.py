"""Uploading a recording: who may, what is refused, and that nothing half stays."""

import hashlib
import io
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, inspect, select
from werkzeug.test import TestResponse

from accounts.models import StaffMember
from accounts.roles import Role
from core.database import db
from core.models import Job
from core.settings import Settings
from evidence import consent
from evidence.consent_terms import ConsentUse
from interviews.models import Booking
from tests.support import five_people, make, make_interviews, make_transcripts
from transcripts.models import Recording, RecordingState
from transcripts.recordings import recordings

pytestmark = pytest.mark.one_database


def post_recording(client: FlaskClient, booking: Booking, content: bytes | None = None, **options: Any) -> TestResponse:
    sound = make_transcripts.tone_wav() if content is None else content
    data = {"recording": (io.BytesIO(sound), "Dev's interview.wav")}
    return client.post(address(booking), data=data, **options)


def address(booking: Booking) -> str:
    return f"/staff/bookings/{booking.id}/recording"


def files_of(settings: Settings) -> list[Path]:
    return [path for path in (settings.data_folder / "storage").rglob("*") if path.is_file()]


def test_an_interviewer_uploads_the_recording_of_an_own_interview(
    client: FlaskClient, booking: Booking, ben: StaffMember, settings: Settings
) -> None:
    sound = make_transcripts.tone_wav()

    answer = post_recording(client, booking, sound)

    row = db.session.scalars(select(Recording)).one()
    assert answer.location == f"/staff/recordings/{row.id}"
    assert (row.position, row.size_bytes, row.uploaded_by) == (1, len(sound), ben.id)
    assert row.sha256 == hashlib.sha256(sound).hexdigest()
    assert recordings.get_storage().read_range(row.storage_path, 0, 2 * len(sound)) == sound
    assert db.session.scalars(select(Job.name).where(Job.subject_id == row.id)).all() == ["check recording"]


def test_the_name_of_the_file_is_kept_nowhere(client: FlaskClient, booking: Booking, settings: Settings) -> None:
    post_recording(client, booking)

    row = db.session.scalars(select(Recording)).one()
    assert "Dev" not in " ".join(str(getattr(row, attribute.key)) for attribute in inspect(Recording).column_attrs)
    assert not [path for path in files_of(settings) if "Dev" in str(path.relative_to(settings.data_folder))]


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>.wav", "a\u202egpj.wav", "a" * 100_000 + ".wav", "../../a.wav"]
)
def test_a_hostile_file_name_does_no_harm(client: FlaskClient, booking: Booking, name: str) -> None:
    answer = client.post(address(booking), data={"recording": (io.BytesIO(make_transcripts.tone_wav()), name)})

    assert answer.status_code == 302
    assert db.session.scalar(select(func.count()).select_from(Recording)) == 1


def test_a_file_name_with_a_raw_newline_is_refused_with_a_reason(client: FlaskClient, booking: Booking) -> None:
    answer = client.post(address(booking), data={"recording": (io.BytesIO(make_transcripts.tone_wav()), "a\nb.wav")})

    assert answer.status_code == 400
    assert "Choose a recording" in answer.text


def test_several_recordings_of_an_interview_are_in_order(client: FlaskClient, booking: Booking) -> None:
    post_recording(client, booking, make_transcripts.tone_wav(pitch=300))
    post_recording(client, booking, make_transcripts.tone_wav(pitch=500))

    assert db.session.scalars(select(Recording.position).order_by(Recording.uploaded_at)).all() == [1, 2]


def test_the_same_file_is_recognised_and_not_stored_twice(
    client: FlaskClient, booking: Booking, settings: Settings
) -> None:
    post_recording(client, booking)

    answer = post_recording(client, booking)

    assert answer.status_code == 400
    assert "This file was already uploaded" in answer.text
    assert len(recordings.get_storage().list_paths()) == 1


def test_a_file_that_was_refused_before_says_so_again(client: FlaskClient, booking: Booking) -> None:
    post_recording(client, booking)
    row = db.session.scalars(select(Recording)).one()
    row.state, row.refusal = RecordingState.REFUSED, "This recording is damaged."

    answer = post_recording(client, booking)

    assert "It was refused then: This recording is damaged." in answer.text


def test_the_same_file_may_belong_to_another_interview(client: FlaskClient, booking: Booking, ben: StaffMember) -> None:
    post_recording(client, booking)
    other = make_transcripts.booking(of=booking.slot.call, by=ben, name="Fay")

    assert post_recording(client, other).status_code == 302


def test_without_consent_to_record_nothing_is_taken(client: FlaskClient, ben: StaffMember, settings: Settings) -> None:
    silent = make_transcripts.booking(by=ben, record=False)

    answer = post_recording(client, silent)

    assert answer.status_code == 409
    assert "has not agreed to be recorded" in answer.text
    assert files_of(settings) == []


def test_consent_given_in_the_interview_is_noted_with_who_heard_it(client: FlaskClient, ben: StaffMember) -> None:
    unasked = make_interviews.volunteer(decisions={ConsentUse.QUOTE_NAMED: False})
    silent = make_interviews.booking(unasked, make_interviews.slot(unasked.call, ben))

    client.post(f"/staff/bookings/{silent.id}/consent", data={"consent_record": "yes"})

    volunteer = silent.volunteer
    made = consent.get_current_decisions(volunteer.participant_id, volunteer.call_id)
    assert (made[ConsentUse.RECORD].is_allowed, made[ConsentUse.RECORD].noted_by) == (True, ben.id)
    assert made[ConsentUse.QUOTE_NAMED].noted_by is None


def test_no_file_chosen_is_said_at_the_field(client: FlaskClient, booking: Booking) -> None:
    answer = client.post(address(booking), data={"recording": (io.BytesIO(b""), "")})

    assert answer.status_code == 400
    assert "<title>Error: Upload the recording" in answer.text
    assert 'href="#recording"' in answer.text


def test_an_empty_file_is_refused_and_leaves_nothing(client: FlaskClient, booking: Booking, settings: Settings) -> None:
    answer = post_recording(client, booking, b"")

    assert "This file is empty" in answer.text
    assert files_of(settings) == []


def test_a_body_that_is_no_form_is_refused(client: FlaskClient, booking: Booking) -> None:
    answer = client.post(address(booking), data=b"sound", content_type="application/octet-stream")

    assert answer.status_code == 400
    assert "could not be read" in answer.text


class TestLimits:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        from dataclasses import replace

        return replace(settings, max_recording_bytes=10_000)

    def test_a_file_over_the_limit_is_refused_with_a_reason_and_leaves_nothing(
        self, client: FlaskClient, booking: Booking, settings: Settings
    ) -> None:
        answer = post_recording(client, booking, make_transcripts.tone_wav(seconds=10))

        assert answer.status_code == 413
        assert "larger than the limit of 9.77 kB" in answer.text
        assert files_of(settings) == []

    def test_a_file_just_over_the_limit_is_found_out_while_it_arrives(
        self, client: FlaskClient, booking: Booking, settings: Settings
    ) -> None:
        answer = post_recording(client, booking, b"x" * 10_001)

        assert answer.status_code == 413
        assert files_of(settings) == []


class TestFormProtection:
    @pytest.fixture
    def app(self, app: Flask) -> Flask:
        app.config["WTF_CSRF_ENABLED"] = True
        return app

    def test_without_the_form_s_token_no_byte_is_read(self, client: FlaskClient, booking: Booking) -> None:
        body = UntouchedBody()

        answer = client.post(address(booking), input_stream=body, content_length=2_000_000_000, content_type=FORM)

        assert answer.status_code == 400
        assert not body.was_read

    def test_with_the_token_of_the_page_the_recording_is_taken(self, client: FlaskClient, booking: Booking) -> None:
        page = client.get(address(booking)).text
        action = page.split('enctype="multipart/form-data"')[1].split('action="')[1].split('"')[0]

        answer = client.post(action, data={"recording": (io.BytesIO(make_transcripts.tone_wav()), "a.wav")})

        assert answer.status_code == 302
        assert answer.location.startswith("/staff/recordings/")


FORM = "multipart/form-data; boundary=xyz"


class UntouchedBody(io.RawIOBase):
    was_read = False

    def tell(self) -> int:
        return 0

    def seek(self, _offset: int, _whence: int = 0) -> int:
        return 0

    def readinto(self, _target: Any) -> int:
        self.was_read = True
        return 0


def test_an_anonymous_upload_is_turned_away_before_its_body_is_read(app: Flask, booking: Booking) -> None:
    body = UntouchedBody()

    answer = app.test_client().post(
        address(booking), input_stream=body, content_length=2_000_000_000, content_type=FORM
    )

    assert answer.location.startswith("/sign-in")
    assert not body.was_read


def test_five_people_at_the_upload(app: Flask, booking: Booking, ben: StaffMember) -> None:
    roles = {"amira": [Role.COORDINATOR], "gil": [Role.INTERVIEWER], "cara": [Role.REVIEWER], "eve": []}
    clients = {name: five_people.sign_in_staff(app, make.staff(name, *granted).id) for name, granted in roles.items()}
    clients["ben"] = five_people.sign_in_staff(app, ben.id)
    clients["dev"] = five_people.sign_in_participant(app, booking.volunteer.participant_id)

    pages = {name: client.get(address(booking)).status_code for name, client in clients.items()}
    uploads = {name: post_recording(client, booking, name.encode()).status_code for name, client in clients.items()}
    notes = {
        name: client.post(f"/staff/bookings/{booking.id}/consent", data={}).status_code
        for name, client in clients.items()
    }

    assert pages == {"amira": 200, "ben": 200, "gil": 403, "cara": 403, "eve": 403, "dev": 302}
    assert uploads == {"amira": 302, "ben": 302, "gil": 403, "cara": 403, "eve": 403, "dev": 302}
    assert notes == {"amira": 302, "ben": 302, "gil": 403, "cara": 403, "eve": 403, "dev": 302}
    assert db.session.scalar(select(func.count()).select_from(Recording)) == 2


@pytest.mark.parametrize("kept", [0.2, 0.9])
def test_an_upload_that_is_cut_off_leaves_nothing(
    client: FlaskClient, booking: Booking, settings: Settings, kept: float
) -> None:
    whole = b'--xyz\r\nContent-Disposition: form-data; name="recording"; filename="a.wav"\r\n\r\n'
    whole += make_transcripts.tone_wav(seconds=60) + b"\r\n--xyz--\r\n"
    arrived = io.BytesIO(whole[: int(len(whole) * kept)])

    answer = client.post(address(booking), input_stream=arrived, content_length=len(whole), content_type=FORM)

    assert answer.status_code == 400
    assert "The connection was lost before the whole file was uploaded" in answer.text
    assert files_of(settings) == []
    assert db.session.scalars(select(Recording)).all() == []
