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
from core.locks import lock_row
from core.text_cleaning import normalise_email
from interviews.ical.reply_parser import ParsedReply
from interviews.models import BookingStatus, CalendarReply, Invitation, ReplyState, Slot

NEEDS_ACTION = "NEEDS-ACTION"
KNOWN_PARTSTATS = frozenset({NEEDS_ACTION, "ACCEPTED", "DECLINED", "TENTATIVE", "DELEGATED"})  # RFC 5545 §3.2.12
REPLY_METHODS = frozenset({"REPLY", "COUNTER"})
MAX_DISTANCE = timedelta(days=5 * 366)  # no interview is later: a time beyond that is nobody's proposal


class ReceivedMailOutcome(StrEnum):
    """What a mail turned out to be. Kept in ReceivedMail, so without anything that it said."""

    RECORDED = "an answer to an invitation, noted"
    PROPOSED = "another time was proposed"
    OUTDATED = "an answer to an interview that was cancelled or is over"
    REPEATED = "an answer that was noted before"
    UNDELIVERED = "one of our mails did not arrive"
    DELAYED = "one of our mails is delayed"
    UNKNOWN_EVENT = "an answer to no event of ours"
    WRONG_SENDER = "an answer that did not come from whoever was invited"
    NOT_AUTHENTICATED = "an answer whose sender our mail server does not vouch for"
    NOT_A_REPLY = "no answer of a calendar"


def record_parsed_reply(parsed: ParsedReply) -> ReceivedMailOutcome:
    """Note an answer, unless it is not for us, not from whoever was invited, or known already."""
    invitation = _find_invitation(parsed)
    if invitation is None:
        return _classify_unknown_reply(parsed)
    lock_row(invitation)  # two answers of one person are taken one after the other
    parsed = _drop_implausible_times(parsed)
    if _is_repeated(invitation, parsed):
        return ReceivedMailOutcome.REPEATED
    state = _get_reply_state(invitation, parsed)
    if _is_newest(invitation, parsed) and not invitation.is_cancelled:
        invitation.partstat = _normalise_partstat(parsed)
    _add_reply(invitation, parsed, state)
    audit.record(
        "calendar reply noted", invitation, method=parsed.method, partstat=_normalise_partstat(parsed), state=state
    )
    return {ReplyState.PROPOSED: ReceivedMailOutcome.PROPOSED, ReplyState.OUTDATED: ReceivedMailOutcome.OUTDATED}.get(
        state, ReceivedMailOutcome.RECORDED
    )


def is_plausible_time(moment: datetime) -> bool:
    """Whether an interview could be at that time, as far as the calendar goes."""
    now = clock.now()
    return now - MAX_DISTANCE < moment < now + MAX_DISTANCE


def get_invitation_slot(invitation: Invitation) -> Slot:
    """The slot that an event is about, directly or through the booking."""
    if invitation.booking is not None:
        return invitation.booking.slot
    if invitation.slot is None:
        raise LookupError("An invitation is about a booking or about a slot.")  # the table sees to it
    return invitation.slot


def _drop_implausible_times(answer: ParsedReply) -> ParsedReply:
    """The zone of whoever reads may have no clock for the year 1 or 9999."""
    times = (answer.proposed_start, answer.proposed_end)
    start, end = (moment if moment and is_plausible_time(moment) else None for moment in times)
    return replace(answer, proposed_start=start, proposed_end=end if start else None)


def _find_invitation(answer: ParsedReply) -> Invitation | None:
    if answer.method not in REPLY_METHODS or answer.attendee is None:
        return None
    written = {answer.attendee, normalise_email(answer.attendee)}  # a domain may stand in letters or in ASCII
    wanted = select(Invitation).where(Invitation.uid == answer.uid, Invitation.attendee.in_(written))
    return db.session.scalars(wanted).first()


def _classify_unknown_reply(answer: ParsedReply) -> ReceivedMailOutcome:
    if answer.method not in REPLY_METHODS:
        return ReceivedMailOutcome.NOT_A_REPLY
    is_ours = db.session.scalars(select(Invitation.id).where(Invitation.uid == answer.uid)).first()
    return ReceivedMailOutcome.WRONG_SENDER if is_ours else ReceivedMailOutcome.UNKNOWN_EVENT


def _is_repeated(invitation: Invitation, answer: ParsedReply) -> bool:
    """The same answer in another mail: some servers deliver twice, some programs send twice."""
    wanted = select(CalendarReply.id).where(
        CalendarReply.invitation_id == invitation.id,
        CalendarReply.method == answer.method,
        CalendarReply.partstat == _normalise_partstat(answer),
        CalendarReply.sequence == answer.sequence,
        CalendarReply.stamped_at == answer.stamped_at,
        CalendarReply.proposed_start.is_not_distinct_from(answer.proposed_start),
    )
    return answer.stamped_at is not None and db.session.scalars(wanted).first() is not None


def _is_newest(invitation: Invitation, answer: ParsedReply) -> bool:
    """Mails overtake each other: the higher SEQUENCE counts, then the later stamp (RFC 5546 §2.1.5)."""
    wanted = select(CalendarReply.sequence, CalendarReply.stamped_at, CalendarReply.received_at)
    earlier = db.session.execute(wanted.where(CalendarReply.invitation_id == invitation.id)).all()
    own = (answer.sequence, answer.stamped_at or clock.now())
    return all((sequence, stamped_at or received_at) <= own for sequence, stamped_at, received_at in earlier)


def _get_reply_state(invitation: Invitation, answer: ParsedReply) -> ReplyState:
    booking, now = invitation.booking, clock.now()
    slot = get_invitation_slot(invitation)
    is_over = slot.starts_at <= now or (booking is not None and booking.status is not BookingStatus.BOOKED)
    if invitation.is_cancelled or is_over:
        return ReplyState.OUTDATED
    if answer.method != "COUNTER" or answer.sequence < invitation.sequence:  # of an earlier time, the time is ignored
        return ReplyState.RECORDED
    start = answer.proposed_start
    may_move = booking is not None and not slot.is_group
    is_another = start is not None and start > now and start != slot.starts_at
    return ReplyState.PROPOSED if may_move and is_another else ReplyState.RECORDED


def _add_reply(invitation: Invitation, answer: ParsedReply, state: ReplyState) -> None:
    if state is ReplyState.PROPOSED:
        _outdate_proposals(invitation)
    db.session.add(
        CalendarReply(
            invitation_id=invitation.id,
            state=state,
            method=answer.method,
            partstat=_normalise_partstat(answer),
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


def _normalise_partstat(answer: ParsedReply) -> str:
    return answer.partstat if answer.partstat in KNOWN_PARTSTATS else NEEDS_ACTION
