"""Decide what happens to a recording next, and store what comes out. The slow work is in tasks.py; callers commit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import current_app

from accounts import audit
from core import jobs, turns
from core.database import db
from core.errors import NotYetError, RuleError
from core.models import Job, JobState
from core.settings import Settings
from evidence import consent
from evidence.consent_terms import Use
from evidence.models import Contribution
from transcripts import heard_windows, passages, recordings, stored_transcripts, together
from transcripts.listening import copies
from transcripts.media_types import media_type_of
from transcripts.models import Recording, RecordingState, Transcript
from transcripts.sound.facts import SoundFacts
from transcripts.speakers import asking, tracks
from transcripts.spoken import SpokenTranscript
from transcripts.stored_transcripts import Making

CHECK = "check recording"
TRANSCRIBE = "transcribe"
MAP = "map"
NOT_URGENT = 4 * 3600.0  # the rank of mapping again: behind whatever recording comes first, if it is not this long


class NothingToDoError(RuleError):
    """The recording has come as far as it can."""


@dataclass(frozen=True, slots=True)
class Part:
    """Sound that is recognised by itself: a recording, or one of its channels."""

    recording_id: UUID
    storage_path: str
    sha256: str
    duration_seconds: float
    channels: int = 1
    channel: int | None = None  # None: all mixed
    has_one_voice: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What a transcription needs to know, read once before it starts."""

    parts: tuple[Part, ...]
    model: str
    language: str | None  # None: detected
    glossary: tuple[str, ...]

    @property
    def duration_seconds(self) -> float:
        return max(part.duration_seconds for part in self.parts)


@dataclass(frozen=True, slots=True)
class NextStep:
    job: str
    subject_id: UUID


def next_step(recording: Recording) -> NextStep | None:
    """What is still to be done with a recording; None when all is done or it was refused."""
    return step_after(recording, recordings.newest_transcript(recording))


def step_after(recording: Recording, transcript: Transcript | None) -> NextStep | None:
    """The same, knowing its newest transcript."""
    if recording.state is RecordingState.REFUSED:
        return None
    if recording.state is RecordingState.RECEIVED:
        return NextStep(CHECK, recording.id)
    if transcript is None:
        return None if tracks.is_carried(recording) else NextStep(TRANSCRIBE, recording.id)
    return NextStep(MAP, transcript.id) if transcript.mapped_at is None else None


def ask_for_next_step(recording: Recording) -> Job:
    """Also the way to try again what failed or was cancelled. Raises NothingToDoError."""
    step = next_step(recording)
    if step is None:
        raise NothingToDoError("There is nothing left to do with this recording.")
    return ask_to_transcribe(recording) if step.job == TRANSCRIBE else jobs.request(step.job, step.subject_id)


def ask_to_transcribe(recording: Recording) -> Job:
    return jobs.request(TRANSCRIBE, recording.id, rank=rank_of(recording))


def rank_of(recording: Recording) -> float:
    """Whose turn it is: chosen ones, then the shorter ones."""
    return turns.BEFORE_ALL if recording.is_urgent else max(recording.duration_seconds or 0.0, 1.0)


def ask_to_map(transcript_id: UUID) -> Job:
    """At once, also where it waits for a later turn already."""
    return jobs.request(MAP, transcript_id, rank=turns.AT_ONCE)


def ask_to_map_again(transcript_id: UUID) -> None:
    """When nobody waits for a recording. What waits to be mapped already will read the newest."""
    job = jobs.latest(MAP, transcript_id)
    if job is None or not job.is_active or job.state is JobState.RUNNING:
        jobs.request(MAP, transcript_id, rank=NOT_URGENT)


def job_of(recording: Recording) -> Job | None:
    """The newest job of the step that a recording is at."""
    step = next_step(recording)
    return jobs.latest(step.job, step.subject_id) if step else None


