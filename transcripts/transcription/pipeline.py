"""Decide what happens to a recording next, and store the results. The slow work is in tasks.py; callers commit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from accounts import audit
from core.database import db
from core.errors import NotReadyError, RuleError
from core.exits import ExitUse
from core.settings import current_settings
from evidence import consent
from evidence.models import Contribution
from transcripts.audio import listening_copies
from transcripts.audio.audio_facts import PROBLEM_MESSAGES, AudioFacts, AudioProblem
from transcripts.models import Recording, RecordingState, Transcript
from transcripts.recordings import interview_lock, recordings, track_groups, tracks
from transcripts.recordings.media_types import find_media_type
from transcripts.recordings.processing_jobs import enqueue_mapping, enqueue_next_step, enqueue_transcription
from transcripts.speakers import role_guess
from transcripts.text import stored_transcripts
from transcripts.text.spoken import SpokenTranscript
from transcripts.text.stored_transcripts import RecognitionProvenance
from transcripts.transcription import recognition_checkpoints


class NothingToUseError(RuleError): ...


@dataclass(frozen=True, slots=True)
class RecognitionPart:
    recording_id: UUID
    storage_path: str
    sha256: str
    duration_seconds: float
    channels: int = 1
    channel: int | None = None  # None: all mixed
    has_one_voice: bool = False


@dataclass(frozen=True, slots=True)
class TranscriptionPlan:
    parts: tuple[RecognitionPart, ...]
    model: str
    language: str | None  # None: detected
    glossary: tuple[str, ...]

    @property
    def duration_seconds(self) -> float:
        return max(part.duration_seconds for part in self.parts)


def mark_playable(recording: Recording, facts: AudioFacts) -> None:
    recording.state = RecordingState.PLAYABLE
    recording.duration_seconds, recording.channels = facts.duration_seconds, facts.channels
    recording.media_type = find_media_type(facts.container, has_video=facts.has_video)
    recording.notice = facts.describe_loss()
    audit.record("recording found sound", recording, duration_seconds=facts.duration_seconds)
    enqueue_transcription(tracks.get_primary_track(recording))
    listening_copies.enqueue_copy(recording)


def mark_refused(recording: Recording, reason: str) -> None:
    others = [row for row in tracks.list_tracks(recording) if row.id != recording.id]
    recording.state, recording.refusal = RecordingState.REFUSED, reason
    track_groups.leave_group(recording)
    if others:
        enqueue_transcription(others[0])
    audit.record("recording refused", recording)


def may_use_damaged(recording: Recording) -> bool:
    is_damaged = recording.refusal.startswith(PROBLEM_MESSAGES[AudioProblem.DAMAGED])
    return recording.state is RecordingState.REFUSED and is_damaged and not recording.accepts_loss


def use_damaged(recording: Recording) -> None:
    """It is checked again, and what can be played is transcribed. Raises NothingToUseError."""
    if not may_use_damaged(recording):
        raise NothingToUseError("This recording cannot be used in part.")
    recording.state, recording.refusal, recording.accepts_loss = RecordingState.RECEIVED, "", True
    audit.record("damaged recording used", recording)
    enqueue_next_step(recording)


def build_plan(recording: Recording) -> TranscriptionPlan | None:
    """None when there is nothing to transcribe. Raises NotReadyError while consent or files are missing."""
    if recording.state is not RecordingState.PLAYABLE or recordings.get_newest_transcript(recording) is not None:
        return None
    if tracks.is_secondary_track(recording):
        return None
    require_transcription_consent(recording.contribution)
    return TranscriptionPlan(
        parts=_build_parts(tracks.require_complete_group(recording)),
        model=recording.model or current_settings().whisper_model,
        language=recording.language,
        glossary=tuple(recording.contribution.call.glossary),
    )


def _build_parts(files: Sequence[Recording]) -> tuple[RecognitionPart, ...]:
    return tuple(
        RecognitionPart(
            row.id,
            row.storage_path,
            row.sha256,
            row.duration_seconds or 0.0,
            row.channels or 1,
            has_one_voice=len(files) > 1,
        )
        for row in files
    )


def require_transcription_consent(contribution: Contribution) -> None:
    decision = consent.decide(ExitUse.TRANSCRIBING, contribution)
    if not decision.is_allowed:
        reason = decision.explain(contribution.participant.reference)
        raise NotReadyError(f"{reason} So the recording is not transcribed. Transcription starts when they agree.")


def store_transcript(
    recording_id: UUID, recording_ids: Iterable[UUID], spoken: SpokenTranscript, provenance: RecognitionProvenance
) -> Transcript | None:
    """Stores nothing if another transcript was added meanwhile; enqueues the mapping.

    `recording_ids`: the recordings that were transcribed. Raises NotReadyError if their group has grown.
    """
    recording = db.session.get_one(Recording, recording_id)
    interview_lock.lock_interview(recording.contribution_id)  # an import at this moment takes precedence
    planned = build_plan(recording)
    if planned is None:
        recognition_checkpoints.delete_checkpoints(recording_id)
        return None
    if {part.recording_id for part in planned.parts} != set(recording_ids):
        raise NotReadyError(
            "Another file of the same conversation has been uploaded meanwhile. They will be transcribed together,"
            " starting in a minute."
        )
    transcript = stored_transcripts.store_recognised(recording, spoken, provenance)
    transcript.roles = {letter: role.value for letter, role in role_guess.guess_roles(spoken).items()}
    for part in planned.parts:
        recognition_checkpoints.delete_checkpoints(part.recording_id)
    audit.record("transcript stored", transcript, model=transcript.model, segments=len(spoken.segments))
    enqueue_mapping(transcript.id)
    return transcript
