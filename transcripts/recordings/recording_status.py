"""How far a recording has come, in words for the people who wait for it. Reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from core import job_order, jobs
from core.models import Job, JobState, Queue
from transcripts.models import Recording, RecordingState, Transcript
from transcripts.recordings import processing_jobs, queue_priority, recordings, tracks

STEP_DESCRIPTIONS = {
    processing_jobs.CHECK_JOB: "Listening whether the recording is whole",
    processing_jobs.TRANSCRIBE_JOB: "Writing down what was said",
    processing_jobs.MAP_JOB: "Finding which words answer which question",
}
STEP_LABELS = {
    processing_jobs.CHECK_JOB: "checking",
    processing_jobs.TRANSCRIBE_JOB: "transcribing",
    processing_jobs.MAP_JOB: "mapping",
}


@dataclass(frozen=True, slots=True)
class RecordingStatus:
    label: str  # one or two words
    message: str
    percent: float | None = None
    is_final: bool = True  # nothing changes any more unless somebody acts
    may_cancel: bool = False
    may_retry: bool = False
    transcript: Transcript | None = None
    may_prioritise: bool = False  # a coordinator may let it go first
    queue_position: str = ""  # in the queue, in words


QueuePositions = Mapping[UUID, int]


def get_recording_status(recording: Recording) -> RecordingStatus:
    transcript, job = recordings.get_newest_transcript(recording), processing_jobs.get_current_job(recording)
    return _build_status(recording, transcript, job, job_order.find_queue_positions(Queue.LONG))


def list_recording_statuses(listed: Sequence[Recording]) -> list[RecordingStatus]:
    """Of each, in as many queries as for one."""
    transcripts = recordings.get_newest_transcripts([recording.id for recording in listed])
    steps = [processing_jobs.find_step_after(recording, transcripts.get(recording.id)) for recording in listed]
    latest, places = (
        jobs.find_latest_by_subject([step.subject_id for step in steps if step]),
        job_order.find_queue_positions(Queue.LONG),
    )
    found = [latest.get((step.job_name, step.subject_id)) if step else None for step in steps]
    return [
        _build_status(recording, transcripts.get(recording.id), job, places)
        for recording, job in zip(listed, found, strict=True)
    ]


def get_transcript_status(transcript: Transcript) -> RecordingStatus:
    """How far a text has come: as its recording, or alone where it came without one."""
    if transcript.recording is not None:
        return get_recording_status(transcript.recording)
    job = jobs.find_latest(processing_jobs.MAP_JOB, transcript.id)
    if transcript.mapped_at is not None or job is None:
        return RecordingStatus("done", "The transcript is ready to be read.", transcript=transcript)
    if not job.is_active:
        return RecordingStatus("failed", f"Its questions could not be found: {job.message} The text is kept.")
    return (
        _describe_running(job, transcript)
        if job.state is JobState.RUNNING
        else _describe_waiting(job, transcript, None)
    )


def _build_status(
    recording: Recording, transcript: Transcript | None, job: Job | None, queue_positions: QueuePositions
) -> RecordingStatus:
    if recording.state is RecordingState.REFUSED:
        return RecordingStatus("refused", recording.refusal)
    if job is None:
        return _describe_without_job(recording, transcript)
    if not job.is_active:
        return _describe_stopped(job, transcript)
    if job.state is JobState.RUNNING:
        return _describe_running(job, transcript)
    return _describe_waiting(job, transcript, queue_positions.get(job.id))


def _describe_without_job(recording: Recording, transcript: Transcript | None) -> RecordingStatus:
    if transcript is None and tracks.is_secondary_track(recording):
        return RecordingStatus("with another", tracks.describe_group(recording))
    if processing_jobs.find_step_after(recording, transcript) is None:
        return RecordingStatus("done", "The transcript is ready to be read.", transcript=transcript)
    return RecordingStatus(
        "stopped", "Nothing is being done with this recording.", may_retry=True, transcript=transcript
    )


def _describe_stopped(job: Job, transcript: Transcript | None) -> RecordingStatus:
    doing = STEP_DESCRIPTIONS[job.name].lower()
    if job.state is JobState.CANCELLED:
        return RecordingStatus(
            "stopped", f"Stopped while {doing}. The recording is kept.", None, True, False, True, transcript
        )
    words = f"It did not work: {job.message} The recording is kept."
    return RecordingStatus("failed", words, None, True, False, True, transcript)


def _describe_running(job: Job, transcript: Transcript | None) -> RecordingStatus:
    words = STEP_DESCRIPTIONS[job.name]
    percent = None
    if job.name == processing_jobs.TRANSCRIBE_JOB:
        percent = job.progress * 100
        words = f"{words}: {round(percent)} %{_format_time_left(job)}"
    if job.cancel_requested:
        words = "Stopping"
    may_cancel = not job.cancel_requested
    return RecordingStatus(STEP_LABELS[job.name], f"{words}.", percent, False, may_cancel, False, transcript)


def _describe_waiting(job: Job, transcript: Transcript | None, position: int | None = None) -> RecordingStatus:
    where = queue_priority.describe_position(position) if position else ""
    words = job.message if job.state is JobState.WAITING else _format_turn(job, where)
    if job.state is JobState.PENDING and job.message:
        words = f"{job.message} {words}"
    may_go_first = job.name == processing_jobs.TRANSCRIBE_JOB and job.state is JobState.PENDING
    return RecordingStatus("waiting", words, None, False, True, False, transcript, may_go_first, where)


def _format_turn(job: Job, position: str) -> str:
    return f"{STEP_DESCRIPTIONS[job.name]} comes next, when it is its turn.{f' It is {position}.' if position else ''}"


def _format_time_left(job: Job) -> str:
    if job.seconds_left is None:
        return ""
    if job.seconds_left < 50:
        return ", less than a minute left"
    minutes = round(job.seconds_left / 60)
    if minutes < 90:
        return f", about {minutes} minute{'s' if minutes != 1 else ''} left"
    return f", about {round(minutes / 60)} hours left"
