"""Send files to the application as a tus client does, and look at what became of them."""

from pathlib import Path
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from core import jobs
from core.database import db
from core.models import Job, JobState
from core.settings import Settings
from interviews.models import Booking
from transcripts.models import Recording, Upload, UploadPart
from transcripts.recordings import recordings
from transcripts.uploads import uploads

BODY_TYPE = "application/offset+octet-stream"
TUS_HEADERS = {"Tus-Resumable": "1.0.0"}


def post_upload(client: FlaskClient, booking: Booking, length: int, **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post(
        f"/staff/bookings/{booking.id}/uploads", headers={**TUS_HEADERS, "Upload-Length": str(length), **named}
    )


def create_upload(client: FlaskClient, booking: Booking, length: int) -> str:
    answer = post_upload(client, booking, length)
    assert answer.status_code == 201
    return answer.headers["Location"]


def send_chunk(client: FlaskClient, upload: str, offset: int, content: bytes, **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.patch(
        upload, data=content, content_type=BODY_TYPE, headers={**TUS_HEADERS, "Upload-Offset": str(offset), **named}
    )


def get_offset_headers(client: FlaskClient, upload: str) -> TestResponse:
    return client.head(upload, headers=TUS_HEADERS)


def upload_file(client: FlaskClient, booking: Booking, sound: bytes) -> str:
    upload = create_upload(client, booking, len(sound))
    assert send_chunk(client, upload, 0, sound).status_code == 204
    return upload


def get_upload(upload: str) -> Upload:
    db.session.rollback()
    return db.session.get_one(Upload, UUID(upload.rpartition("/")[2]))


def list_stored_files(settings: Settings) -> list[Path]:
    return [path for path in (settings.data_folder / "storage").rglob("*") if path.is_file()]


def read_stored(recording: Recording) -> bytes:
    return recordings.get_storage().read_range(recording.storage_path, 0, recording.size_bytes)


def get_only_recording() -> Recording:
    db.session.rollback()
    return db.session.scalars(select(Recording)).one()


def count_parts() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count(UploadPart.id))) or 0


def run_assembly_jobs() -> None:
    """Assemble complete uploads in the order of arrival, without checking them."""
    for job_id in db.session.scalars(
        select(Job.id).where(Job.name == uploads.ASSEMBLE_JOB, Job.state == JobState.PENDING).order_by(Job.created_at)
    ).all():
        db.session.commit()
        jobs.run(job_id)
