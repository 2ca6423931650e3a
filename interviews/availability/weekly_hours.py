"""Interviewers' weekly hours: add, change, remove. The times are made at once (unfolding.py); callers commit."""

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
from interviews.availability.profiles import profile_of, stored_profile
from interviews.availability.rows import away_of
from interviews.availability.unfolding import Unfolded, time_off_of, times_of, unfold
from interviews.models import SlotKind, WeeklyPattern
from interviews.slots import require_place

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PREVIEW_DAYS = 14


class HoursOverlapError(RuleError):
    """The interviewer holds interviews for the same call in these hours already."""


class HoursTooShortError(RuleError):
    """No interview of the call fits."""


class DaysOutOfOrderError(RuleError):
    """The last day comes before the first."""


@dataclass(frozen=True, slots=True)
class Hours:
    """What an interviewer says of some weekly hours; fields as in the row."""

    call_id: UUID
    weekday: int
    starts: time
    ends: time
    first_on: date
    kind: SlotKind
    last_on: date | None = None
    site_id: UUID | None = None
    place: str = ""
    room: str = ""
    is_step_free: bool = False
    takes_companion: bool = True

    @property
    def weekly(self) -> WeeklyHours:
        return WeeklyHours(self.weekday, self.starts, self.ends, self.first_on, self.last_on)


def add(interviewer: StaffMember, days: Iterable[Hours]) -> Unfolded:
    """The same hours on one weekday or on several, all or none.

    Raises HoursOverlapError, HoursTooShortError, DaysOutOfOrderError, PlaceNeededError.
    """
    stored_profile(interviewer)  # holds the interviewer: two forms sent at once must see each other's hours
    for hours in days:
        _check(interviewer, hours, None)
        pattern = WeeklyPattern(interviewer_id=interviewer.id, created_at=clock.now(), **asdict(hours))
        db.session.add(pattern)
        db.session.flush()
        audit.record("weekly hours added", pattern)
    return unfold(interviewer)


def change(pattern: WeeklyPattern, hours: Hours) -> Unfolded:
    """Raises the same errors as `add`."""
    interviewer = _held_interviewer(pattern)
    _check(interviewer, hours, pattern)
    for name, value in asdict(hours).items():
        setattr(pattern, name, value)
    db.session.flush()
    audit.record("weekly hours changed", pattern)
    return unfold(interviewer)


def remove(pattern: WeeklyPattern) -> Unfolded:
    """Free times go, booked ones stay. Removing again changes nothing."""
    interviewer = _held_interviewer(pattern)
    if pattern.removed_at is None:
        pattern.removed_at = clock.now()
        db.session.flush()
        audit.record("weekly hours removed", pattern)
    return unfold(interviewer)


def hours_of_interviewer(interviewer_id: UUID) -> list[WeeklyPattern]:
    """In the order of the week, without what has ended."""
    today = clock.in_zone(clock.now(), profile_of(interviewer_id).zone).date()
    wanted = select(WeeklyPattern).where(
        WeeklyPattern.interviewer_id == interviewer_id,
        WeeklyPattern.removed_at.is_(None),
        or_(WeeklyPattern.last_on.is_(None), WeeklyPattern.last_on >= today),
    )
    in_order = wanted.order_by(WeeklyPattern.weekday, WeeklyPattern.starts, WeeklyPattern.first_on)
    return list(db.session.scalars(in_order.options(joinedload(WeeklyPattern.call), joinedload(WeeklyPattern.site))))


def preview(interviewer: StaffMember, days: Iterable[Hours], call: Call) -> list[Interval]:
    """The times that hours would give in the first two weeks in which they hold. Nothing is stored."""
    weekly = [hours.weekly for hours in days]
    profile = profile_of(interviewer.id)
    today = clock.in_zone(clock.now(), profile.zone).date()
    first = max(today, min(hours.first_on for hours in weekly))
    away = [away_of(row) for row in time_off_of(interviewer.id, today - timedelta(days=1))]
    days_ahead = (first - today).days + PREVIEW_DAYS - 1
    return times_of(weekly, away, profile, call.interview_minutes, days_ahead)


def _held_interviewer(pattern: WeeklyPattern) -> StaffMember:
    interviewer = db.session.get_one(StaffMember, pattern.interviewer_id)
    stored_profile(interviewer)
    db.session.refresh(pattern)
    return interviewer


def _check(interviewer: StaffMember, hours: Hours, itself: WeeklyPattern | None) -> None:
    require_place(hours.kind, hours.place)
    if hours.last_on is not None and hours.last_on < hours.first_on:
        raise DaysOutOfOrderError("The last day has to come after the first.")
    minutes = db.session.get_one(Call, hours.call_id).interview_minutes
    a_day = date(2000, 1, 1)  # any: only the length counts
    if datetime.combine(a_day, hours.starts) + timedelta(minutes=minutes) > datetime.combine(a_day, hours.ends):
        raise HoursTooShortError(f"An interview of this call lasts {minutes} minutes, so none fits into these hours.")
    if other := _overlapping(interviewer, hours, itself):
        raise HoursOverlapError(
            f"You hold interviews for this call already on {WEEKDAYS[other.weekday]}s"
            f" from {other.starts:%H:%M} to {other.ends:%H:%M}."
        )


def _overlapping(interviewer: StaffMember, hours: Hours, itself: WeeklyPattern | None) -> WeeklyPattern | None:
    wanted = select(WeeklyPattern).where(
        WeeklyPattern.interviewer_id == interviewer.id,
        WeeklyPattern.call_id == hours.call_id,
        WeeklyPattern.removed_at.is_(None),
        WeeklyPattern.weekday == hours.weekday,
        WeeklyPattern.starts < hours.ends,
        WeeklyPattern.ends > hours.starts,
        or_(WeeklyPattern.last_on.is_(None), WeeklyPattern.last_on >= hours.first_on),
    )
    if hours.last_on is not None:
        wanted = wanted.where(WeeklyPattern.first_on <= hours.last_on)
    if itself is not None:
        wanted = wanted.where(WeeklyPattern.id != itself.id)
    return db.session.scalars(wanted.limit(1)).first()
