"""Builders of what calendars answer, for tests."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from core.database import db
from interviews.ical.reply_parser import ParsedReply
from interviews.inbox.record_reply import record_parsed_reply
from interviews.models import Booking, CalendarReply, Invitation, InviteeRole

STAMP = datetime(2026, 6, 20, 8, 15, tzinfo=UTC)


def find_volunteer_invitation(booking: Booking) -> Invitation:
    return next(one for one in booking.invitations if one.invitee_role is InviteeRole.VOLUNTEER)


def find_interviewer_invitation(booking: Booking) -> Invitation:
    return next(one for one in booking.invitations if one.invitee_role is InviteeRole.INTERVIEWER)


def calendar_answer(to: Invitation, **changes: Any) -> ParsedReply:
    said = ParsedReply(
        uid=to.uid,
        attendee=to.attendee,
        method="REPLY",
        partstat="ACCEPTED",
        sequence=to.sequence,
        proposed_start=None,
        proposed_end=None,
        comment=None,
        stamped_at=STAMP,
    )
    return replace(said, **changes)


def counter_proposal(to: Invitation, start: datetime, **changes: Any) -> ParsedReply:
    return calendar_answer(to, **({"method": "COUNTER", "partstat": "TENTATIVE", "proposed_start": start} | changes))


def store_proposal(booking: Booking, *, by_hours: int = 30) -> CalendarReply:
    """A proposal of the volunteer for another time."""
    record_parsed_reply(
        counter_proposal(find_volunteer_invitation(booking), booking.slot.starts_at + timedelta(hours=by_hours))
    )
    return db.session.scalars(select(CalendarReply)).one()
