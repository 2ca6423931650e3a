"""What becomes of an upload: a recording, a refusal, nothing."""

import io
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.models import StaffMember
from accounts.roles import Role
from core import clock, jobs
from core.database import db
from core.models import Job, JobState
from core.settings import Settings
from evidence import consent
from evidence.consent_terms import ConsentUse
from interviews.models import Booking
from tests.support import five_people, make, make_transcripts
from tests.support.import_steps import import_transcript, read_sample
from tests.support.upload_steps import (
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
from transcripts.models import Recording, Upload, UploadState
from transcripts.recordings import recordings
from transcripts.uploads import uploads
from transcripts.uploads.tasks import clean_up_uploads


class TestExpiry:
    def test_what_nobody_went_on_with_goes_after_a_week(
        self, client: FlaskClient, booking: Booking, sound: bytes, settings: Settings
    ) -> None:
        upload = create_upload(client, booking, len(sound))
        send_chunk(client, upload, 0, sound[:5000])

        with clock.freeze_at(clock.now() + timedelta(days=7, minutes=1)):
            jobs.sweep()
            answer = get_offset_headers(client, upload)

        assert answer.status_code == 410
        assert list_stored_files(settings) == []
        assert get_upload(upload).state is UploadState.EXPIRED

    def test_what_somebody_went_on_with_stays(self, client: FlaskClient, booking: Booking, sound: bytes) -> None:
        upload = create_upload(client, booking, len(sound))
        with clock.freeze_at(clock.now() + timedelta(days=6)):
            send_chunk(client, upload, 0, sound[:5000])

        with clock.freeze_at(clock.now() + timedelta(days=8)):
            clean_up_uploads()

        assert get_offset_headers(client, upload).headers["Upload-Offset"] == "5000"

    def test_late_bytes_find_the_upload_gone_also_before_the_sweep(
        self, client: FlaskClient, booking: Booking, sound: bytes
    ) -> None:
        upload = create_upload(client, booking, len(sound))

        with clock.freeze_at(clock.now() + timedelta(days=7, minutes=1)):
            answer = send_chunk(client, upload, 0, sound)

        assert answer.status_code == 410
        assert "Please upload it again" in answer.text

    def test_a_whole_file_never_expires(self, client: FlaskClient, booking: Booking, sound: bytes) -> None:
        upload_file(client, booking, sound)

        with clock.freeze_at(clock.now() + timedelta(days=30)):
            clean_up_uploads()

        run_assembly_jobs()
        assert read_stored(get_only_recording()) == sound

    def test_the_row_of_an_upload_goes_in_the_end(self, client: FlaskClient, booking: Booking, sound: bytes) -> None:
        upload_file(client, booking, sound)
        run_assembly_jobs()

        with clock.freeze_at(clock.now() + timedelta(days=8)):
            clean_up_uploads()

        assert db.session.scalars(select(Upload)).all() == []
        assert read_stored(get_only_recording()) == sound


class TestConsent:
    def test_without_consent_to_record_nothing_begins(self, client: FlaskClient, ben: StaffMember) -> None:
        silent = make_transcripts.booking(by=ben, record=False)

        answer = post_upload(client, silent, 100)

        assert answer.status_code == 403
        assert "has not agreed to be recorded" in answer.text
        assert db.session.scalars(select(Upload)).all() == []

    def test_consent_taken_back_while_the_file_arrived_is_found_at_the_end(
        self, client: FlaskClient, booking: Booking, sound: bytes, settings: Settings
    ) -> None:
        upload = upload_file(client, booking, sound)
        volunteer = booking.volunteer
        consent.record_decisions(volunteer.participant, volunteer.call, {ConsentUse.RECORD: False}, noted_by=None)
        db.session.commit()

        run_assembly_jobs()

        assert get_upload(upload).state is UploadState.REFUSED
        assert "no longer agrees to be recorded" in get_upload(upload).refusal
        assert db.session.scalars(select(Recording)).all() == []
        assert list_stored_files(settings) == []


class TestDuplicates:
    def test_the_same_file_is_recognised_and_not_kept_twice(
        self, client: FlaskClient, booking: Booking, sound: bytes
    ) -> None:
        upload_file(client, booking, sound)
        again = upload_file(client, booking, sound)

        run_assembly_jobs()

        assert "This file was already uploaded" in get_upload(again).refusal
        assert recordings.get_storage().list_paths() == [get_only_recording().storage_path]
        page = client.get(f"/staff/bookings/{booking.id}/recording").text
        assert "This file was already uploaded" in page

    def test_the_note_can_be_taken_off_the_page(self, client: FlaskClient, booking: Booking, sound: bytes) -> None:
        upload_file(client, booking, sound)
        again = upload_file(client, booking, sound)
        run_assembly_jobs()

        client.post(f"{again}/cancel")

        assert "This file was already uploaded" not in client.get(f"/staff/bookings/{booking.id}/recording").text
        assert read_stored(get_only_recording()) == sound


class TestOrder:
    def positions(self) -> dict[bytes, int]:
        db.session.rollback()
        return {read_stored(row): row.position for row in db.session.scalars(select(Recording))}

    def test_recordings_are_in_the_order_in_which_their_uploads_began(
        self, client: FlaskClient, booking: Booking
    ) -> None:
        first, second, third = (create_upload(client, booking, 3) for _ in range(3))

        for upload, content in [(third, b"ccc"), (first, b"aaa"), (second, b"bbb")]:
            send_chunk(client, upload, 0, content)
            run_assembly_jobs()

        assert self.positions() == {b"aaa": 1, b"bbb": 2, b"ccc": 3}

    def test_a_cancelled_one_leaves_no_gap(self, client: FlaskClient, booking: Booking) -> None:
        first, second = (create_upload(client, booking, 3) for _ in range(2))
        client.delete(first, headers=TUS_HEADERS)

        send_chunk(client, second, 0, b"bbb")
        run_assembly_jobs()

        assert self.positions() == {b"bbb": 1}

    def test_a_recording_of_the_plain_form_that_came_between_keeps_its_position(
        self, client: FlaskClient, booking: Booking
    ) -> None:
        upload = create_upload(client, booking, 3)
        make_transcripts.recording(of=booking.volunteer.contribution, sound=b"plain")
        db.session.commit()

        send_chunk(client, upload, 0, b"tus")
        run_assembly_jobs()

        assert self.positions() == {b"plain": 1, b"tus": 2}

    @pytest.mark.parametrize("is_before", [True, False])
    def test_a_text_without_sound_does_not_change_their_order(
        self, client: FlaskClient, booking: Booking, is_before: bool
    ) -> None:
        if is_before:
            import_transcript(client, booking, read_sample("zoom.vtt"))
        first, second = (create_upload(client, booking, 3) for _ in range(2))
        if not is_before:
            import_transcript(client, booking, read_sample("zoom.vtt"))

        for upload, content in [(second, b"bbb"), (first, b"aaa")]:
            send_chunk(client, upload, 0, content)
            run_assembly_jobs()

        assert self.positions() == ({b"aaa": 2, b"bbb": 3} if is_before else {b"aaa": 1, b"bbb": 2})


class TestPuttingTogether:
    def test_a_worker_killed_after_it_wrote_the_file_begins_again_and_leaves_nothing(
        self, client: FlaskClient, booking: Booking, sound: bytes
    ) -> None:
        upload = get_upload(upload_file(client, booking, sound))
        upload.joined_path = "recordings/left-by-the-dead"
        make_file("recordings/left-by-the-dead", sound)
        db.session.commit()

        run_assembly_jobs()

        assert recordings.get_storage().list_paths() == [get_only_recording().storage_path]

    def test_a_part_that_was_cut_on_the_disk_is_said_and_the_rest_is_kept(
        self, client: FlaskClient, booking: Booking, sound: bytes, settings: Settings
    ) -> None:
        upload = get_upload(upload_file(client, booking, sound))
        file = settings.data_folder / "storage" / upload.parts[0].storage_path
        file.write_bytes(file.read_bytes()[:-100])
        recordings.get_storage()._key_cache.clear()
        db.session.commit()

        run_assembly_jobs()

        job = jobs.find_latest(uploads.ASSEMBLE_JOB, upload.id)
        assert job is not None
        assert (job.state, get_upload(f"/{upload.id}").state) == (JobState.FAILED, UploadState.COMPLETE)
        assert "damaged after it arrived" in client.get(f"/staff/bookings/{booking.id}/recording").text

    def test_what_could_not_be_assembled_can_be_tried_again_or_cancelled(
        self, client: FlaskClient, booking: Booking, sound: bytes
    ) -> None:
        address = upload_file(client, booking, sound)
        job = jobs.find_latest(uploads.ASSEMBLE_JOB, get_upload(address).id)
        assert job is not None
        job.state, job.message = JobState.FAILED, "Given up."
        db.session.commit()
        assert "Try again" in client.get(f"/staff/bookings/{booking.id}/recording").text

        client.post(f"{address}/retry")
        run_assembly_jobs()

        assert read_stored(get_only_recording()) == sound


def make_file(path: str, content: bytes) -> None:
    recordings.get_storage().store(io.BytesIO(content), path, announced_bytes=None, max_bytes=len(content))


class TestFullDisk:
    @pytest.fixture
    def disk(self, tmp_path: Path) -> Iterator[Path]:
        """Of 2 MiB, at first."""
        disk = tmp_path / "small"
        disk.mkdir()
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=2m,mode=0700", "tmpfs", disk], capture_output=True, check=False
        )
        if mounted.returncode:
            pytest.skip("A disk that fills up needs the right to mount one.")
        yield disk
        subprocess.run(["umount", disk], check=True)

    @pytest.fixture
    def settings(self, settings: Settings, disk: Path) -> Settings:
        return replace(settings, storage_url=f"file://{disk}")

    def test_it_is_said_and_nothing_that_had_come_is_lost(self, client: FlaskClient, booking: Booking) -> None:
        sound = make_transcripts.tone_wav(seconds=200)
        upload = create_upload(client, booking, len(sound))
        send_chunk(client, upload, 0, sound[:500_000])

        answer = send_chunk(client, upload, 500_000, sound[500_000:])

        assert answer.status_code == 507
        assert "There is no space left" in answer.text
        assert get_offset_headers(client, upload).headers["Upload-Offset"] == "500000"

    def test_a_file_that_cannot_be_assembled_waits_for_room(
        self, client: FlaskClient, booking: Booking, disk: Path
    ) -> None:
        sound = make_transcripts.tone_wav(seconds=80)
        upload_file(client, booking, sound)
        run_assembly_jobs()
        page = client.get(f"/staff/bookings/{booking.id}/recording").text
        assert "There is not enough disk space to process this file" in page

        subprocess.run(["mount", "-o", "remount,size=8m", disk], check=True)
        with clock.freeze_at(clock.now() + timedelta(minutes=2)):
            jobs.sweep()
            for job_id in db.session.scalars(select(Job.id).where(Job.state == JobState.WAITING)).all():
                db.session.commit()
                jobs.run(job_id)

        assert read_stored(get_only_recording()) == sound
        assert count_parts() == 0


class TestRefusedFiles:
    def test_a_file_that_is_no_sound_is_set_aside_and_said(self, client: FlaskClient, booking: Booking) -> None:
        upload_file(client, booking, b"This is a letter, not a recording." * 50)

        make.run_jobs()

        assert "We cannot read this file" in get_only_recording().refusal
        assert recordings.get_storage().exists(get_only_recording().storage_path)

    def test_a_coordinator_finds_what_was_refused(self, app: Flask, client: FlaskClient, booking: Booking) -> None:
        upload_file(client, booking, b"This is a letter, not a recording." * 50)
        upload_file(client, booking, make_transcripts.tone_wav(pitch=300))
        make.run_jobs()
        refused = db.session.scalars(select(Recording).where(Recording.refusal != "")).one()
        amira = five_people.sign_in_staff(app, make.staff("amira", Role.COORDINATOR).id)

        everything, page = (amira.get(f"/staff/recordings{query}").text for query in ("", "?state=refused"))

        assert f"/staff/recordings/{refused.id}" in page
        assert "We cannot read this file" in page
        assert (page.count("/staff/recordings/"), everything.count("/staff/recordings/")) == (1, 2)
