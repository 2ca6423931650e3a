"""From stored rules to the values that patterns.py reckons with."""

from interviews.availability.patterns import Away, WeeklyHours
from interviews.models import TimeOff, WeeklyPattern


def hours_of(row: WeeklyPattern) -> WeeklyHours:
    return WeeklyHours(row.weekday, row.starts, row.ends, row.first_on, row.last_on)


def away_of(row: TimeOff) -> Away:
    return Away(row.first_on, row.last_on, row.starts, row.ends)
