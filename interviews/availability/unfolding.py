"""Make the times of weekly hours up to each interviewer's horizon, and withdraw those that no rule gives any more.

Booked times and times that were published one by one are never touched. A time that its interviewer has taken back
stays taken back. Where two sets of hours give the same start, the older ones have it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import joinedload

from accounts import audit
from accounts.models import StaffMember
from core import clock
from core.database import db
from interviews.availability.intervals import Interval
from interviews.availability.patterns import Away, Grid, WeeklyHours, slot_times
from interviews.availability.profiles import stored_profile
from interviews.availability.rows import away_of, hours_of
from interviews.models import HOLDING, Booking, InterviewerProfile, Slot, TimeOff, WeeklyPattern

INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
IS_HELD = select(Booking.id).where(Booking.slot_id == Slot.id, Booking.status.in_(HOLDING)).exists()
FROM_PATTERN = ("call_id", "site_id", "kind", "place", "room", "is_step_free", "takes_companion")


@dataclass(frozen=True, slots=True)
class Unfolded:
    added: int
    withdrawn: int


def unfold(interviewer: StaffMember) -> Unfolded:
    """Bring the times of one interviewer into line with their rules. Doing it again changes nothing."""
    profile = stored_profile(interviewer)  # holds the interviewer: nobody books or unfolds at the same moment
    wanted = _wanted(interviewer, profile)
    free = {slot.starts_at: slot for slot in _free_pattern_slots(interviewer.id)}
    gone = [slot for slot in free.values() if not _follow(slot, wanted.get(slot.starts_at))]
    _withdraw(gone)
    taken = _starts_not_to_make(interviewer.id)
    missing = [values for starts_at, values in wanted.items() if starts_at not in taken]
    _insert(missing)
    profile.unfolded_on = clock.now().date()
    db.session.flush()
    if gone or missing:
        audit.record("times unfolded", interviewer, added=len(missing), withdrawn=len(gone))
    return Unfolded(len(missing), len(gone))


def due() -> list[UUID]:
    """Interviewers with weekly hours whose horizon has moved on since times were made."""
    has_hours = select(WeeklyPattern.id).where(
        WeeklyPattern.interviewer_id == InterviewerProfile.interviewer_id, WeeklyPattern.removed_at.is_(None)
    )
    wanted = select(InterviewerProfile.interviewer_id).where(
        has_hours.exists(),
        InterviewerProfile.interviewer.has(StaffMember.is_active),
        or_(InterviewerProfile.unfolded_on.is_(None), InterviewerProfile.unfolded_on < clock.now().date()),
    )
    return list(db.session.scalars(wanted))


def times_of(
    hours: Sequence[WeeklyHours], away: Sequence[Away], profile: InterviewerProfile, minutes: int, days_ahead: int
) -> list[Interval]:
    """What hours give within some days of today on the interviewer's clocks, without what is past."""
    today = clock.in_zone(clock.now(), profile.zone).date()
    grid = Grid(minutes, pause_minutes=profile.minutes_before + profile.minutes_after)
    found = slot_times(hours, away, grid, zone=profile.zone, first_on=today, last_on=today + timedelta(days=days_ahead))
    return [interval for interval in found if interval.starts_at > clock.now()]


def time_off_of(interviewer_id: UUID, since: date) -> list[TimeOff]:
    """What ends on a day or later, soonest first."""
    wanted = select(TimeOff).where(TimeOff.interviewer_id == interviewer_id, TimeOff.last_on >= since)
    return list(db.session.scalars(wanted.order_by(TimeOff.first_on, TimeOff.starts, TimeOff.id)))


def _wanted(interviewer: StaffMember, profile: InterviewerProfile) -> dict[datetime, dict[str, Any]]:
    """The rows that the rules give, by their start."""
    if not interviewer.is_active:
        return {}
    yesterday = clock.now().date() - timedelta(days=1)
    away = [away_of(row) for row in time_off_of(interviewer.id, yesterday)]
    rows: dict[datetime, dict[str, Any]] = {}
    for pattern in _patterns(interviewer.id):
        minutes = pattern.call.interview_minutes
        for interval in times_of([hours_of(pattern)], away, profile, minutes, profile.horizon_days):
            rows.setdefault(interval.starts_at, _values(pattern, interval))
    return rows


def _patterns(interviewer_id: UUID) -> list[WeeklyPattern]:
    wanted = select(WeeklyPattern).where(
        WeeklyPattern.interviewer_id == interviewer_id, WeeklyPattern.removed_at.is_(None)
    )
    oldest_first = wanted.order_by(WeeklyPattern.created_at, WeeklyPattern.id)
    return list(db.session.scalars(oldest_first.options(joinedload(WeeklyPattern.call))))


def _values(pattern: WeeklyPattern, interval: Interval) -> dict[str, Any]:
    return {
        "interviewer_id": pattern.interviewer_id,
        "pattern_id": pattern.id,
        "starts_at": interval.starts_at,
        "ends_at": interval.ends_at,
        **{name: getattr(pattern, name) for name in FROM_PATTERN},
    }


def _free_pattern_slots(interviewer_id: UUID) -> list[Slot]:
    wanted = _standing(interviewer_id).where(Slot.pattern_id.is_not(None), ~IS_HELD)
    return list(db.session.scalars(wanted.execution_options(populate_existing=True)))


def _standing(interviewer_id: UUID) -> Any:
    return select(Slot).where(
        Slot.interviewer_id == interviewer_id, Slot.withdrawn_at.is_(None), Slot.starts_at > clock.now()
    )


def _follow(slot: Slot, values: dict[str, Any] | None) -> bool:
    """Give a free time what its rule says now; False when no rule gives it."""
    if values is None or slot.call_id != values["call_id"]:  # who booked it before did so for that call
        return False
    for name, value in values.items():
        if getattr(slot, name) != value:
            setattr(slot, name, value)
    return True


def _withdraw(slots: Sequence[Slot]) -> None:
    """Without their pattern: only what an interviewer took back by hand keeps it, and is not made again."""
    for slot in slots:
        slot.withdrawn_at, slot.pattern_id = clock.now(), None
    db.session.flush()


def _starts_not_to_make(interviewer_id: UUID) -> set[datetime]:
    """What stands, and what was taken back by hand."""
    stands_or_taken_back = or_(Slot.withdrawn_at.is_(None), Slot.pattern_id.is_not(None))
    wanted = select(Slot.starts_at).where(
        Slot.interviewer_id == interviewer_id, Slot.starts_at > clock.now(), stands_or_taken_back
    )
    return set(db.session.scalars(wanted))


def _insert(rows: Sequence[dict[str, Any]]) -> None:
    """All at once. A time that somebody else published at this moment stays theirs."""
    if not rows:
        return
    now = clock.now()
    insert = INSERT[db.session.get_bind().dialect.name](Slot).on_conflict_do_nothing()
    db.session.execute(insert, [{"id": uuid4(), "created_at": now, **values} for values in rows])
