"""What is said of a file when it is sent: its language, and which files ran at the same time."""

import base64
import io
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from accounts.models import StaffMember
from core import clock
from core.database import db
from interviews.models import Booking
from tests.support import make_transcripts
from tests.support.upload_steps import TUS_HEADERS, get_upload, post_upload, run_assembly_jobs, send_chunk
from transcripts.models import Recording, Upload, UploadState
from transcripts.recordings import track_groups
from transcripts.transcription import pipeline
from transcripts.uploads.tasks import clean_up_uploads

pytestmark = pytest.mark.one_database

Counts = list[int | None]


def create_upload(client: FlaskClient, booking: Booking, **fields: str) -> str:
    answer = post_upload(client, booking, 3, Upload_Metadata=metadata(**fields))
    assert answer.status_code == 201
    return answer.headers["Location"]


def metadata(**fields: str) -> str:
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in fields.items())


def all_recordings() -> list[Recording]:
    db.session.rollback()
    return list(db.session.scalars(select(Recording).order_by(Recording.position)))


def list_track_counts() -> Counts:
    db.session.rollback()
    coming = select(Upload.track_count).where(Upload.state == UploadState.INCOMPLETE)
    return [*db.session.scalars(select(Recording.track_count)), *db.session.scalars(coming)]


def post_plain_form(client: FlaskClient, booking: Booking, pitch: float, **words: str) -> TestResponse:
    data = {**words, "recording": (io.BytesIO(make_transcripts.tone_wav(pitch=pitch)), "a.wav")}
    return client.post(f"/staff/bookings/{booking.id}/recording", data=data)


def test_the_language_goes_over_to_the_recording(client: FlaskClient, booking: Booking) -> None:
    for fields, content in (({"language": "cy"}, b"one"), ({"language": ""}, b"two"), ({}, b"six")):
        send_chunk(client, create_upload(client, booking, **fields), 0, content)

    run_assembly_jobs()

    assert [row.language for row in all_recordings()] == ["cy", None, None]


def test_the_language_of_the_call_is_selected_in_advance(client: FlaskClient, booking: Booking) -> None:
    booking.volunteer.contribution.call.language = "cy"
    db.session.commit()

    page = client.get(f"/staff/bookings/{booking.id}/recording").text
    post_plain_form(client, booking, 220)
    post_plain_form(client, booking, 330, language="")
    send_chunk(client, create_upload(client, booking), 0, b"one")
    run_assembly_jobs()

    assert len(re.findall(r'<option value="cy"\s+selected>', page)) == 2
    assert [row.language for row in all_recordings()] == ["cy", None, "cy"]


def test_files_of_one_sending_share_a_group_that_knows_how_many_they_are(client: FlaskClient, booking: Booking) -> None:
    group = uuid4()
    first, second, third = (create_upload(client, booking, group=group.hex) for _ in range(3))
    create_upload(client, booking)
    send_chunk(client, first, 0, b"one")
    send_chunk(client, second, 0, b"two")
    run_assembly_jobs()

    assert [(row.track_group, row.track_count) for row in all_recordings()] == [(group, 3)] * 2
    client.delete(third, headers=TUS_HEADERS)
    assert list_track_counts() == [2, 2, None]


def test_what_does_not_come_is_not_waited_for(client: FlaskClient, booking: Booking) -> None:
    group = uuid4().hex
    first, again = (create_upload(client, booking, group=group) for _ in range(2))
    for upload in (first, again):
        send_chunk(client, upload, 0, b"one")
    run_assembly_jobs()

    assert get_upload(again).state is UploadState.REFUSED  # the same file twice
    assert list_track_counts() == [1]


def test_what_runs_out_or_cannot_be_used_is_not_waited_for(client: FlaskClient, booking: Booking) -> None:
    group = uuid4().hex
    silent, _, third = (create_upload(client, booking, group=group) for _ in range(3))
    send_chunk(client, silent, 0, b"one")
    run_assembly_jobs()
    with clock.freeze_at(clock.now() + timedelta(days=6)):
        send_chunk(client, third, 0, b"si")

    with clock.freeze_at(clock.now() + timedelta(days=8)):
        clean_up_uploads()
    assert list_track_counts() == [2, 2]
    pipeline.mark_refused(all_recordings()[0], "Silent.")
    db.session.commit()

    assert list_track_counts() == [None, 1]


@pytest.mark.parametrize("fields", [{"group": "no-group"}, {"group": "g" * 32}, {"language": "xx"}])
def test_what_cannot_be_read_is_refused_with_a_reason(
    client: FlaskClient, booking: Booking, fields: dict[str, str]
) -> None:
    answer = post_upload(client, booking, 3, Upload_Metadata=metadata(**fields))

    assert answer.status_code == 400
    assert answer.text.endswith(".")
    assert db.session.scalars(select(Upload)).all() == []


def test_a_group_does_not_reach_into_another_interview(client: FlaskClient, booking: Booking, ben: StaffMember) -> None:
    other = make_transcripts.booking(of=booking.slot.call, by=ben, name="Fay")
    group = uuid4().hex
    create_upload(client, other, group=group)

    answer = post_upload(client, booking, 3, Upload_Metadata=metadata(group=group))

    assert answer.status_code == 400
    assert list_track_counts() == [1]


def test_what_comes_when_its_group_is_written_down_would_never_be(client: FlaskClient, booking: Booking) -> None:
    first, second = (make_transcripts.recording(booking.volunteer.contribution, sound) for sound in (b"one", b"two"))
    track_groups.group_with(second, first, others_follow=False)
    make_transcripts.transcript(first, "Hello.")
    group = first.track_group
    db.session.commit()

    answer = post_upload(client, booking, 3, Upload_Metadata=metadata(group=group.hex if group else ""))

    assert answer.status_code == 400
    assert "already been transcribed" in answer.text
    assert track_groups.filter_untranscribed(all_recordings()) == []


class TestPlainForm:
    def test_one_file_after_the_other_is_assembled(self, client: FlaskClient, booking: Booking) -> None:
        post_plain_form(client, booking, 300, language="ur", others_follow="y")
        first = all_recordings()[0]
        waiting = (first.language, first.track_count)

        post_plain_form(client, booking, 500, together=str(first.id))

        one, two = all_recordings()
        assert waiting == ("ur", 2)
        assert one.track_group == two.track_group is not None
        assert list_track_counts() == [2, 2]

    def test_a_file_that_was_to_follow_and_did_not_is_waited_for_a_day(
        self, client: FlaskClient, booking: Booking
    ) -> None:
        post_plain_form(client, booking, 300, others_follow="y")

        with clock.freeze_at(clock.now() + timedelta(hours=25)):
            clean_up_uploads()

        assert list_track_counts() == [1]

    @pytest.mark.parametrize("words", [{"language": "xx"}, {"together": str(uuid4())}, {"together": "'; --"}])
    def test_what_is_not_on_the_form_is_refused_and_nothing_stays(
        self, client: FlaskClient, booking: Booking, words: dict[str, str]
    ) -> None:
        answer = post_plain_form(client, booking, 300, **words)

        assert answer.status_code == 400
        assert all_recordings() == []

    def test_what_was_chosen_is_still_chosen_when_the_file_is_refused(
        self, client: FlaskClient, booking: Booking
    ) -> None:
        post_plain_form(client, booking, 300)

        page = post_plain_form(client, booking, 300, language="cy", others_follow="y").text

        assert "This file was already uploaded" in page
        assert '<option value="cy" selected>Welsh</option>' in " ".join(page.split())
