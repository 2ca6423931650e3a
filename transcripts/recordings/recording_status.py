"""How far a recording has got, described for the people who wait for it. Reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from core import job_order, jobs
from core.models import Job, JobState, Queue
from transcripts.models import Recording, RecordingState, Transcript
from transcripts.recordings import processing_jobs, queue_priority, recordings, tracks


class StatusLabel(StrEnum):
    DONE = "done"
    WAITING = "waiting"
    CHECKING = "checking"
    TRANSCRIBING = "transcribing"
    MAPPING = "mapping"
    STOPPED = "stopped"
    FAILED = "failed"
    REFUSED = "refused"
    WITH_ANOTHER = "with another"  # another recording of its track group has the transcript


STEP_DESCRIPTIONS = {
    processing_jobs.CHECK_JOB: "Checking the recording",
    processing_jobs.TRANSCRIBE_JOB: "Transcribing",
    processing_jobs.MAP_JOB: "Matching the transcript to questions",
}
STEP_LABELS = {
    processing_jobs.CHECK_JOB: StatusLabel.CHECKING,
    processing_jobs.TRANSCRIBE_JOB: StatusLabel.TRANSCRIBING,
    processing_jobs.MAP_JOB: StatusLabel.MAPPING,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingStatus:
    label: StatusLabel
    message: str
    percent: float | None = None
    is_final: bool = True  # nothing changes unless somebody acts
    may_cancel: bool = False
    may_retry: bool = False
    transcript: Transcript | None = None
    may_prioritise: bool = False  # a coordinator may move it to the front of the queue
    queue_position: str = ""  # such as "third in the queue"


QueuePositions = Mapping[UUID, int]


def get_recording_status(recording: Recording) -> RecordingStatus:
    transcript, job = recordings.get_newest_transcript(recording), processing_jobs.get_current_job(recording)
    return _build_status(recording, transcript, job, job_order.find_queue_positions(Queue.LONG))


def list_recording_statuses(listed: Sequence[Recording]) -> list[RecordingStatus]:
    """Takes no more queries than for one recording."""
    transcripts = recordings.get_newest_transcripts([recording.id for recording in listed])
    steps = [processing_jobs.find_step_after(recording, transcripts.get(recording.id)) for recording in listed]
    latest = jobs.find_latest_by_subject([step.subject_id for step in steps if step])
    queue_positions = job_order.find_queue_positions(Queue.LONG)
    current_jobs = [latest.get((step.job_name, step.subject_id)) if step else None for step in steps]
    return [
        _build_status(recording, transcripts.get(recording.id), job, queue_positions)
        for recording, job in zip(listed, current_jobs, strict=True)
    ]


def get_transcript_status(transcript: Transcript) -> RecordingStatus:
    if transcript.recording is not None:
        return get_recording_status(transcript.recording)
    job = jobs.find_latest(processing_jobs.MAP_JOB, transcript.id)
    if transcript.mapped_at is not None or job is None:
        return _describe_done(transcript)
    if not job.is_active:
        message = f"The transcript could not be matched to questions: {job.message} The text is kept."
        return RecordingStatus(label=StatusLabel.FAILED, message=message)
    if job.state is JobState.RUNNING:
        return _describe_running(job, transcript)
    return _describe_waiting(job, transcript)


def _build_status(
    recording: Recording, transcript: Transcript | None, job: Job | None, queue_positions: QueuePositions
) -> RecordingStatus:
    if recording.state is RecordingState.REFUSED:
        return RecordingStatus(label=StatusLabel.REFUSED, message=recording.refusal)
    if job is None:
        return _describe_without_job(recording, transcript)
    if not job.is_active:
        return _describe_stopped(job, transcript)
    if job.state is JobState.RUNNING:
        return _describe_running(job, transcript)
    return _describe_waiting(job, transcript, queue_positions.get(job.id))


def _describe_done(transcript: Transcript | None) -> RecordingStatus:
    return RecordingStatus(label=StatusLabel.DONE, message="The transcript is ready to read.", transcript=transcript)


def _describe_without_job(recording: Recording, transcript: Transcript | None) -> RecordingStatus:
    if transcript is None and tracks.is_secondary_track(recording):
        return RecordingStatus(label=StatusLabel.WITH_ANOTHER, message=tracks.describe_group(recording))
    if processing_jobs.find_step_after(recording, transcript) is None:
        return _describe_done(transcript)
    message = "This recording is not being processed."
    return RecordingStatus(label=StatusLabel.STOPPED, message=message, may_retry=True, transcript=transcript)


def _describe_stopped(job: Job, transcript: Transcript | None) -> RecordingStatus:
    step = STEP_DESCRIPTIONS[job.name].lower()
    if job.state is JobState.CANCELLED:
        label, message = StatusLabel.STOPPED, f"Stopped while {step}. The recording is kept."
    else:
        label, message = StatusLabel.FAILED, f"This did not work: {job.message} The recording is kept."
    return RecordingStatus(label=label, message=message, may_retry=True, transcript=transcript)


def _describe_running(job: Job, transcript: Transcript | None) -> RecordingStatus:
    is_transcribing = job.name == processing_jobs.TRANSCRIBE_JOB
    message = STEP_DESCRIPTIONS[job.name]
    if job.cancel_requested:
        message = "Stopping"
    elif is_transcribing:
        message = f"{message}: {round(job.progress * 100)}%{_format_time_left(job)}"
    return RecordingStatus(
        label=STEP_LABELS[job.name],
        message=f"{message}.",
        percent=job.progress * 100 if is_transcribing else None,
        is_final=False,
        may_cancel=not job.cancel_requested,
        transcript=transcript,
    )


def _describe_waiting(job: Job, transcript: Transcript | None, position: int | None = None) -> RecordingStatus:
    queue_position = queue_priority.describe_position(position) if position else ""
    message = job.message if job.state is JobState.WAITING else _describe_next_step(job, queue_position)
    if job.state is JobState.PENDING and job.message:
        message = f"{job.message} {message}"
    return RecordingStatus(
        label=StatusLabel.WAITING,
        message=message,
        is_final=False,
        may_cancel=True,
        transcript=transcript,
        may_prioritise=job.name == processing_jobs.TRANSCRIBE_JOB and job.state is JobState.PENDING,
        queue_position=queue_position,
    )


def _describe_next_step(job: Job, queue_position: str) -> str:
    message = f"Next step: {STEP_DESCRIPTIONS[job.name].lower()}."
    return f"{message} It is {queue_position}." if queue_position else message


def _format_time_left(job: Job) -> str:
    if job.seconds_left is None:
        return ""
    if job.seconds_left < 50:
        return ", less than a minute left"
    minutes = round(job.seconds_left / 60)
    if minutes < 90:
        return f", about {minutes} minute{'s' if minutes != 1 else ''} left"
    return f", about {round(minutes / 60)} hours left"
