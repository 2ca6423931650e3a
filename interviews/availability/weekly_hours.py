"""Add, change and remove interviewers' weekly hours. Slots follow immediately (slot_generation.py); callers commit."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from accounts import audit
from accounts.models import StaffMember
from core import clock
from core.database import db
from core.errors import RuleError
from evidence.models import Call
from interviews.availability.intervals import Interval
from interviews.availability.patterns import WeeklyHours
from interviews.availability.profiles import get_profile, lock_profile
from interviews.availability.rule_values import build_time_off_period
from interviews.availability.slot_generation import GeneratedSlots, calculate_slot_times, generate_slots, list_time_off
from interviews.availability.slots import require_location
from interviews.models import SlotKind, WeeklyPattern

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PREVIEW_DAYS = 14


class HoursOverlapError(RuleError): ...


class HoursTooShortError(RuleError): ...


class DaysOutOfOrderError(RuleError): ...


@dataclass(frozen=True, slots=True)
class WeeklyHoursDetails:
    call_id: UUID
    weekday: int
    starts: time
    ends: time
    first_on: date
    kind: SlotKind
    last_on: date | None = None
    site_id: UUID | None = None
    location: str = ""
    room: str = ""
    is_step_free: bool = False
    takes_companion: bool = True

    @property
    def weekly_hours(self) -> WeeklyHours:
        return WeeklyHours(self.weekday, self.starts, self.ends, self.first_on, self.last_on)


def add_hours(interviewer: StaffMember, details: Iterable[WeeklyHoursDetails]) -> GeneratedSlots:
    """All or none. Raises HoursOverlapError, HoursTooShortError, DaysOutOfOrderError, LocationMissingError."""
    lock_profile(interviewer)  # two forms sent at once must see each other's hours
    for hours in details:
        _check_hours(interviewer, hours, None)
        pattern = WeeklyPattern(interviewer_id=interviewer.id, created_at=clock.now(), **asdict(hours))
        db.session.add(pattern)
        db.session.flush()
        audit.record("weekly hours added", pattern)
    return generate_slots(interviewer)


def change_hours(pattern: WeeklyPattern, details: WeeklyHoursDetails) -> GeneratedSlots:
    """Raises the same errors as `add_hours`."""
    interviewer = _lock_interviewer(pattern)
    _check_hours(interviewer, details, pattern)
    for name, value in asdict(details).items():
        setattr(pattern, name, value)
    db.session.flush()
    audit.record("weekly hours changed", pattern)
    return generate_slots(interviewer)


def remove_hours(pattern: WeeklyPattern) -> GeneratedSlots:
    """Withdraws free slots; booked ones stay. Idempotent."""
    interviewer = _lock_interviewer(pattern)
    if pattern.removed_at is None:
        pattern.removed_at = clock.now()
        db.session.flush()
        audit.record("weekly hours removed", pattern)
    return generate_slots(interviewer)


def list_weekly_patterns(interviewer_id: UUID) -> list[WeeklyPattern]:
    today = clock.convert_to_zone(clock.now(), get_profile(interviewer_id).zone).date()
    query = select(WeeklyPattern).where(
        WeeklyPattern.interviewer_id == interviewer_id,
        WeeklyPattern.removed_at.is_(None),
        or_(WeeklyPattern.last_on.is_(None), WeeklyPattern.last_on >= today),
    )
    in_order = query.order_by(WeeklyPattern.weekday, WeeklyPattern.starts, WeeklyPattern.first_on)
    return list(db.session.scalars(in_order.options(joinedload(WeeklyPattern.call), joinedload(WeeklyPattern.site))))


def preview_slot_times(interviewer: StaffMember, days: Iterable[WeeklyHoursDetails], call: Call) -> list[Interval]:
    weekly = [hours.weekly_hours for hours in days]
    profile = get_profile(interviewer.id)
    today = clock.convert_to_zone(clock.now(), profile.zone).date()
    first = max(today, min(hours.first_on for hours in weekly))
    away = [build_time_off_period(row) for row in list_time_off(interviewer.id, today - timedelta(days=1))]
    days_ahead = (first - today).days + PREVIEW_DAYS - 1
    return calculate_slot_times(weekly, away, profile, call.interview_minutes, days_ahead)


def _lock_interviewer(pattern: WeeklyPattern) -> StaffMember:
    interviewer = db.session.get_one(StaffMember, pattern.interviewer_id)
    lock_profile(interviewer)
    db.session.refresh(pattern)
    return interviewer


def _check_hours(interviewer: StaffMember, hours: WeeklyHoursDetails, changed_pattern: WeeklyPattern | None) -> None:
    require_location(hours.kind, hours.location)
    if hours.last_on is not None and hours.last_on < hours.first_on:
        raise DaysOutOfOrderError("The last day must be after the first day.")
    minutes = db.session.get_one(Call, hours.call_id).interview_minutes
    a_day = date(2000, 1, 1)  # any: only the length counts
    if datetime.combine(a_day, hours.starts) + timedelta(minutes=minutes) > datetime.combine(a_day, hours.ends):
        raise HoursTooShortError(f"An interview for this call lasts {minutes} minutes, longer than these hours.")
    if other := _find_overlapping_pattern(interviewer, hours, changed_pattern):
        raise HoursOverlapError(
            f"You already have hours for this call on {WEEKDAYS[other.weekday]}s"
            f" from {other.starts:%H:%M} to {other.ends:%H:%M}."
        )


def _find_overlapping_pattern(
    interviewer: StaffMember, hours: WeeklyHoursDetails, changed_pattern: WeeklyPattern | None
) -> WeeklyPattern | None:
    query = select(WeeklyPattern).where(
        WeeklyPattern.interviewer_id == interviewer.id,
        WeeklyPattern.call_id == hours.call_id,
        WeeklyPattern.removed_at.is_(None),
        WeeklyPattern.weekday == hours.weekday,
        WeeklyPattern.starts < hours.ends,
        WeeklyPattern.ends > hours.starts,
        or_(WeeklyPattern.last_on.is_(None), WeeklyPattern.last_on >= hours.first_on),
    )
    if hours.last_on is not None:
        query = query.where(WeeklyPattern.first_on <= hours.last_on)
    if changed_pattern is not None:
        query = query.where(WeeklyPattern.id != changed_pattern.id)
    return db.session.scalars(query.limit(1)).first()
