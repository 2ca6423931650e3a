"""Note what somebody's calendar answered to an invitation. An answer alone moves and cancels nothing; callers commit.

It counts only when it names an event of ours, speaks for the person invited, and came from that person's address.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select

from accounts import audit
from core import clock
from core.database import db
from evidence.words import normal_address
from interviews.calendars.replies import CalendarAnswer
from interviews.holding import hold
from interviews.models import BookingStatus, CalendarReply, Invitation, ReplyState, Slot

NEEDS_ACTION = "NEEDS-ACTION"
KNOWN_PARTSTATS = frozenset({NEEDS_ACTION, "ACCEPTED", "DECLINED", "TENTATIVE", "DELEGATED"})  # RFC 5545 §3.2.12
ANSWERS = frozenset({"REPLY", "COUNTER"})
FARTHEST = timedelta(days=5 * 366)  # no interview is later: a time beyond that is nobody's proposal


class Outcome(StrEnum):
    """What a mail turned out to be. Kept in ReceivedMail, so without anything that it said."""

    NOTED = "an answer to an invitation, noted"
    PROPOSED = "another time was proposed"
    OUTDATED = "an answer to an interview that was cancelled or is over"
    REPEATED = "an answer that was noted before"
    UNDELIVERED = "one of our mails did not arrive"
    DELAYED = "one of our mails is delayed"
    UNKNOWN_EVENT = "an answer to no event of ours"
    OTHER_SENDER = "an answer that did not come from whoever was invited"
    NOT_VOUCHED_FOR = "an answer whose sender our mail server does not vouch for"
    OTHER_MAIL = "no answer of a calendar"


def take_answer(answer: CalendarAnswer) -> Outcome:
    """Note an answer, unless it is not for us, not from whoever was invited, or known already."""
    invitation = _invitation(answer)
    if invitation is None:
        return _why_unknown(answer)
    hold(invitation)  # two answers of one person are taken one after the other
    answer = _without_impossible_times(answer)
    if _is_known(invitation, answer):
        return Outcome.REPEATED
    state = _state(invitation, answer)
    if _is_newest(invitation, answer) and not invitation.is_cancelled:
        invitation.partstat = _partstat(answer)
    _add(invitation, answer, state)
    audit.record("calendar reply noted", invitation, method=answer.method, partstat=_partstat(answer), state=state)
    return {ReplyState.PROPOSED: Outcome.PROPOSED, ReplyState.OUTDATED: Outcome.OUTDATED}.get(state, Outcome.NOTED)


def is_possible(moment: datetime) -> bool:
    """Whether an interview could be at that time, as far as the calendar goes."""
    now = clock.now()
    return now - FARTHEST < moment < now + FARTHEST


def slot_of(invitation: Invitation) -> Slot:
    """The slot that an event is about, directly or through the booking."""
    if invitation.booking is not None:
        return invitation.booking.slot
    if invitation.slot is None:
        raise LookupError("An invitation is about a booking or about a slot.")  # the table sees to it
    return invitation.slot


def _without_impossible_times(answer: CalendarAnswer) -> CalendarAnswer:
    """The zone of whoever reads may have no clock for the year 1 or 9999."""
    times = (answer.proposed_start, answer.proposed_end)
    start, end = (moment if moment and is_possible(moment) else None for moment in times)
    return replace(answer, proposed_start=start, proposed_end=end if start else None)


def _invitation(answer: CalendarAnswer) -> Invitation | None:
    if answer.method not in ANSWERS or answer.attendee is None:
        return None
    written = {answer.attendee, normal_address(answer.attendee)}  # a domain may stand in letters or in ASCII
    wanted = select(Invitation).where(Invitation.uid == answer.uid, Invitation.attendee.in_(written))
    return db.session.scalars(wanted).first()


def _why_unknown(answer: CalendarAnswer) -> Outcome:
    if answer.method not in ANSWERS:
        return Outcome.OTHER_MAIL
    is_ours = db.session.scalars(select(Invitation.id).where(Invitation.uid == answer.uid)).first()
    return Outcome.OTHER_SENDER if is_ours else Outcome.UNKNOWN_EVENT


def _is_known(invitation: Invitation, answer: CalendarAnswer) -> bool:
    """The same answer in another mail: some servers deliver twice, some programs send twice."""
    wanted = select(CalendarReply.id).where(
        CalendarReply.invitation_id == invitation.id,
        CalendarReply.method == answer.method,
        CalendarReply.partstat == _partstat(answer),
        CalendarReply.sequence == answer.sequence,
        CalendarReply.stamped_at == answer.stamped_at,
        CalendarReply.proposed_start.is_not_distinct_from(answer.proposed_start),
    )
    return answer.stamped_at is not None and db.session.scalars(wanted).first() is not None


def _is_newest(invitation: Invitation, answer: CalendarAnswer) -> bool:
    """Mails overtake each other: the higher SEQUENCE counts, then the later stamp (RFC 5546 §2.1.5)."""
    wanted = select(CalendarReply.sequence, CalendarReply.stamped_at, CalendarReply.received_at)
    earlier = db.session.execute(wanted.where(CalendarReply.invitation_id == invitation.id)).all()
    own = (answer.sequence, answer.stamped_at or clock.now())
    return all((sequence, stamped_at or received_at) <= own for sequence, stamped_at, received_at in earlier)


def _state(invitation: Invitation, answer: CalendarAnswer) -> ReplyState:
    booking, now = invitation.booking, clock.now()
    slot = slot_of(invitation)
    is_over = slot.starts_at <= now or (booking is not None and booking.status is not BookingStatus.BOOKED)
    if invitation.is_cancelled or is_over:
        return ReplyState.OUTDATED
    if answer.method != "COUNTER" or answer.sequence < invitation.sequence:  # of an earlier time, the time is ignored
        return ReplyState.NOTED
    start = answer.proposed_start
    may_move = booking is not None and not slot.is_group
    is_another = start is not None and start > now and start != slot.starts_at
    return ReplyState.PROPOSED if may_move and is_another else ReplyState.NOTED


def _add(invitation: Invitation, answer: CalendarAnswer, state: ReplyState) -> None:
    if state is ReplyState.PROPOSED:
        _outdate_proposals(invitation)
    db.session.add(
        CalendarReply(
            invitation_id=invitation.id,
            state=state,
            method=answer.method,
            partstat=_partstat(answer),
            sequence=answer.sequence,
            proposed_start=answer.proposed_start,
            proposed_end=answer.proposed_end,
            comment=answer.comment or "",
            stamped_at=answer.stamped_at,
            received_at=clock.now(),
        )
    )
    db.session.flush()


def _outdate_proposals(invitation: Invitation) -> None:
    """Of several proposals of one person the newest counts."""
    wanted = select(CalendarReply).where(
        CalendarReply.invitation_id == invitation.id, CalendarReply.state == ReplyState.PROPOSED
    )
    for earlier in db.session.scalars(wanted):
        earlier.state = ReplyState.OUTDATED


def _partstat(answer: CalendarAnswer) -> str:
    return answer.partstat if answer.partstat in KNOWN_PARTSTATS else NEEDS_ACTION
