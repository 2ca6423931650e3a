"""Change the language of an uploaded recording that has not been transcribed yet. Callers commit."""

from accounts import audit
from core import jobs
from core.database import db
from core.errors import RuleError
from transcripts.models import Recording, RecordingState
from transcripts.recordings import interview_lock, processing_jobs, recordings, tracks


class LanguageLockedError(RuleError): ...


def may_change_language(recording: Recording) -> bool:
    """In a track group, the language of the primary track counts for all."""
    if recording.state is RecordingState.REFUSED or tracks.is_secondary_track(recording):
        return False
    return recordings.get_newest_transcript(recording) is None


def change_language(recording: Recording, language: str | None) -> None:
    """None: detect it. Starts the transcription again. Raises LanguageLockedError."""
    interview_lock.lock_interview(recording.contribution_id)  # a transcript may be stored at this moment
    db.session.refresh(recording)
    if not may_change_language(recording):
        raise LanguageLockedError("This recording has already been transcribed, so you cannot change its language.")
    if language == recording.language:
        return
    recording.language = language
    audit.record("recording's language changed", recording, language=language or "to be found out")
    if recording.state is RecordingState.PLAYABLE:
        _restart_transcription(recording)


def _restart_transcription(recording: Recording) -> None:
    job = processing_jobs.get_current_job(recording)
    if job is not None and job.is_active:
        jobs.cancel(job)  # its message and result belong to the previous language
    processing_jobs.enqueue_transcription(recording)
