"""Days and hours on which an interviewer's weekly hours do not hold. Times change at once; callers commit."""

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


class TimeOffError(RuleError):
    """The days or hours do not fit together."""


def add_time_off(interviewer: StaffMember, period: TimeOffPeriod, *, note: str = "") -> int:
    """How many interviews are booked in that time: they stay until somebody moves them. Raises TimeOffError."""
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
        raise TimeOffError("The last day has to be the first or come after it, within a year.")
    if (period.starts is None) != (period.ends is None):
        raise TimeOffError("Enter both hours, or leave both empty for whole days.")
    if period.starts is not None and period.ends is not None and period.ends <= period.starts:
        raise TimeOffError("The end has to come after the start.")


def _count_booked_interviews(interviewer: StaffMember, period: TimeOffPeriod) -> int:
    clocks = ZoneInfo(get_profile(interviewer.id).zone)
    stretches = list_time_off_intervals(period, clocks, period.first_on, period.last_on)
    wanted = (
        select(func.count(Booking.id))
        .join(Booking.slot)
        .where(
            Slot.interviewer_id == interviewer.id,
            Booking.status == BookingStatus.BOOKED,
            Slot.ends_at > clock.now(),
        )
    )
    counts = (
        db.session.scalar(wanted.where(Slot.starts_at < one.ends_at, Slot.ends_at > one.starts_at)) for one in stretches
    )
    return sum(count or 0 for count in counts)
