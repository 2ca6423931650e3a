"""What became of an interview: it happened, or nobody came. Noted by staff once it has begun; callers commit."""

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


class InterviewNotBegunError(RuleError):
    """Nobody knows yet what becomes of the interview."""


class OutcomeNotChangeableError(RuleError):
    """An outcome was noted already, or the interview was cancelled."""


class BookedSinceError(RuleError):
    """The person has booked another time since."""


def record_outcome(booking: Booking, outcome: BookingStatus, *, by: UUID, offers_another: bool = False) -> None:
    """Note an outcome. `offers_another`: somebody who did not come is mailed a link to choose another time.

    Noting the same outcome again changes nothing and mails nothing. Raises NotBegunError, SettledError.
    """
    lock_row(booking)
    if booking.status is outcome:
        return
    if booking.status is not BookingStatus.BOOKED:
        raise OutcomeNotChangeableError("An outcome was noted already, or this interview was cancelled.")
    if booking.slot.starts_at > clock.now():
        raise InterviewNotBegunError("This interview has not begun yet.")
    booking.status, booking.outcome_recorded_at, booking.outcome_recorded_by = outcome, clock.now(), by
    db.session.flush()
    audit.record("outcome noted", booking, outcome=outcome.value)
    if outcome is BookingStatus.NO_SHOW and offers_another:
        invitations.offer_another_time(booking)


def undo_outcome(booking: Booking) -> None:
    """Take a wrong outcome back. Raises SettledError, BookedSinceError."""
    lock_row(booking)
    if booking.status not in OUTCOMES:
        raise OutcomeNotChangeableError("No outcome is noted.")
    try:
        with db.session.begin_nested():
            booking.status, booking.outcome_recorded_at, booking.outcome_recorded_by = BookingStatus.BOOKED, None, None
            db.session.flush()
    except IntegrityError as error:
        raise BookedSinceError(
            "This person has booked another time since. Cancel that interview first, or leave this as it is."
        ) from error
    audit.record("outcome taken back", booking)


def list_interviews_without_outcome(interviewer_id: UUID | None, *, limit: int) -> Sequence[Booking]:
    """Interviews that are over without an outcome, newest first. None: of every interviewer."""
    from_now = Slot.ends_at <= clock.now()
    wanted = select(Booking).join(Booking.slot).where(Booking.status == BookingStatus.BOOKED, from_now)
    if interviewer_id is not None:
        wanted = wanted.where(Slot.interviewer_id == interviewer_id)
    return db.session.scalars(wanted.order_by(Slot.starts_at.desc()).limit(limit)).all()
