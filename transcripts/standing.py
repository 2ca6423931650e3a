"""How far a recording has come, in words for the people who wait for it. Reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from core import jobs, turns
from core.models import Job, JobState, Queue
from transcripts import next_up, recordings, transcription
from transcripts.models import Recording, RecordingState, Transcript
from transcripts.speakers import tracks

DOING = {
    transcription.CHECK: "Listening whether the recording is whole",
    transcription.TRANSCRIBE: "Writing down what was said",
    transcription.MAP: "Finding which words answer which question",
}
SHORT = {
    transcription.CHECK: "checking",
    transcription.TRANSCRIBE: "transcribing",
    transcription.MAP: "mapping",
}


@dataclass(frozen=True, slots=True)
class Standing:
    status: str  # one or two words
    words: str
    percent: float | None = None
    is_over: bool = True  # nothing changes any more unless somebody acts
    may_cancel: bool = False
    may_retry: bool = False
    transcript: Transcript | None = None
    waits_for_turn: bool = False  # a coordinator may let it go first
    place: str = ""  # in the queue, in words


Places = Mapping[UUID, int]


def standing_of(recording: Recording) -> Standing:
    transcript, job = recordings.newest_transcript(recording), transcription.job_of(recording)
    return _standing(recording, transcript, job, turns.places(Queue.LONG))


def standings_of(listed: Sequence[Recording]) -> list[Standing]:
    """Of each, in as many queries as for one."""
    transcripts = recordings.newest_transcripts([recording.id for recording in listed])
    steps = [transcription.step_after(recording, transcripts.get(recording.id)) for recording in listed]
    latest, places = jobs.latest_of([step.subject_id for step in steps if step]), turns.places(Queue.LONG)
    found = [latest.get((step.job, step.subject_id)) if step else None for step in steps]
    return [
        _standing(recording, transcripts.get(recording.id), job, places)
        for recording, job in zip(listed, found, strict=True)
    ]


def standing_of_transcript(transcript: Transcript) -> Standing:
    """How far a text has come: as its recording, or alone where it came without one."""
    if transcript.recording is not None:
        return standing_of(transcript.recording)
    job = jobs.latest(transcription.MAP, transcript.id)
    if transcript.mapped_at is not None or job is None:
        return Standing("done", "The transcript is ready to be read.", transcript=transcript)
    if not job.is_active:
        return Standing("failed", f"Its questions could not be found: {job.message} The text is kept.")
    return _running(job, transcript) if job.state is JobState.RUNNING else _waiting(job, transcript, None)


def _standing(recording: Recording, transcript: Transcript | None, job: Job | None, places: Places) -> Standing:
    if recording.state is RecordingState.REFUSED:
        return Standing("refused", recording.refusal)
    if job is None:
        return _without_job(recording, transcript)
    if not job.is_active:
        return _stopped(job, transcript)
    if job.state is JobState.RUNNING:
        return _running(job, transcript)
    return _waiting(job, transcript, places.get(job.id))


def _without_job(recording: Recording, transcript: Transcript | None) -> Standing:
    if transcript is None and tracks.is_carried(recording):
        return Standing("with another", tracks.note_for(recording))
    if transcription.step_after(recording, transcript) is None:
        return Standing("done", "The transcript is ready to be read.", transcript=transcript)
    return Standing("stopped", "Nothing is being done with this recording.", may_retry=True, transcript=transcript)


def _stopped(job: Job, transcript: Transcript | None) -> Standing:
    doing = DOING[job.name].lower()
    if job.state is JobState.CANCELLED:
        return Standing(
            "stopped", f"Stopped while {doing}. The recording is kept.", None, True, False, True, transcript
        )
    words = f"It did not work: {job.message} The recording is kept."
    return Standing("failed", words, None, True, False, True, transcript)


def _running(job: Job, transcript: Transcript | None) -> Standing:
    words = DOING[job.name]
    percent = None
    if job.name == transcription.TRANSCRIBE:
        percent = job.progress * 100
        words = f"{words}: {round(percent)} %{_time_left(job)}"
    if job.cancel_requested:
        words = "Stopping"
    may_cancel = not job.cancel_requested
    return Standing(SHORT[job.name], f"{words}.", percent, False, may_cancel, False, transcript)


def _waiting(job: Job, transcript: Transcript | None, place: int | None = None) -> Standing:
    where = next_up.place_in_words(place) if place else ""
    words = job.message if job.state is JobState.WAITING else _its_turn(job, where)
    if job.state is JobState.PENDING and job.message:
        words = f"{job.message} {words}"
    may_go_first = job.name == transcription.TRANSCRIBE and job.state is JobState.PENDING
    return Standing("waiting", words, None, False, True, False, transcript, may_go_first, where)


def _its_turn(job: Job, where: str) -> str:
    return f"{DOING[job.name]} comes next, when it is its turn.{f' It is {where}.' if where else ''}"


def _time_left(job: Job) -> str:
    if job.seconds_left is None:
        return ""
    if job.seconds_left < 50:
        return ", less than a minute left"
    minutes = round(job.seconds_left / 60)
    if minutes < 90:
        return f", about {minutes} minute{'s' if minutes != 1 else ''} left"
    return f", about {round(minutes / 60)} hours left"
