"""Say which language a recording is in after it was uploaded, while nothing of it is written down. Callers commit."""

from accounts import audit
from core import jobs
from core.database import db
from core.errors import RuleError
from transcripts.models import Recording, RecordingState
from transcripts.recordings import interview_lock, processing_jobs, recordings, tracks


class LanguageLockedError(RuleError):
    """The recording is written down already, or never will be."""


def may_change_language(recording: Recording) -> bool:
    """Of files that ran at the same time, the language of the one that carries the text counts for all."""
    if recording.state is RecordingState.REFUSED or tracks.is_secondary_track(recording):
        return False
    return recordings.get_newest_transcript(recording) is None


def change_language(recording: Recording, language: str | None) -> None:
    """None: to be found out. Begins the transcription anew, whatever became of it. Raises LanguageStaysError."""
    interview_lock.lock_interview(
        recording.contribution_id
    )  # a transcript may be stored at this moment: that one stays
    db.session.refresh(recording)
    if not may_change_language(recording):
        raise LanguageLockedError("The text of this recording is here already, so its language stays as it is.")
    if language == recording.language:
        return
    recording.language = language
    audit.record("recording's language changed", recording, language=language or "to be found out")
    if recording.state is RecordingState.PLAYABLE:
        _restart_transcription(recording)


def _restart_transcription(recording: Recording) -> None:
    job = processing_jobs.get_current_job(recording)
    if job is not None and job.is_active:
        jobs.cancel(job)  # what it says of the other language, and what it is writing in it, is not wanted any more
    processing_jobs.enqueue_transcription(recording)
