"""Outcomes of interviews: completed or no-show, recorded by staff once an interview has started. Callers commit."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from accounts import audit
from core import clock
from core.database import db
from core.errors import RuleError
from core.locks import lock_row
from interviews.invitations import invitations
from interviews.models import Booking, BookingStatus, Slot

OUTCOMES = (BookingStatus.COMPLETED, BookingStatus.NO_SHOW)


class InterviewNotBegunError(RuleError): ...


class OutcomeNotChangeableError(RuleError): ...


class BookedSinceError(RuleError): ...


def record_outcome(booking: Booking, outcome: BookingStatus, *, by: UUID, offers_another: bool = False) -> None:
    """`offers_another`: email someone who did not come a link to choose another time. Idempotent."""
    lock_row(booking)
    if booking.status is outcome:
        return
    if booking.status is not BookingStatus.BOOKED:
        raise OutcomeNotChangeableError("This interview already has an outcome or was cancelled.")
    if booking.slot.starts_at > clock.now():
        raise InterviewNotBegunError("This interview has not started yet.")
    booking.status, booking.outcome_recorded_at, booking.outcome_recorded_by = outcome, clock.now(), by
    db.session.flush()
    audit.record("outcome noted", booking, outcome=outcome.value)
    if outcome is BookingStatus.NO_SHOW and offers_another:
        invitations.offer_another_time(booking)


def undo_outcome(booking: Booking) -> None:
    lock_row(booking)
    if booking.status not in OUTCOMES:
        raise OutcomeNotChangeableError("This interview has no outcome.")
    try:
        with db.session.begin_nested():
            booking.status, booking.outcome_recorded_at, booking.outcome_recorded_by = BookingStatus.BOOKED, None, None
            db.session.flush()
    except IntegrityError as error:
        raise BookedSinceError(
            "This person has booked another time since. Cancel that interview first, or leave this one as it is."
        ) from error
    audit.record("outcome taken back", booking)


def list_interviews_without_outcome(interviewer_id: UUID | None, *, limit: int) -> Sequence[Booking]:
    is_over = Slot.ends_at <= clock.now()
    query = select(Booking).join(Booking.slot).where(Booking.status == BookingStatus.BOOKED, is_over)
    if interviewer_id is not None:
        query = query.where(Slot.interviewer_id == interviewer_id)
    return db.session.scalars(query.order_by(Slot.starts_at.desc()).limit(limit)).all()
