"""Bring in transcripts that were made elsewhere: who may, what one belongs to, what it replaces. Callers commit.

What a file says is read in importing/; files that only wait are in import_drafts.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlalchemy import or_, select

from accounts import audit
from core import clock
from core.database import db
from core.errors import RuleError
from evidence import consent
from evidence.consent_terms import Use
from evidence.models import Contribution
from transcripts import heard_windows, import_drafts, passages, recordings, stored_transcripts, transcription
from transcripts.importing import ReadTranscript
from transcripts.importing.clock_times import as_clock
from transcripts.importing.transcripts import KnownTimes
from transcripts.models import Decision, ImportDraft, Origin, Passage, Recording, RecordingState, Transcript
from transcripts.speakers import tracks
from transcripts.spoken import SpokenTranscript
from transcripts.stored_transcripts import Source

LONGER_SECONDS = 60.0  # by which a text may outlast its recording


class ImportNotAllowedError(RuleError):
    """The person has not agreed to have what they said written down."""


class AlreadyImportedError(RuleError):
    """The same file was brought in to this interview before."""


class WrongRecordingError(RuleError):
    """The transcript cannot belong to that recording."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What the uploader said about a transcript."""

    recording_id: UUID | None  # None: it comes without one
    language: str
    roles: Mapping[str, str] = field(default_factory=dict)  # a speaker's letter -> the value of a SpeakerRole


def may_import(contribution: Contribution) -> bool:
    return consent.allows(contribution.participant_id, contribution.call_id, Use.TRANSCRIBE)


def refuse_without_consent(contribution: Contribution) -> None:
    """Raises ImportNotAllowedError."""
    if not may_import(contribution):
        raise ImportNotAllowedError(
            f"{contribution.participant.reference} has not agreed to have what they said written down, so no transcript"
            " can be brought in."
        )


def refuse_known(contribution: Contribution, sha256: str) -> None:
    """Raises AlreadyImportedError."""
    wanted = select(Transcript).where(Transcript.contribution_id == contribution.id, Transcript.source_sha256 == sha256)
    earlier = db.session.scalars(wanted.order_by(Transcript.created_at).limit(1)).first()
    if earlier is not None:
        when = clock.day_and_time(earlier.created_at, contribution.call.zone)
        raise AlreadyImportedError(
            f"You have this one already: the same file was brought in on {when}. It was not stored a second time."
        )


def recordings_to_choose(contribution: Contribution) -> list[Recording]:
    """Recordings that a transcript can be of. Of files with a speaker each, the first stands for all."""
    leads: dict[UUID, Recording] = {}
    for row in recordings.of_interview(contribution.id):
        if row.state is not RecordingState.REFUSED:
            leads.setdefault(row.track_group or row.id, row)
    return list(leads.values())


def imported(contribution_id: UUID) -> list[Transcript]:
    """What was brought in to an interview, in the order of its parts."""
    wanted = select(Transcript).where(
        Transcript.contribution_id == contribution_id, Transcript.origin == Origin.IMPORTED
    )
    return list(db.session.scalars(wanted.order_by(Transcript.position, Transcript.number)))


def bring_in(draft: ImportDraft, read: ReadTranscript, choice: Choice) -> Transcript:
    """The newest version of its part of the interview; its questions are looked for next.

    Raises DraftGoneError, ImportNotAllowedError, AlreadyImportedError, WrongRecordingError, and
    RecordingNotAllowedError when it belongs to a recording.
    """
    passages.lock(draft.contribution_id)
    draft = import_drafts.held(draft.id)
    contribution, sha256 = draft.contribution, draft.sha256 or ""
    refuse_without_consent(contribution)
    refuse_known(contribution, sha256)
    recording = _chosen(contribution, read, choice.recording_id)
    if recording is not None:
        _take_the_place_of_recognition(recording)
    source = Source(draft.storage_path, sha256, read.format, read.times.value, draft.uploaded_by, choice.roles)
    transcript = stored_transcripts.store_imported(contribution, recording, _in_language(read, choice), source)
    db.session.delete(draft)
    db.session.flush()
    audit.record("transcript imported", transcript, format=read.format, segments=len(read.spoken.segments))
    transcription.ask_to_map(transcript.id)
    return transcript


def _chosen(contribution: Contribution, read: ReadTranscript, recording_id: UUID | None) -> Recording | None:
    if recording_id is None:
        return None
    recording = next((row for row in recordings_to_choose(contribution) if row.id == recording_id), None)
    if recording is None:
        raise WrongRecordingError("Choose one of the recordings of this interview, or none.")
    recordings.refuse_without_consent(contribution)
    _refuse_longer(recording, read)
    if _is_decided_on(recording):
        raise WrongRecordingError(
            f"People have already decided about passages of recording {recording.position}, so its transcript stays."
            " This one can only come in by itself, without a recording."
        )
    return recording


def _take_the_place_of_recognition(recording: Recording) -> None:
    """Whether the recording is whole is found out all the same."""
    if recording.state is RecordingState.SOUND:
        transcription.cancel(recording)
    for row in tracks.members(recording):
        heard_windows.forget(row.id)


def _refuse_longer(recording: Recording, read: ReadTranscript) -> None:
    """A text that goes on when its sound is over belongs to another recording."""
    length = recording.duration_seconds
    if length is None or read.times is KnownTimes.ESTIMATED or read.spoken.duration <= length + LONGER_SECONDS:
        return
    raise WrongRecordingError(
        f"This transcript goes on until {as_clock(read.spoken.duration)}, but recording {recording.position} is only"
        f" {as_clock(length)} long. Choose another recording, or none."
    )


def _is_decided_on(recording: Recording) -> bool:
    """Also when it was undone later: somebody has worked on that text."""
    of_recording = select(Transcript.id).where(Transcript.recording_id == recording.id)
    decided = select(Passage.id).where(Passage.transcript_id.in_(of_recording), Passage.decided_at.is_not(None))
    undone = select(Decision.id).where(Decision.transcript_id.in_(of_recording))
    return bool(db.session.scalar(select(or_(decided.exists(), undone.exists()))))


def _in_language(read: ReadTranscript, choice: Choice) -> SpokenTranscript:
    return replace(read.spoken, language=choice.language)
