"""When somebody is reminded of an interview, and until when a reminder is useful. Pure; rows and emails: reminders.py.

Times before an interview are whole minutes.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.errors import RuleError

MINUTES_BY_UNIT = {"minute": 1, "hour": 60, "day": 24 * 60, "week": 7 * 24 * 60}
DEFAULT_TIMES = (MINUTES_BY_UNIT["week"], MINUTES_BY_UNIT["day"], MINUTES_BY_UNIT["hour"])
MIN_MINUTES, MAX_MINUTES = 10, 8 * MINUTES_BY_UNIT["week"]  # the worker runs every minute
MAX_TIMES = 10
NUMBERS_BY_NAME = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
TIME_LINE = re.compile(r"(?P<number>\d+|[a-z]+)\s+(?P<unit>minute|hour|day|week)s?(?:\s+before)?\.?", re.IGNORECASE)


class ReminderTimesError(RuleError): ...


@dataclass(frozen=True, slots=True)
class DueTime:
    minutes_before: int
    due_at: datetime
    useful_until: datetime  # the next reminder's time, or the start


def calculate_due_times(starts_at: datetime, known_since: datetime, minutes: Sequence[int]) -> list[DueTime]:
    """`known_since`: when the interview was booked or moved. Earliest first."""
    dues = [starts_at - timedelta(minutes=number) for number in sorted(set(minutes), reverse=True)]
    ends = [*dues[1:], starts_at]
    return [
        DueTime(number, due_at, end)
        for number, due_at, end in zip(sorted(set(minutes), reverse=True), dues, ends, strict=True)
        if due_at > known_since
    ]


def format_minutes_before(minutes: int) -> str:
    unit, size = next((unit, size) for unit, size in reversed(MINUTES_BY_UNIT.items()) if minutes % size == 0)
    number = minutes // size
    return f"{number} {unit}{'' if number == 1 else 's'} before"


def parse_times(text: str) -> list[int]:
    lines = [line.strip() for line in re.split(r"[\n,;]", text) if line.strip()]
    if not lines:
        raise ReminderTimesError("Enter at least one time, for example “1 day before”.")
    times = sorted({_parse_line(line) for line in lines}, reverse=True)
    if len(times) > MAX_TIMES:
        raise ReminderTimesError(f"You entered {len(times)} times. Enter {MAX_TIMES} or fewer.")
    return times


def _parse_line(line: str) -> int:
    match = TIME_LINE.fullmatch(line)
    number = _parse_number(match["number"].lower()) if match else None
    if match is None or number is None:
        raise ReminderTimesError(
            f"“{line}” is not a time we recognise. For example, enter “1 week before” or “2 hours before”."
        )
    minutes = number * MINUTES_BY_UNIT[match["unit"].lower()]
    if not MIN_MINUTES <= minutes <= MAX_MINUTES:
        raise ReminderTimesError(
            f"“{line}” is too early or too late. Enter a time between {MIN_MINUTES} minutes and 8 weeks before."
        )
    return minutes


def _parse_number(word: str) -> int | None:
    return int(word) if word.isdecimal() and len(word) < 7 else NUMBERS_BY_NAME.get(word)
