"""Which job a recording needs next, and how it is enqueued. Callers commit."""

from dataclasses import dataclass
from uuid import UUID

from accounts import audit
from core import job_order, jobs
from core.errors import RuleError
from core.models import Job, JobState
from evidence.models import Contribution
from transcripts.models import Recording, RecordingState, Transcript
from transcripts.recordings import recordings, tracks

CHECK_JOB = "check recording"
TRANSCRIBE_JOB = "transcribe"
MAP_JOB = "map"
REMAPPING_PRIORITY = 4 * 3600.0  # after every new recording that is shorter than this


class NothingToDoError(RuleError): ...


@dataclass(frozen=True, slots=True)
class NextStep:
    job_name: str
    subject_id: UUID


def find_next_step(recording: Recording) -> NextStep | None:
    return find_step_after(recording, recordings.get_newest_transcript(recording))


def find_step_after(recording: Recording, transcript: Transcript | None) -> NextStep | None:
    if recording.state is RecordingState.REFUSED:
        return None
    if recording.state is RecordingState.RECEIVED:
        return NextStep(CHECK_JOB, recording.id)
    if transcript is None:
        return None if tracks.is_secondary_track(recording) else NextStep(TRANSCRIBE_JOB, recording.id)
    return NextStep(MAP_JOB, transcript.id) if transcript.mapped_at is None else None


def enqueue_next_step(recording: Recording) -> Job:
    """Also retries what failed or was cancelled. Raises NothingToDoError."""
    step = find_next_step(recording)
    if step is None:
        raise NothingToDoError("There is nothing left to do with this recording.")
    return (
        enqueue_transcription(recording)
        if step.job_name == TRANSCRIBE_JOB
        else jobs.enqueue(step.job_name, step.subject_id)
    )


def enqueue_transcription(recording: Recording) -> Job:
    return jobs.enqueue(TRANSCRIBE_JOB, recording.id, priority=calculate_priority(recording))


def calculate_priority(recording: Recording) -> float:
    """Urgent recordings first, then shorter ones."""
    return job_order.HIGHEST if recording.is_urgent else max(recording.duration_seconds or 0.0, 1.0)


def enqueue_mapping(transcript_id: UUID) -> Job:
    return jobs.enqueue(MAP_JOB, transcript_id, priority=job_order.IMMEDIATE)


def enqueue_remapping(transcript_id: UUID) -> None:
    """After recordings that people wait for. A mapping that has not started yet will use the newest data anyway."""
    job = jobs.find_latest(MAP_JOB, transcript_id)
    if job is None or not job.is_active or job.state is JobState.RUNNING:
        jobs.enqueue(MAP_JOB, transcript_id, priority=REMAPPING_PRIORITY)


def get_current_job(recording: Recording) -> Job | None:
    step = find_next_step(recording)
    return jobs.find_latest(step.job_name, step.subject_id) if step else None


def cancel_processing(recording: Recording) -> None:
    job = get_current_job(recording)
    if job is not None and job.is_active:
        jobs.cancel(job)
        audit.record("recording work cancelled", recording, job=job.name)


def retry_waiting_recordings(contribution: Contribution) -> None:
    for recording in recordings.list_recordings(contribution.id):
        job = get_current_job(recording)
        if job is not None and job.is_active and job.name == TRANSCRIBE_JOB:
            enqueue_transcription(recording)
