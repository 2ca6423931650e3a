"""The progress of each upload, described for the person who sends it. Reads only."""

from dataclasses import dataclass
from uuid import UUID

from core import clock
from core.file_storage import format_size
from core.models import Job, JobState
from transcripts.models import Upload, UploadState
from transcripts.uploads import uploads


@dataclass(frozen=True, slots=True)
class UploadStatus:
    upload: Upload
    title: str
    label: str  # one or two words
    message: str
    percent: float | None = None  # None: not known, or nothing to wait for
    is_changing: bool = False  # without the person doing anything, so that the page should refresh
    may_cancel: bool = False
    may_retry: bool = False


def list_upload_statuses(contribution_id: UUID, person_id: UUID) -> list[UploadStatus]:
    return [_describe_upload(row) for row in uploads.list_own_uploads(contribution_id, person_id)]


def _describe_upload(row: Upload) -> UploadStatus:
    title = f"A file of {format_size(row.length_bytes)}"
    if row.state is UploadState.REFUSED:
        return UploadStatus(row, title, "refused", row.refusal, may_cancel=True)
    if row.state is UploadState.INCOMPLETE:
        return UploadStatus(
            row, title, "unfinished", _describe_unfinished(row), _calculate_percent(row), may_cancel=True
        )
    return _describe_complete(row, title, uploads.get_assembly_job(row))


def _describe_unfinished(row: Upload) -> str:
    zone = row.contribution.call.zone
    return (
        f"{format_size(row.offset_bytes)} of {format_size(row.length_bytes)} uploaded. Choose the same file again to"
        f" continue where it stopped. We will keep it until {clock.format_day_and_time(row.expires_at, zone)}."
    )


def _calculate_percent(row: Upload) -> float:
    return 100 * row.offset_bytes / row.length_bytes


def _describe_complete(row: Upload, title: str, job: Job | None) -> UploadStatus:
    if job is None or not job.is_active:
        reason = f" {job.message}" if job and job.message else ""
        message = f"It was uploaded, but could not be processed.{reason}"
        can_cancel = job is not None and job.state is JobState.FAILED
        return UploadStatus(row, title, "failed", message, may_cancel=can_cancel, may_retry=True)
    if job.state is JobState.WAITING:
        return UploadStatus(row, title, "waiting", job.message, is_changing=True)
    if job.state is JobState.RUNNING:
        message = "Uploaded. Now being processed."
        return UploadStatus(row, title, "working", message, job.progress * 100, is_changing=True)
    message = "Uploaded. Waiting to be processed and checked."
    return UploadStatus(row, title, "waiting", message, is_changing=True)
