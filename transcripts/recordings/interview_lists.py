"""The recordings that a person may see, and interviews whose recording is still missing. Reads only."""

from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload

from accounts.access import Person
from accounts.roles import Permission
from core import clock
from core.database import db
from core.exits import ExitUse
from evidence import consent
from evidence.models import Contribution
from interviews.models import Booking, Slot, Volunteer
from transcripts.models import Recording, RecordingState, Transcript
from transcripts.recordings.ownership import select_interviews_of
from transcripts.recordings.recording_status import (
    RecordingStatus,
    get_transcript_status,
    list_recording_statuses,
)

MAX_LISTED_INTERVIEWS = 50  # older ones are in the calendar


@dataclass(frozen=True, slots=True)
class ListedRecording:
    recording: Recording
    status: RecordingStatus
    hidden_reason: str = ""  # why nobody can listen


@dataclass(frozen=True, slots=True)
class ListedTranscript:
    transcript: Transcript
    status: RecordingStatus
    hidden_reason: str = ""  # why nobody can read it


def list_recordings(person: Person, state: RecordingState | None = None) -> list[ListedRecording]:
    query = select(Recording).join(Contribution, Contribution.id == Recording.contribution_id)
    if not person.may(Permission.READ_EVIDENCE):
        query = query.where(Recording.contribution_id.in_(select_interviews_of(person.id)))
    if state is not None:
        query = query.where(Recording.state == state)
    people = contains_eager(Recording.contribution).options(
        joinedload(Contribution.participant), joinedload(Contribution.call)
    )
    order = Recording.uploaded_at.desc(), Recording.position.desc()
    rows = db.session.scalars(query.options(people).order_by(*order)).all()
    reasons = consent.explain_refusals(ExitUse.LISTENING, [row.contribution for row in rows])
    return [
        ListedRecording(row, status, reasons.get(row.contribution_id, ""))
        for row, status in zip(rows, list_recording_statuses(rows), strict=True)
    ]


def list_transcripts_without_recording(person: Person) -> list[ListedTranscript]:
    query = select(Transcript).join(Transcript.contribution).where(Transcript.recording_id.is_(None))
    if not person.may(Permission.READ_EVIDENCE):
        query = query.where(Transcript.contribution_id.in_(select_interviews_of(person.id)))
    people = contains_eager(Transcript.contribution).options(
        joinedload(Contribution.participant), joinedload(Contribution.call)
    )
    rows = db.session.scalars(query.options(people).order_by(Transcript.created_at.desc(), Transcript.id)).all()
    reasons = consent.explain_refusals(ExitUse.READING, [row.contribution for row in rows])
    return [ListedTranscript(row, get_transcript_status(row), reasons.get(row.contribution_id, "")) for row in rows]


def list_bookings_without_recording(person: Person) -> list[Booking]:
    if not person.may(Permission.UPLOAD_RECORDING):
        return []
    query = _select_begun_bookings().where(
        ~select(Recording.id)
        .where(Recording.contribution_id == Volunteer.contribution_id, Recording.state != RecordingState.REFUSED)
        .exists(),
        ~select(Transcript.id).where(Transcript.contribution_id == Volunteer.contribution_id).exists(),
    )
    if not person.may(Permission.MANAGE_VOLUNTEERS):
        query = query.where(Slot.interviewer_id == person.id)
    newest = db.session.scalars(query.order_by(Slot.starts_at.desc(), Booking.id).limit(MAX_LISTED_INTERVIEWS)).all()
    return list(reversed(newest))


def _select_begun_bookings() -> Select[Booking]:
    return (
        select(Booking)
        .join(Slot, Slot.id == Booking.slot_id)
        .join(Volunteer, Volunteer.id == Booking.volunteer_id)
        .where(
            Booking.is_confirmed_one_to_one,
            Slot.starts_at <= clock.now(),
        )
        .options(
            contains_eager(Booking.slot).options(joinedload(Slot.call), joinedload(Slot.interviewer)),
            contains_eager(Booking.volunteer).joinedload(Volunteer.participant),
        )
    )
