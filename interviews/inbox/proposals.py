"""Accept or decline a time that somebody's calendar proposed. Recording proposals: record_reply.py; callers commit.

A proposal is declined by sending the same invitation again with a message, not by RFC 5546's DECLINECOUNTER (§3.2.8):
few calendars understand that. Rows are locked in the order volunteer, interviewer, invitation, proposal, slot, booking.
"""

from datetime import datetime

from sqlalchemy import select

from accounts import audit
from core import clock
from core.database import db
from core.errors import RuleError
from core.locks import lock_row
from interviews.availability.commitments import (
    InterviewerUnavailableError,
    commitments_between,
    is_interviewer_busy,
)
from interviews.bookings import bookings
from interviews.inbox.record_reply import is_plausible_time
from interviews.invitations import invitations
from interviews.models import (
    OCCUPYING_STATUSES,
    Booking,
    BookingStatus,
    CalendarReply,
    Invitation,
    ReplyState,
    Slot,
)


class ProposalClosedError(RuleError):
    """The interview has moved or was cancelled since, somebody has decided already, or the time is past."""


def accept_proposal(reply: CalendarReply) -> None:
    """Raises ProposalClosedError, InterviewerUnavailableError, and what bookings.move raises."""
    booking = _lock_open_proposal(reply)
    before = booking.slot
    length = before.ends_at - before.starts_at
    start = _get_proposed_start(reply)
    slot = _build_similar_slot(before, start, start + length)
    if is_interviewer_busy(
        commitments_between(slot.starts_at, slot.ends_at), slot.interviewer_id, slot, except_bookings={booking.id}
    ):
        raise InterviewerUnavailableError(f"{before.interviewer.name} is busy at this time.")
    _withdraw_overlapping_slots(slot, booking)
    db.session.add(slot)
    db.session.flush()
    bookings.move(booking, slot, by_staff=True)
    _outdate_other_proposals(reply, booking)
    reply.state = ReplyState.ACCEPTED
    db.session.flush()
    audit.record("proposed time taken up", booking, slot=str(slot.id))


def decline_proposal(reply: CalendarReply) -> None:
    booking = _lock_open_proposal(reply)
    reply.state = ReplyState.DECLINED
    db.session.flush()
    invitations.notify_proposal_declined(booking, reply.invitation)
    audit.record("proposed time declined", booking)


def is_open_proposal(reply: CalendarReply) -> bool:
    booking, now = reply.invitation.booking, clock.now()
    return (
        reply.state is ReplyState.PROPOSED
        and booking is not None
        and booking.status is BookingStatus.BOOKED
        and not reply.invitation.is_cancelled
        and booking.slot.starts_at > now
        and reply.received_at >= booking.slot_chosen_at
        and reply.proposed_start is not None
        and reply.proposed_start > now
        and is_plausible_time(reply.proposed_start)
    )


def _lock_open_proposal(reply: CalendarReply) -> Booking:
    booking = reply.invitation.booking
    if booking is None:
        raise ProposalClosedError("You cannot move a group session for one person.")
    for row in (booking.volunteer, booking.slot.interviewer, reply.invitation, reply):
        lock_row(row)
    db.session.refresh(booking)
    if not is_open_proposal(reply):
        raise ProposalClosedError(
            "You can no longer accept or decline this proposal. The interview has changed, or the time is in the past."
        )
    return booking


def _get_proposed_start(reply: CalendarReply) -> datetime:
    if reply.proposed_start is None:
        raise ProposalClosedError("No time was proposed.")
    return reply.proposed_start


def _build_similar_slot(before: Slot, starts_at: datetime, ends_at: datetime) -> Slot:
    return Slot(
        call_id=before.call_id,
        interviewer_id=before.interviewer_id,
        site_id=before.site_id,
        starts_at=starts_at,
        ends_at=ends_at,
        kind=before.kind,
        location=before.location,
        room=before.room,
        is_step_free=before.is_step_free,
        takes_companion=before.takes_companion,
        created_at=clock.now(),
    )


def _withdraw_overlapping_slots(slot: Slot, booking: Booking) -> None:
    is_booked = select(Booking.id).where(
        Booking.slot_id == Slot.id, Booking.status.in_(OCCUPYING_STATUSES), Booking.id != booking.id
    )
    overlapping = select(Slot).where(
        Slot.interviewer_id == slot.interviewer_id,
        Slot.withdrawn_at.is_(None),
        Slot.starts_at < slot.ends_at,
        Slot.ends_at > slot.starts_at,
        ~is_booked.exists(),
    )
    for other in db.session.scalars(overlapping.order_by(Slot.id).with_for_update()):
        other.withdrawn_at = clock.now()
        if other.id != booking.slot_id:
            other.pattern_id = None
    db.session.flush()


def _outdate_other_proposals(accepted: CalendarReply, booking: Booking) -> None:
    query = (
        select(CalendarReply)
        .join(CalendarReply.invitation)
        .where(Invitation.booking_id == booking.id, CalendarReply.state == ReplyState.PROPOSED)
    )
    for other in db.session.scalars(query.where(CalendarReply.id != accepted.id)):
        other.state = ReplyState.OUTDATED
