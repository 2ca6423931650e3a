"""Record calendar replies to our invitations. A reply by itself moves and cancels nothing; callers commit.

A reply counts only if it names one of our events, is by the person invited, and came from that person's address.
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
from interviews.ical.partstat import PartStat
from interviews.ical.reply_parser import ParsedReply
from interviews.models import BookingStatus, CalendarReply, Invitation, ReplyState, Slot

REPLY_METHODS = frozenset({"REPLY", "COUNTER"})
MAX_DISTANCE = timedelta(days=5 * 366)  # a time beyond that is nobody's proposal


class ReceivedMailOutcome(StrEnum):
    """Stored, so it contains nothing that the email said."""

    RECORDED = "an answer to an invitation, noted"
    PROPOSED = "another time was proposed"
    OUTDATED = "an answer to an interview that was cancelled or is over"
    REPEATED = "an answer that was noted before"
    UNDELIVERED = "one of our emails did not arrive"
    DELAYED = "one of our emails is delayed"
    UNKNOWN_EVENT = "an answer to no event of ours"
    WRONG_SENDER = "an answer that did not come from the person invited"
    NOT_AUTHENTICATED = "an answer whose sender our mail server does not vouch for"
    NOT_A_REPLY = "no answer of a calendar"


def record_parsed_reply(parsed: ParsedReply) -> ReceivedMailOutcome:
    invitation = _find_invitation(parsed)
    if invitation is None:
        return _classify_unknown_reply(parsed)
    lock_row(invitation)  # so that two replies of one person are recorded one after the other
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
    now = clock.now()
    return now - MAX_DISTANCE < moment < now + MAX_DISTANCE


def get_invitation_slot(invitation: Invitation) -> Slot:
    if invitation.booking is not None:
        return invitation.booking.slot
    if invitation.slot is None:
        raise LookupError("An invitation is about a booking or about a slot.")  # the table has a constraint for it
    return invitation.slot


def _drop_implausible_times(reply: ParsedReply) -> ParsedReply:
    """Years like 1 or 9999 cannot be shown in every time zone."""
    times = (reply.proposed_start, reply.proposed_end)
    start, end = (moment if moment and is_plausible_time(moment) else None for moment in times)
    return replace(reply, proposed_start=start, proposed_end=end if start else None)


def _find_invitation(reply: ParsedReply) -> Invitation | None:
    if reply.method not in REPLY_METHODS or reply.attendee is None:
        return None
    spellings = {reply.attendee, normalise_email(reply.attendee)}  # a domain may be in Unicode or in ASCII
    query = select(Invitation).where(Invitation.uid == reply.uid, Invitation.attendee.in_(spellings))
    return db.session.scalars(query).first()


def _classify_unknown_reply(reply: ParsedReply) -> ReceivedMailOutcome:
    if reply.method not in REPLY_METHODS:
        return ReceivedMailOutcome.NOT_A_REPLY
    is_ours = db.session.scalars(select(Invitation.id).where(Invitation.uid == reply.uid)).first()
    return ReceivedMailOutcome.WRONG_SENDER if is_ours else ReceivedMailOutcome.UNKNOWN_EVENT


def _is_repeated(invitation: Invitation, reply: ParsedReply) -> bool:
    query = select(CalendarReply.id).where(
        CalendarReply.invitation_id == invitation.id,
        CalendarReply.method == reply.method,
        CalendarReply.partstat == _normalise_partstat(reply),
        CalendarReply.sequence == reply.sequence,
        CalendarReply.stamped_at == reply.stamped_at,
        CalendarReply.proposed_start.is_not_distinct_from(reply.proposed_start),
    )
    return reply.stamped_at is not None and db.session.scalars(query).first() is not None


def _is_newest(invitation: Invitation, reply: ParsedReply) -> bool:
    """Emails overtake each other: the higher SEQUENCE counts, then the later stamp (RFC 5546 §2.1.5)."""
    query = select(CalendarReply.sequence, CalendarReply.stamped_at, CalendarReply.received_at)
    earlier = db.session.execute(query.where(CalendarReply.invitation_id == invitation.id)).all()
    own = (reply.sequence, reply.stamped_at or clock.now())
    return all((sequence, stamped_at or received_at) <= own for sequence, stamped_at, received_at in earlier)


def _get_reply_state(invitation: Invitation, reply: ParsedReply) -> ReplyState:
    booking, now = invitation.booking, clock.now()
    slot = get_invitation_slot(invitation)
    is_over = slot.starts_at <= now or (booking is not None and booking.status is not BookingStatus.BOOKED)
    if invitation.is_cancelled or is_over:
        return ReplyState.OUTDATED
    if reply.method != "COUNTER" or reply.sequence < invitation.sequence:  # a proposal about an earlier time is ignored
        return ReplyState.RECORDED
    start = reply.proposed_start
    may_move = booking is not None and not slot.is_group
    is_another = start is not None and start > now and start != slot.starts_at
    return ReplyState.PROPOSED if may_move and is_another else ReplyState.RECORDED


def _add_reply(invitation: Invitation, reply: ParsedReply, state: ReplyState) -> None:
    if state is ReplyState.PROPOSED:
        _outdate_proposals(invitation)
    db.session.add(
        CalendarReply(
            invitation_id=invitation.id,
            state=state,
            method=reply.method,
            partstat=_normalise_partstat(reply),
            sequence=reply.sequence,
            proposed_start=reply.proposed_start,
            proposed_end=reply.proposed_end,
            comment=reply.comment or "",
            stamped_at=reply.stamped_at,
            received_at=clock.now(),
        )
    )
    db.session.flush()


def _outdate_proposals(invitation: Invitation) -> None:
    query = select(CalendarReply).where(
        CalendarReply.invitation_id == invitation.id, CalendarReply.state == ReplyState.PROPOSED
    )
    for earlier in db.session.scalars(query):
        earlier.state = ReplyState.OUTDATED


def _normalise_partstat(reply: ParsedReply) -> PartStat:
    return PartStat(reply.partstat) if reply.partstat in set(PartStat) else PartStat.NEEDS_ACTION
