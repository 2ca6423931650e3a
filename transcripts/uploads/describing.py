"""How far each upload has come, in words for the person who sends it. Reads only."""

from dataclasses import dataclass
from uuid import UUID

from core import clock
from core.files import readable_size
from core.models import Job, JobState
from transcripts.models import Upload, UploadState
from transcripts.uploads import uploads


@dataclass(frozen=True, slots=True)
class DescribedUpload:
    upload: Upload
    title: str
    status: str  # one or two words
    words: str
    percent: float | None = None  # None where it cannot be said, or there is nothing to wait for
    is_changing: bool = False  # by itself, so that a page should look again
    may_cancel: bool = False
    may_retry: bool = False


def described_uploads(contribution_id: UUID, person_id: UUID) -> list[DescribedUpload]:
    """A person's own, in the order of the conversation."""
    return [_described(row) for row in uploads.on_page(contribution_id, person_id)]


def _described(row: Upload) -> DescribedUpload:
    title = f"A file of {readable_size(row.length_bytes)}"
    if row.state is UploadState.REFUSED:
        return DescribedUpload(row, title, "refused", row.refusal, may_cancel=True)
    if row.state is UploadState.ARRIVING:
        return DescribedUpload(row, title, "unfinished", _unfinished(row), _percent(row), may_cancel=True)
    return _whole(row, title, uploads.job_of(row))


def _unfinished(row: Upload) -> str:
    zone = row.contribution.call.zone
    return (
        f"{readable_size(row.offset_bytes)} of {readable_size(row.length_bytes)} have arrived. Choose the same file"
        f" again to go on where it stopped. It is kept until {clock.day_and_time(row.expires_at, zone)}."
    )


def _percent(row: Upload) -> float:
    return 100 * row.offset_bytes / row.length_bytes


def _whole(row: Upload, title: str, job: Job | None) -> DescribedUpload:
    if job is None or not job.is_active:
        why = f" {job.message}" if job and job.message else ""
        words = f"It has arrived, but could not be put together.{why}"
        can_cancel = job is not None and job.state is JobState.FAILED
        return DescribedUpload(row, title, "failed", words, may_cancel=can_cancel, may_retry=True)
    if job.state is JobState.WAITING:
        return DescribedUpload(row, title, "waiting", job.message, is_changing=True)
    if job.state is JobState.RUNNING:
        words = "It has arrived and is being put together."
        return DescribedUpload(row, title, "working", words, job.progress * 100, is_changing=True)
    words = "It has arrived. It is put together and checked when it is its turn."
    return DescribedUpload(row, title, "waiting", words, is_changing=True)
