"""From stored rules to the values that patterns.py calculates with."""

from interviews.availability.patterns import TimeOffPeriod, WeeklyHours
from interviews.models import TimeOff, WeeklyPattern


def build_weekly_hours(row: WeeklyPattern) -> WeeklyHours:
    return WeeklyHours(row.weekday, row.starts, row.ends, row.first_on, row.last_on)


def build_time_off_period(row: TimeOff) -> TimeOffPeriod:
    return TimeOffPeriod(row.first_on, row.last_on, row.starts, row.ends)
