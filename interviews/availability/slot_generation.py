"""Generate slots from weekly hours up to each interviewer's horizon, and withdraw those without a rule.

Booked slots and slots that were published individually are never touched. A slot that its interviewer has withdrawn
stays withdrawn. If two sets of hours give the same start, the older one counts.
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
from interviews.availability.patterns import SlotGrid, TimeOffPeriod, WeeklyHours, generate_slot_times
from interviews.availability.profiles import lock_profile
from interviews.availability.rule_values import build_time_off_period, build_weekly_hours
from interviews.models import (
    OCCUPYING_STATUSES,
    Booking,
    InterviewerProfile,
    Slot,
    TimeOff,
    WeeklyPattern,
)

INSERT_BY_DIALECT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
IS_OCCUPIED = select(Booking.id).where(Booking.slot_id == Slot.id, Booking.status.in_(OCCUPYING_STATUSES)).exists()
COPIED_FROM_PATTERN = ("call_id", "site_id", "kind", "location", "room", "is_step_free", "takes_companion")


@dataclass(frozen=True, slots=True)
class GeneratedSlots:
    added: int
    withdrawn: int


def generate_slots(interviewer: StaffMember) -> GeneratedSlots:
    """Idempotent."""
    profile = lock_profile(interviewer)  # locks the interviewer, against bookings and other generation
    planned = _build_planned_slots(interviewer, profile)
    free = {slot.starts_at: slot for slot in _list_free_pattern_slots(interviewer.id)}
    outdated = [slot for slot in free.values() if not _update_slot(slot, planned.get(slot.starts_at))]
    _withdraw_slots(outdated)
    taken = _list_unavailable_starts(interviewer.id)
    missing = [values for starts_at, values in planned.items() if starts_at not in taken]
    _insert_slots(missing)
    profile.slots_generated_on = clock.now().date()
    db.session.flush()
    if outdated or missing:
        audit.record("times unfolded", interviewer, added=len(missing), withdrawn=len(outdated))
    return GeneratedSlots(len(missing), len(outdated))


def list_due_interviewers() -> list[UUID]:
    has_hours = select(WeeklyPattern.id).where(
        WeeklyPattern.interviewer_id == InterviewerProfile.interviewer_id, WeeklyPattern.removed_at.is_(None)
    )
    query = select(InterviewerProfile.interviewer_id).where(
        has_hours.exists(),
        InterviewerProfile.interviewer.has(StaffMember.is_active),
        or_(
            InterviewerProfile.slots_generated_on.is_(None), InterviewerProfile.slots_generated_on < clock.now().date()
        ),
    )
    return list(db.session.scalars(query))


def calculate_slot_times(
    hours: Sequence[WeeklyHours],
    time_off: Sequence[TimeOffPeriod],
    profile: InterviewerProfile,
    minutes: int,
    days_ahead: int,
) -> list[Interval]:
    today = clock.convert_to_zone(clock.now(), profile.zone).date()
    grid = SlotGrid(minutes, pause_minutes=profile.minutes_before + profile.minutes_after)
    times = generate_slot_times(
        hours, time_off, grid, zone=profile.zone, first_on=today, last_on=today + timedelta(days=days_ahead)
    )
    return [interval for interval in times if interval.starts_at > clock.now()]


def list_time_off(interviewer_id: UUID, since: date) -> list[TimeOff]:
    query = select(TimeOff).where(TimeOff.interviewer_id == interviewer_id, TimeOff.last_on >= since)
    return list(db.session.scalars(query.order_by(TimeOff.first_on, TimeOff.starts, TimeOff.id)))


def _build_planned_slots(interviewer: StaffMember, profile: InterviewerProfile) -> dict[datetime, dict[str, Any]]:
    if not interviewer.is_active:
        return {}
    yesterday = clock.now().date() - timedelta(days=1)
    away = [build_time_off_period(row) for row in list_time_off(interviewer.id, yesterday)]
    rows: dict[datetime, dict[str, Any]] = {}
    for pattern in _list_patterns(interviewer.id):
        minutes = pattern.call.interview_minutes
        for interval in calculate_slot_times(
            [build_weekly_hours(pattern)], away, profile, minutes, profile.horizon_days
        ):
            rows.setdefault(interval.starts_at, _build_slot_values(pattern, interval))
    return rows


def _list_patterns(interviewer_id: UUID) -> list[WeeklyPattern]:
    query = select(WeeklyPattern).where(
        WeeklyPattern.interviewer_id == interviewer_id, WeeklyPattern.removed_at.is_(None)
    )
    oldest_first = query.order_by(WeeklyPattern.created_at, WeeklyPattern.id)
    return list(db.session.scalars(oldest_first.options(joinedload(WeeklyPattern.call))))


def _build_slot_values(pattern: WeeklyPattern, interval: Interval) -> dict[str, Any]:
    return {
        "interviewer_id": pattern.interviewer_id,
        "pattern_id": pattern.id,
        "starts_at": interval.starts_at,
        "ends_at": interval.ends_at,
        **{name: getattr(pattern, name) for name in COPIED_FROM_PATTERN},
    }


def _list_free_pattern_slots(interviewer_id: UUID) -> list[Slot]:
    query = _select_upcoming_slots(interviewer_id).where(Slot.pattern_id.is_not(None), ~IS_OCCUPIED)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def _select_upcoming_slots(interviewer_id: UUID) -> Any:
    return select(Slot).where(
        Slot.interviewer_id == interviewer_id, Slot.withdrawn_at.is_(None), Slot.starts_at > clock.now()
    )


def _update_slot(slot: Slot, values: dict[str, Any] | None) -> bool:
    if values is None or slot.call_id != values["call_id"]:  # earlier bookings of it are for that call
        return False
    for name, value in values.items():
        if getattr(slot, name) != value:
            setattr(slot, name, value)
    return True


def _withdraw_slots(slots: Sequence[Slot]) -> None:
    """Without their pattern: only slots that an interviewer withdrew keep it, and are not generated again."""
    for slot in slots:
        slot.withdrawn_at, slot.pattern_id = clock.now(), None
    db.session.flush()


def _list_unavailable_starts(interviewer_id: UUID) -> set[datetime]:
    is_open_or_withdrawn_by_interviewer = or_(Slot.withdrawn_at.is_(None), Slot.pattern_id.is_not(None))
    query = select(Slot.starts_at).where(
        Slot.interviewer_id == interviewer_id, Slot.starts_at > clock.now(), is_open_or_withdrawn_by_interviewer
    )
    return set(db.session.scalars(query))


def _insert_slots(rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    now = clock.now()
    insert = INSERT_BY_DIALECT[db.session.get_bind().dialect.name](Slot).on_conflict_do_nothing()
    db.session.execute(insert, [{"id": uuid4(), "created_at": now, **values} for values in rows])
