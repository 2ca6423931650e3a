"""Days and hours on which an interviewer's weekly hours do not hold. Times change at once; callers commit."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from accounts import audit
from accounts.models import StaffMember
from core import clock
from core.database import db
from core.errors import RuleError
from interviews.availability.patterns import Away, away_times
from interviews.availability.profiles import profile_of, stored_profile
from interviews.availability.unfolding import unfold
from interviews.models import Booking, BookingStatus, Slot, TimeOff

MOST_DAYS = 366


class TimeOffError(RuleError):
    """The days or hours do not fit together."""


def add(interviewer: StaffMember, away: Away, *, note: str = "") -> int:
    """How many interviews are booked in that time: they stay until somebody moves them. Raises TimeOffError."""
    _check(away)
    stored_profile(interviewer)
    row = TimeOff(
        interviewer_id=interviewer.id,
        first_on=away.first_on,
        last_on=away.last_on,
        starts=away.starts,
        ends=away.ends,
        note=note,
    )
    db.session.add(row)
    db.session.flush()
    audit.record("time off added", row)
    unfold(interviewer)
    return _booked_during(interviewer, away)


def remove(row: TimeOff) -> None:
    interviewer = db.session.get_one(StaffMember, row.interviewer_id)
    stored_profile(interviewer)
    audit.record("time off removed", row)
    db.session.delete(row)
    db.session.flush()
    unfold(interviewer)


def _check(away: Away) -> None:
    if not timedelta() <= away.last_on - away.first_on < timedelta(days=MOST_DAYS):
        raise TimeOffError("The last day has to be the first or come after it, within a year.")
    if (away.starts is None) != (away.ends is None):
        raise TimeOffError("Enter both hours, or leave both empty for whole days.")
    if away.starts is not None and away.ends is not None and away.ends <= away.starts:
        raise TimeOffError("The end has to come after the start.")


def _booked_during(interviewer: StaffMember, away: Away) -> int:
    clocks = ZoneInfo(profile_of(interviewer.id).zone)
    stretches = away_times(away, clocks, away.first_on, away.last_on)
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
