"""Builders for interviews: volunteers, slots, bookings. They add and flush."""

from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from accounts.models import StaffMember
from accounts.roles import Role
from core import clock
from core.database import db
from evidence.case_profile import CaseProfile
from evidence.consent_terms import ConsentUse
from evidence.models import Call, Finding, RespondentType
from interviews.availability import slots
from interviews.bookings import bookings
from interviews.models import Booking, Slot, SlotKind, Volunteer
from interviews.volunteers import volunteers
from interviews.volunteers.needs import Needs
from interviews.volunteers.volunteers import SignUpDetails
from tests.support import make, make_evidence

BEGINNING_OF_RUN = clock.now()  # midnight in the middle of a run moves no day


def offer(name: str = "Dev", **changes: object) -> SignUpDetails:
    """`changes`: of the offer, or of the needs that it names."""
    named = {field.name for field in fields(Needs)} & set(changes)
    needs = {"access_needs": "Captions"} | {name: changes.pop(name) for name in named}
    offered = {
        "name": name,
        "email": f"{name.lower()}@home.example",
        "phone": "020 7946 0123",
        "capacity": "I waited for a year.",
        "needs": Needs(**needs),  # type: ignore[arg-type]
        "background": CaseProfile(RespondentType.INDIVIDUAL, Finding.DIFFICULTY, ("urban",), ("control",)),
        "decisions": {ConsentUse.RECORD: True, ConsentUse.TRANSCRIBE: True, ConsentUse.QUOTE_NAMED: False},
    }
    return SignUpDetails(**(offered | changes))  # type: ignore[arg-type]


def volunteer(of: Call | None = None, name: str = "Dev", *, is_accepted: bool = True, **changes: object) -> Volunteer:
    chosen = of or make_evidence.call()
    volunteers.sign_up(chosen, offer(name, **changes))
    made = db.session.scalars(select(Volunteer).order_by(Volunteer.created_at.desc(), Volunteer.id)).all()[0]
    if is_accepted:
        volunteers.accept(made)
    return made


def interviewer(name: str = "ben") -> StaffMember:
    return make.staff(name, Role.INTERVIEWER)


def next_week(hour: int = 10, *, days: int = 0, zone: str = "Europe/London") -> datetime:
    """A moment a week from the beginning of this run, at a full hour on the clocks of a zone."""
    day = clock.convert_to_zone(BEGINNING_OF_RUN, zone).date() + timedelta(days=7 + days)
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo(zone))


def slot(
    of: Call,
    by: StaffMember,
    at: datetime | None = None,
    *,
    kind: SlotKind = SlotKind.VIDEO,
    location: str = "https://meet.example/room-1",
) -> Slot:
    start = at or next_week(days=1 + (db.session.scalar(select(func.count(Slot.id))) or 0))  # each a day later
    return slots.publish(of, by, [start], kind=kind, location=location)[0]


def booking(of: Volunteer | None = None, in_slot: Slot | None = None) -> Booking:
    who = of or volunteer()
    made = bookings.book(in_slot or slot(who.call, interviewer()), who)
    db.session.flush()
    return made


def sign_up_form(**changes: Any) -> dict[str, Any]:
    """The form as a person fills it in."""
    values: dict[str, Any] = {
        "name": "Dev Patel",
        "email": "Dev@Home.example",
        "phone": "020 7946 0123",
        "capacity": "I waited for a year.",
        "access_needs": "Captions",
        "given_as": "individual",
        "places": ["urban"],
        "shows": "difficulty",
        "aims": ["control"],
    }
    return values | {f"consent_{use.value}": "yes" for use in ConsentUse} | {"consent_quote_named": "no"} | changes
