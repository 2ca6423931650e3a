"""Builders of when interviewers can be booked: weekly hours, ways of working, busy times. They add and flush."""

from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from accounts.models import StaffMember
from core import clock
from core.database import db
from evidence.models import Call
from interviews.availability import profiles, weekly_hours
from interviews.availability.profiles import WorkingPreferences
from interviews.availability.weekly_hours import WeeklyHoursDetails
from interviews.models import BusyTime, InterviewerProfile, Slot, SlotKind, WeeklyPattern
from tests.support import make_interviews

ROOM = "https://meet.example/room-1"


def hours(of: Call, **changes: Any) -> WeeklyHoursDetails:
    """Mondays from 9 to 12 on the interviewer's clocks, by video, from today on."""
    values: dict[str, Any] = {
        "call_id": of.id,
        "weekday": 0,
        "starts": time(9),
        "ends": time(12),
        "first_on": clock.now().date(),
        "kind": SlotKind.VIDEO,
        "location": ROOM,
    }
    return WeeklyHoursDetails(**(values | changes))


def weekly_pattern(by: StaffMember, of: Call, **changes: Any) -> WeeklyPattern:
    weekly_hours.add_hours(by, [hours(of, **changes)])
    found = select(WeeklyPattern).where(WeeklyPattern.interviewer_id == by.id)
    return db.session.scalars(found.order_by(WeeklyPattern.created_at.desc())).all()[0]


def interviewer_profile(by: StaffMember, **changes: Any) -> InterviewerProfile:
    """No notice, no pauses, and four weeks ahead, unless changed."""
    values: dict[str, Any] = {"zone": "Europe/London", "notice_hours": 0, "horizon_days": 28}
    return profiles.save_preferences(by, WorkingPreferences(**(values | changes)))


def busy_time(who: StaffMember, starts_at: datetime, minutes: int = 60) -> BusyTime:
    row = BusyTime(interviewer_id=who.id, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=minutes))
    db.session.add(row)
    db.session.flush()
    return row


def list_offered_slots(by: StaffMember) -> list[Slot]:
    """What an interviewer offers, in order."""
    query = select(Slot).where(Slot.interviewer_id == by.id, Slot.withdrawn_at.is_(None)).order_by(Slot.starts_at)
    return list(db.session.scalars(query))


def next_monday(weeks: int = 0) -> date:
    """The first Monday after today on London's clocks, or one some weeks later."""
    today = clock.convert_to_zone(clock.now(), "Europe/London").date()
    return today + timedelta(days=7 - today.weekday() + 7 * weeks)


def date_parts(days: int = 0) -> list[int]:
    """Day, month and year, as a form asks for them, some days from today on London's clocks."""
    day = clock.convert_to_zone(clock.now(), "Europe/London").date() + timedelta(days=days)
    return [day.day, day.month, day.year]


def make_interviewer(name: str, **facts: Any) -> StaffMember:
    member = make_interviews.interviewer(name)
    row = InterviewerProfile(interviewer_id=member.id, zone="Europe/London", **({"languages": []} | facts))
    db.session.add(row)
    db.session.flush()
    return member


def make_slot_at(call: Call, who: StaffMember, moment: datetime | None = None, **facts: Any) -> Slot:
    slot = make_interviews.slot(call, who, moment or make_interviews.next_week(10))
    for name, value in facts.items():
        setattr(slot, name, value)
    db.session.flush()
    return slot
