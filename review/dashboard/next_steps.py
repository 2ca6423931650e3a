"""What an interviewer and a reviewer should do next, as short lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import contains_eager

from core import clock
from core.database import db
from core.exits import ExitUse
from evidence.consent_conditions import allows
from evidence.models import Call, Contribution, Participant
from interviews.models import (
    Booking,
    BookingStatus,
    Slot,
    Volunteer,
)
from transcripts.models import Passage, Recording, RecordingState, Transcript

MAX_ROWS = 10  # of each list; the linked pages show all


@dataclass(frozen=True, slots=True)
class InterviewToDecide:
    contribution_id: UUID
    reference: str
    call_title: str
    suggestion_count: int


def list_upcoming_interviews(interviewer_id: UUID) -> Sequence[Booking]:
    query = _select_own_bookings(interviewer_id).where(Slot.ends_at > clock.now()).order_by(Slot.starts_at)
    return db.session.scalars(query.limit(MAX_ROWS)).all()


def list_interviews_without_outcome(interviewer_id: UUID) -> Sequence[Booking]:
    query = _select_own_bookings(interviewer_id).where(
        Slot.ends_at <= clock.now(), Booking.status == BookingStatus.BOOKED
    )
    return db.session.scalars(query.order_by(Slot.starts_at.desc()).limit(MAX_ROWS)).all()


def list_interviews_without_recording(interviewer_id: UUID) -> Sequence[Booking]:
    has_recording = exists().where(
        Recording.contribution_id == Volunteer.contribution_id, Recording.state != RecordingState.REFUSED
    )
    has_transcript = exists().where(Transcript.contribution_id == Volunteer.contribution_id)
    query = _select_own_bookings(interviewer_id).where(Slot.ends_at <= clock.now(), ~has_recording, ~has_transcript)
    return db.session.scalars(query.order_by(Slot.starts_at.desc()).limit(MAX_ROWS)).all()


def list_interviews_to_decide() -> list[InterviewToDecide]:
    suggestions = func.count(Passage.id)
    query = (
        select(Contribution.id, Participant.reference, Call.title, suggestions)
        .select_from(Passage)
        .join(Passage.transcript)
        .join(Transcript.contribution)
        .join(Contribution.participant)
        .join(Contribution.call)
        .where(Passage.is_open, Transcript.is_newest, allows(ExitUse.READING))
        .group_by(Contribution.id, Participant.reference, Call.title)
        .order_by(suggestions.desc(), Participant.reference)
        .limit(MAX_ROWS)
    )
    return [InterviewToDecide(*row) for row in db.session.execute(query)]


def _select_own_bookings(interviewer_id: UUID) -> Select[Booking]:
    return _select_bookings().where(Slot.interviewer_id == interviewer_id)


def _select_bookings() -> Select[Booking]:
    return (
        select(Booking)
        .join(Booking.slot)
        .join(Slot.call)
        .join(Booking.volunteer)
        .join(Volunteer.participant)
        .where(Booking.is_confirmed_one_to_one)
        .options(
            contains_eager(Booking.slot).contains_eager(Slot.call),
            contains_eager(Booking.volunteer).contains_eager(Volunteer.participant),
        )
    )
