"""Builders of group sessions and of people who take part in them. They add and flush."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from accounts.models import StaffMember
from core.database import db
from evidence.models import Call
from interviews.group_sessions import attendance, sessions, waitlist
from interviews.group_sessions.sessions import SessionPlan
from interviews.models import Booking, Slot, SlotKind, Volunteer, WaitlistEntry
from tests.support import make_evidence, make_interviews

TWO_HOURS = timedelta(hours=2)


def session_plan(at: datetime | None = None, **changes: Any) -> SessionPlan:
    start = at or make_interviews.next_week(14)
    usual = SessionPlan(
        title="Monday session",
        starts_at=start,
        ends_at=start + TWO_HOURS,
        kind=SlotKind.IN_PERSON,
        location="12 High Street",
        room="Room 3",
        capacity=2,
        minimum=1,
    )
    return replace(usual, **changes)


def session(of: Call | None = None, by: StaffMember | None = None, at: datetime | None = None, **changes: Any) -> Slot:
    """Two places, unless `capacity` says otherwise."""
    call = of or make_evidence.call()
    return sessions.plan_session(call, by or make_interviews.interviewer(), session_plan(at, **changes))


def volunteers(of: Call, *names: str, **changes: Any) -> list[Volunteer]:
    return [make_interviews.volunteer(of, name, **changes) for name in names]


def take_seat(in_session: Slot, who: Volunteer) -> Booking:
    return attendance.take_seat(in_session, who)


def full_session(*waiting: str, capacity: int = 2, **changes: Any) -> tuple[Slot, list[Booking], list[WaitlistEntry]]:
    """Every place taken, by `First`, `Second`…, and these people on the list in their order."""
    slot = session(capacity=capacity, **changes)
    taken = [take_seat(slot, who) for who in volunteers(slot.call, *VOLUNTEER_NAMES[:capacity])]
    rows = [waitlist.join_waitlist(slot, who) for who in volunteers(slot.call, *waiting)]
    db.session.flush()
    return slot, taken, rows


VOLUNTEER_NAMES = ("First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth")
