"""Builders of group sessions and of people who take part in them. They add and flush."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from accounts.models import StaffMember
from core.database import db
from evidence.models import Call
from interviews.groups import places, sessions, waiting_list
from interviews.groups.sessions import SessionPlan
from interviews.models import Booking, Slot, SlotKind, Volunteer, WaitingPlace
from tests import make_evidence, make_interviews

TWO_HOURS = timedelta(hours=2)


def planned(at: datetime | None = None, **changes: Any) -> SessionPlan:
    start = at or make_interviews.next_week(14)
    usual = SessionPlan(
        title="Monday session",
        starts_at=start,
        ends_at=start + TWO_HOURS,
        kind=SlotKind.IN_PERSON,
        place="12 High Street",
        room="Room 3",
        capacity=2,
        minimum=1,
    )
    return replace(usual, **changes)


def session(of: Call | None = None, by: StaffMember | None = None, at: datetime | None = None, **changes: Any) -> Slot:
    """Two places, unless `capacity` says otherwise."""
    call = of or make_evidence.call()
    return sessions.plan(call, by or make_interviews.interviewer(), planned(at, **changes))


def people(of: Call, *names: str, **changes: Any) -> list[Volunteer]:
    return [make_interviews.volunteer(of, name, **changes) for name in names]


def place(in_session: Slot, who: Volunteer) -> Booking:
    return places.take(in_session, who)


def full_session(*waiting: str, capacity: int = 2, **changes: Any) -> tuple[Slot, list[Booking], list[WaitingPlace]]:
    """Every place taken, by `First`, `Second`…, and these people on the list in their order."""
    slot = session(capacity=capacity, **changes)
    taken = [place(slot, who) for who in people(slot.call, *NAMES[:capacity])]
    rows = [waiting_list.join(slot, who) for who in people(slot.call, *waiting)]
    db.session.flush()
    return slot, taken, rows


NAMES = ("First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth")
