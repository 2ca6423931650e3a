"""Import transcripts made elsewhere: who may, which recording one belongs to, what it replaces. Callers commit."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlalchemy import or_, select

from accounts import audit
from core import clock
from core.database import db
from core.errors import RuleError
from core.exits import ExitUse
from evidence import consent
from evidence.models import Contribution
from transcripts.importing import ImportedTranscript, drafts
from transcripts.importing.clock_times import format_clock_time
from transcripts.kinds.closed_sets import TimePrecision
from transcripts.models import (
    Decision,
    ImportDraft,
    Passage,
    Recording,
    RecordingState,
    Transcript,
    TranscriptOrigin,
)
from transcripts.recordings import interview_lock, processing_jobs, recordings, tracks
from transcripts.text import stored_transcripts
from transcripts.text.spoken import SpokenTranscript
from transcripts.text.stored_transcripts import ImportSource
from transcripts.transcription import recognition_checkpoints

MAX_OVERRUN_SECONDS = 60.0  # by which a text may outlast its recording


class ImportNotAllowedError(RuleError): ...


class AlreadyImportedError(RuleError): ...


class WrongRecordingError(RuleError): ...


@dataclass(frozen=True, slots=True)
class ImportChoice:
    recording_id: UUID | None  # None: there is no recording of it
    language: str
    roles: Mapping[str, str] = field(default_factory=dict)  # a speaker's letter -> the value of a SpeakerRole


def may_import(contribution: Contribution) -> bool:
    return consent.decide(ExitUse.READING, contribution).is_allowed


def require_import_consent(contribution: Contribution) -> None:
    decision = consent.decide(ExitUse.READING, contribution)
    if not decision.is_allowed:
        reason = decision.explain(contribution.participant.reference)
        raise ImportNotAllowedError(f"{reason} So you cannot import a transcript.")


def require_new_file(contribution: Contribution, sha256: str) -> None:
    query = select(Transcript).where(Transcript.contribution_id == contribution.id, Transcript.source_sha256 == sha256)
    earlier = db.session.scalars(query.order_by(Transcript.created_at).limit(1)).first()
    if earlier is not None:
        when = clock.format_day_and_time(earlier.created_at, contribution.call.zone)
        raise AlreadyImportedError(f"You have already imported this file, on {when}. We did not store it again.")


def list_candidate_recordings(contribution: Contribution) -> list[Recording]:
    """Recordings that a transcript can belong to; of a track group, only the first."""
    leads: dict[UUID, Recording] = {}
    for row in recordings.list_recordings(contribution.id):
        if row.state is not RecordingState.REFUSED:
            leads.setdefault(row.track_group or row.id, row)
    return list(leads.values())


def list_imported_transcripts(contribution_id: UUID) -> list[Transcript]:
    query = select(Transcript).where(
        Transcript.contribution_id == contribution_id, Transcript.origin == TranscriptOrigin.IMPORTED
    )
    return list(db.session.scalars(query.order_by(Transcript.position, Transcript.number)))


def import_transcript(draft: ImportDraft, read: ImportedTranscript, choice: ImportChoice) -> Transcript:
    """The transcript becomes the newest version of its part of the interview.

    Raises DraftGoneError, ImportNotAllowedError, AlreadyImportedError, WrongRecordingError, and
    RecordingNotAllowedError if it belongs to a recording.
    """
    interview_lock.lock_interview(draft.contribution_id)
    draft = drafts.lock_draft(draft.id)
    contribution, sha256 = draft.contribution, draft.sha256 or ""
    require_import_consent(contribution)
    require_new_file(contribution, sha256)
    recording = _resolve_recording(contribution, read, choice.recording_id)
    if recording is not None:
        _cancel_recognition(recording)
    source = ImportSource(draft.storage_path, sha256, read.format, read.times, draft.uploaded_by, choice.roles)
    transcript = stored_transcripts.store_imported(contribution, recording, _set_language(read, choice), source)
    db.session.delete(draft)
    db.session.flush()
    audit.record("transcript imported", transcript, format=read.format, segments=len(read.spoken.segments))
    processing_jobs.enqueue_mapping(transcript.id)
    return transcript


def _resolve_recording(
    contribution: Contribution, read: ImportedTranscript, recording_id: UUID | None
) -> Recording | None:
    if recording_id is None:
        return None
    recording = next((row for row in list_candidate_recordings(contribution) if row.id == recording_id), None)
    if recording is None:
        raise WrongRecordingError("Choose one of the recordings of this interview, or none.")
    recordings.require_recording_consent(contribution)
    _require_matching_length(recording, read)
    if _has_decisions(recording):
        raise WrongRecordingError(
            f"People have already decided about passages of recording {recording.position}, so its transcript stays."
            " You can only import this one without a recording."
        )
    return recording


def _cancel_recognition(recording: Recording) -> None:
    if recording.state is RecordingState.PLAYABLE:
        processing_jobs.cancel_processing(recording)
    for row in tracks.list_tracks(recording):
        recognition_checkpoints.delete_checkpoints(row.id)


def _require_matching_length(recording: Recording, read: ImportedTranscript) -> None:
    length = recording.duration_seconds
    if length is None or read.times is TimePrecision.ESTIMATED or read.spoken.duration <= length + MAX_OVERRUN_SECONDS:
        return
    raise WrongRecordingError(
        f"This transcript goes on until {format_clock_time(read.spoken.duration)}, but recording {recording.position}"
        f" is only {format_clock_time(length)} long. Choose another recording, or none."
    )


def _has_decisions(recording: Recording) -> bool:
    of_recording = select(Transcript.id).where(Transcript.recording_id == recording.id)
    decided = select(Passage.id).where(Passage.transcript_id.in_(of_recording), Passage.decided_at.is_not(None))
    undone = select(Decision.id).where(Decision.transcript_id.in_(of_recording))
    return bool(db.session.scalar(select(or_(decided.exists(), undone.exists()))))


def _set_language(read: ImportedTranscript, choice: ImportChoice) -> SpokenTranscript:
    return replace(read.spoken, language=choice.language)
