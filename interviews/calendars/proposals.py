"""Take up another time that somebody's calendar proposed, or decline it. What was proposed: taking_replies.py.

A proposal is declined by the same invitation once more, with words above it, and not by RFC 5546's DECLINECOUNTER
(§3.2.8): few calendars understand that, and every one understands an invitation. Rows are held in this order:
volunteer, interviewer, invitation, proposal, slot, booking. Callers commit.
"""

from datetime import datetime

from sqlalchemy import select

from accounts import audit
from core import clock
from core.database import db
from core.errors import RuleError
from interviews import bookings
from interviews.by_staff.engagements import engagements, is_taken
from interviews.calendars import invitations
from interviews.calendars.taking_replies import is_possible
from interviews.holding import hold
from interviews.models import HOLDING, Booking, BookingStatus, CalendarReply, Invitation, ReplyState, Slot


class ProposalOverError(RuleError):
    """The interview has moved or was cancelled since, somebody has decided already, or the time is past."""


class InterviewerTakenError(RuleError):
    """The interviewer has something else at the time that was proposed."""


def take_up(reply: CalendarReply) -> None:
    """Move the interview to the time that was proposed. Raises ProposalOverError, InterviewerTakenError, SlotTakenError
    and what else bookings.move raises."""
    booking = _hold_open(reply)
    before = booking.slot
    length = before.ends_at - before.starts_at
    start = _start(reply)
    slot = _like(before, start, start + length)
    if is_taken(engagements(slot.starts_at, slot.ends_at), slot.interviewer_id, slot, apart_from={booking.id}):
        raise InterviewerTakenError(f"{before.interviewer.name} has something else at this time.")
    _withdraw_overlapping(slot, booking)
    db.session.add(slot)
    db.session.flush()
    bookings.move(booking, slot, by_staff=True)
    _outdate_others(reply, booking)
    reply.state = ReplyState.TAKEN_UP
    db.session.flush()
    audit.record("proposed time taken up", booking, slot=str(slot.id))


def decline(reply: CalendarReply) -> None:
    """The interview stays where it is, and whoever proposed is told. Raises ProposalOverError."""
    booking = _hold_open(reply)
    reply.state = ReplyState.REFUSED
    db.session.flush()
    invitations.decline_proposal(booking, reply.invitation)
    audit.record("proposed time declined", booking)


def is_open(reply: CalendarReply) -> bool:
    """Whether staff can still decide. A move, by whomever, leaves behind what was proposed before it."""
    booking, now = reply.invitation.booking, clock.now()
    return (
        reply.state is ReplyState.PROPOSED
        and booking is not None
        and booking.status is BookingStatus.BOOKED
        and not reply.invitation.is_cancelled
        and booking.slot.starts_at > now
        and reply.received_at >= booking.placed_at
        and reply.proposed_start is not None
        and reply.proposed_start > now
        and is_possible(reply.proposed_start)
    )


def _hold_open(reply: CalendarReply) -> Booking:
    booking = reply.invitation.booking
    if booking is None:
        raise ProposalOverError("A group session is not moved for one person.")
    for row in (booking.volunteer, booking.slot.interviewer, reply.invitation, reply):
        hold(row)
    db.session.refresh(booking)
    if not is_open(reply):
        raise ProposalOverError("This proposal is over: the interview has changed since, or the time is past.")
    return booking


def _start(reply: CalendarReply) -> datetime:
    if reply.proposed_start is None:
        raise ProposalOverError("No time was proposed.")
    return reply.proposed_start


def _like(before: Slot, starts_at: datetime, ends_at: datetime) -> Slot:
    """Another time of the same interviewer, held in the same way."""
    return Slot(
        call_id=before.call_id,
        interviewer_id=before.interviewer_id,
        site_id=before.site_id,
        starts_at=starts_at,
        ends_at=ends_at,
        kind=before.kind,
        place=before.place,
        room=before.room,
        is_step_free=before.is_step_free,
        takes_companion=before.takes_companion,
        created_at=clock.now(),
    )


def _withdraw_overlapping(slot: Slot, booking: Booking) -> None:
    """The interviewer's free times that the new one covers, and the time that is given up if the two overlap.

    Weekly hours may give the free ones again once nobody is there any more (unfolding.py).
    """
    is_held = select(Booking.id).where(
        Booking.slot_id == Slot.id, Booking.status.in_(HOLDING), Booking.id != booking.id
    )
    covered = select(Slot).where(
        Slot.interviewer_id == slot.interviewer_id,
        Slot.withdrawn_at.is_(None),
        Slot.starts_at < slot.ends_at,
        Slot.ends_at > slot.starts_at,
        ~is_held.exists(),
    )
    for other in db.session.scalars(covered.order_by(Slot.id).with_for_update()):
        other.withdrawn_at = clock.now()
        if other.id != booking.slot_id:
            other.pattern_id = None
    db.session.flush()


def _outdate_others(taken_up: CalendarReply, booking: Booking) -> None:
    wanted = (
        select(CalendarReply)
        .join(CalendarReply.invitation)
        .where(Invitation.booking_id == booking.id, CalendarReply.state == ReplyState.PROPOSED)
    )
    for other in db.session.scalars(wanted.where(CalendarReply.id != taken_up.id)):
        other.state = ReplyState.OUTDATED