def cancel(recording: Recording) -> None:
    """Stop what is being done with a recording; it stays, and can be taken up again."""
    job = job_of(recording)
    if job is not None and job.is_active:
        jobs.cancel(job)
        audit.record("recording work cancelled", recording, job=job.name)


def wake_waiting(contribution: Contribution) -> None:
    """Let recordings that wait for consent look again at once."""
    for recording in recordings.of_interview(contribution.id):
        job = job_of(recording)
        if job is not None and job.is_active and job.name == TRANSCRIBE:
            ask_to_transcribe(recording)


def note_sound(recording: Recording, facts: SoundFacts) -> None:
    """The recording plays from beginning to end: on to transcription."""
    recording.state = RecordingState.SOUND
    recording.duration_seconds, recording.channels = facts.duration_seconds, facts.channels
    recording.media_type = media_type_of(facts.container, has_video=facts.has_video)
    audit.record("recording found sound", recording, duration_seconds=facts.duration_seconds)
    ask_to_transcribe(tracks.carrier(recording))
    copies.ask(recording)


def note_refusal(recording: Recording, reason: str) -> None:
    """The recording is kept aside with the reason."""
    others = [row for row in tracks.members(recording) if row.id != recording.id]
    recording.state, recording.refusal = RecordingState.REFUSED, reason
    together.leave(recording)
    if others:
        ask_to_transcribe(others[0])
    audit.record("recording refused", recording)


def plan(recording: Recording) -> Plan | None:
    """None when there is nothing to transcribe (any more). Raises NotYetError while consent is missing."""
    if recording.state is not RecordingState.SOUND or recordings.newest_transcript(recording) is not None:
        return None
    if tracks.is_carried(recording):
        return None
    require_consent(recording.contribution)
    settings: Settings = current_app.extensions["settings"]
    return Plan(
        parts=_parts(tracks.complete(recording)),
        model=recording.model or settings.whisper_model,
        language=recording.language,
        glossary=tuple(recording.contribution.call.glossary),
    )


def _parts(files: Sequence[Recording]) -> tuple[Part, ...]:
    return tuple(
        Part(
            row.id,
            row.storage_path,
            row.sha256,
            row.duration_seconds or 0.0,
            row.channels or 1,
            has_one_voice=len(files) > 1,
        )
        for row in files
    )


def require_consent(contribution: Contribution) -> None:
    """Raises NotYetError. Who takes back that the interview was recorded is not written down either."""
    if not recordings.may_record(contribution):
        raise NotYetError(
            f"{contribution.participant.reference} no longer agrees to be recorded, so the recording is not written"
            " down. It is kept, and transcription starts when they agree."
        )
    if not consent.allows(contribution.participant_id, contribution.call_id, Use.TRANSCRIBE):
        raise NotYetError(
            f"{contribution.participant.reference} has not agreed to have the recording written down."
            " It is kept, and transcription starts when they agree."
        )


def store(recording_id: UUID, heard: Iterable[UUID], spoken: SpokenTranscript, making: Making) -> Transcript | None:
    """The machine's transcript, unless one came in the meantime; then on to mapping. Raises NotYetError.

    `heard`: the recordings whose words these are.
    """
    recording = db.session.get_one(Recording, recording_id)
    passages.lock(recording.contribution_id)  # a text may be brought in at this moment: that one counts
    planned = plan(recording)
    if planned is None:
        heard_windows.forget(recording_id)
        return None
    if {part.recording_id for part in planned.parts} != set(heard):
        raise NotYetError(
            "Meanwhile another file of the same conversation has come. They are written down together, beginning in a"
            " minute."
        )
    transcript = stored_transcripts.store(recording, spoken, making)
    transcript.roles = {letter: role.value for letter, role in asking.guessed_roles(spoken).items()}
    for part in planned.parts:
        heard_windows.forget(part.recording_id)
    audit.record("transcript stored", transcript, model=transcript.model, segments=len(spoken.segments))
    ask_to_map(transcript.id)
    return transcript
