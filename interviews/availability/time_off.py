"""Interviewers' time off from weekly hours. Slots follow immediately; callers commit."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from accounts import audit
from accounts.models import StaffMember
from core import clock
from core.database import db
from core.errors import RuleError
from interviews.availability.patterns import TimeOffPeriod, list_time_off_intervals
from interviews.availability.profiles import get_profile, lock_profile
from interviews.availability.slot_generation import generate_slots
from interviews.models import Booking, BookingStatus, Slot, TimeOff

MAX_TIME_OFF_DAYS = 366


class TimeOffError(RuleError): ...


def add_time_off(interviewer: StaffMember, period: TimeOffPeriod, *, note: str = "") -> int:
    """Returns the number of interviews booked in that time, which stay. Raises TimeOffError."""
    _check_period(period)
    lock_profile(interviewer)
    row = TimeOff(
        interviewer_id=interviewer.id,
        first_on=period.first_on,
        last_on=period.last_on,
        starts=period.starts,
        ends=period.ends,
        note=note,
    )
    db.session.add(row)
    db.session.flush()
    audit.record("time off added", row)
    generate_slots(interviewer)
    return _count_booked_interviews(interviewer, period)


def remove_time_off(row: TimeOff) -> None:
    interviewer = db.session.get_one(StaffMember, row.interviewer_id)
    lock_profile(interviewer)
    audit.record("time off removed", row)
    db.session.delete(row)
    db.session.flush()
    generate_slots(interviewer)


def _check_period(period: TimeOffPeriod) -> None:
    if not timedelta() <= period.last_on - period.first_on < timedelta(days=MAX_TIME_OFF_DAYS):
        raise TimeOffError("The last day must be the same as or after the first day, within a year.")
    if (period.starts is None) != (period.ends is None):
        raise TimeOffError("Enter both times, or leave both empty for whole days.")
    if period.starts is not None and period.ends is not None and period.ends <= period.starts:
        raise TimeOffError("The end must be after the start.")


def _count_booked_interviews(interviewer: StaffMember, period: TimeOffPeriod) -> int:
    clocks = ZoneInfo(get_profile(interviewer.id).zone)
    intervals = list_time_off_intervals(period, clocks, period.first_on, period.last_on)
    query = (
        select(func.count(Booking.id))
        .join(Booking.slot)
        .where(
            Slot.interviewer_id == interviewer.id,
            Booking.status == BookingStatus.BOOKED,
            Slot.ends_at > clock.now(),
        )
    )
    counts = (
        db.session.scalar(query.where(Slot.starts_at < one.ends_at, Slot.ends_at > one.starts_at)) for one in intervals
    )
    return sum(count or 0 for count in counts)
