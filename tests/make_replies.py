"""Builders of what calendars answer, for tests."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from core.database import db
from interviews.calendars.replies import CalendarAnswer
from interviews.calendars.taking_replies import take_answer
from interviews.models import Audience, Booking, CalendarReply, Invitation

STAMP = datetime(2026, 6, 20, 8, 15, tzinfo=UTC)


def volunteers_event(booking: Booking) -> Invitation:
    return next(one for one in booking.invitations if one.audience is Audience.VOLUNTEER)


def interviewers_event(booking: Booking) -> Invitation:
    return next(one for one in booking.invitations if one.audience is Audience.INTERVIEWER)


def answer(to: Invitation, **changes: Any) -> CalendarAnswer:
    said = CalendarAnswer(
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


def counter(to: Invitation, start: datetime, **changes: Any) -> CalendarAnswer:
    return answer(to, **({"method": "COUNTER", "partstat": "TENTATIVE", "proposed_start": start} | changes))


def proposed(booking: Booking, *, by_hours: int = 30) -> CalendarReply:
    """A proposal of the volunteer for another time."""
    take_answer(counter(volunteers_event(booking), booking.slot.starts_at + timedelta(hours=by_hours)))
    return db.session.scalars(select(CalendarReply)).one()
