"""When somebody is reminded of an interview, and until when a reminder is of use. Pure: rows and mails in reminders.py.

Times before an interview are whole minutes.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.errors import RuleError

MINUTES = {"minute": 1, "hour": 60, "day": 24 * 60, "week": 7 * 24 * 60}
USUAL = (MINUTES["week"], MINUTES["day"], MINUTES["hour"])
LEAST, LONGEST = 10, 8 * MINUTES["week"]  # the worker looks each minute
MOST_TIMES = 10
NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
LINE = re.compile(r"(?P<number>\d+|[a-z]+)\s+(?P<unit>minute|hour|day|week)s?(?:\s+before)?\.?", re.IGNORECASE)


class ReminderTimesError(RuleError):
    """What was typed is no time before an interview."""


@dataclass(frozen=True, slots=True)
class Due:
    """One reminder: when it falls due, and from when on it would be of no use or mislead."""

    minutes_before: int
    due_at: datetime
    useful_until: datetime  # the next reminder's time, or the start


def reckoned(starts_at: datetime, known_since: datetime, minutes: Sequence[int]) -> list[Due]:
    """All reminders of an interview that was booked, or moved to its time, at `known_since`; earliest first."""
    dues = [starts_at - timedelta(minutes=number) for number in sorted(set(minutes), reverse=True)]
    ends = [*dues[1:], starts_at]
    return [
        Due(number, due_at, end)
        for number, due_at, end in zip(sorted(set(minutes), reverse=True), dues, ends, strict=True)
        if due_at > known_since
    ]


def fallen_due(starts_at: datetime, known_since: datetime, minutes: Sequence[int], now: datetime) -> list[Due]:
    return [due for due in reckoned(starts_at, known_since, minutes) if due.due_at <= now]


def in_words(minutes: int) -> str:
    """1440 is "1 day before", 90 "90 minutes before"."""
    unit, size = next((unit, size) for unit, size in reversed(MINUTES.items()) if minutes % size == 0)
    number = minutes // size
    return f"{number} {unit}{'' if number == 1 else 's'} before"


def from_words(text: str) -> list[int]:
    """Times as people write them, one on each line; longest first. Raises ReminderTimesError."""
    lines = [line.strip() for line in re.split(r"[\n,;]", text) if line.strip()]
    if not lines:
        raise ReminderTimesError("Give at least one time, for example “1 day before”.")
    found = sorted({_minutes(line) for line in lines}, reverse=True)
    if len(found) > MOST_TIMES:
        raise ReminderTimesError(f"These are {len(found)} times. Please give at most {MOST_TIMES}.")
    return found


def _minutes(line: str) -> int:
    match = LINE.fullmatch(line)
    number = _number(match["number"].lower()) if match else None
    if match is None or number is None:
        raise ReminderTimesError(f"“{line}” is not understood. Write for example “1 week before” or “2 hours before”.")
    minutes = number * MINUTES[match["unit"].lower()]
    if not LEAST <= minutes <= LONGEST:
        raise ReminderTimesError(f"“{line}” cannot be kept. Give a time between {LEAST} minutes and 8 weeks before.")
    return minutes


def _number(word: str) -> int | None:
    return int(word) if word.isdecimal() and len(word) < 7 else NUMBERS.get(word)
