"""Unfold recurrence rules (RFC 5545 §3.3.10, RFC 7529) into local times. Pure.

Times follow the clocks of the event: callers convert each one. Raises RuleNotReadableError rather than guess.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from dateutil import rrule as dateutil_rrule

STEPS = {"HOURLY": timedelta(hours=1), "DAILY": timedelta(days=1), "WEEKLY": timedelta(weeks=1)}
FREQUENCIES = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
BYDAY_VALUE = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
NUMBER_RANGES = {
    "BYSETPOS": range(1, 367),
    "BYMONTH": range(1, 13),
    "BYMONTHDAY": range(1, 32),
    "BYYEARDAY": range(1, 367),
    "BYWEEKNO": range(1, 54),
    "BYHOUR": range(24),
    "BYMINUTE": range(60),
    "BYSECOND": range(61),
}
TIME_PARTS = frozenset({"BYHOUR", "BYMINUTE", "BYSECOND"})
SIGNED_PARTS = frozenset({"BYSETPOS", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"})
MAX_NUMBER = 100_000
LAST_SURE_DAY = 28  # of every month


class RuleNotReadableError(ValueError):
    """The rule is broken, or of another calendar system."""


@dataclass(frozen=True, slots=True)
class RecurrenceRule:
    frequency: str
    interval: int
    count: int | None
    until: str  # as written; callers know what it means for their event
    skip: str  # RFC 7529 §4.1: what to do with 30 February
    parts: dict[str, Any]  # as dateutil names them


def parse_rule(text: str, *, has_time: bool) -> RecurrenceRule:
    pieces = [piece.partition("=") for piece in text.upper().split(";") if piece.strip()]
    parts = {name.strip(): re.sub(r"\s+", "", value) for name, _, value in pieces}
    frequency = parts.get("FREQ", "")
    if frequency not in FREQUENCIES or parts.get("RSCALE", "GREGORIAN") != "GREGORIAN":
        raise RuleNotReadableError
    if frequency == "HOURLY" and not has_time:
        raise RuleNotReadableError
    return RecurrenceRule(
        frequency=frequency,
        interval=_parse_positive(parts.get("INTERVAL", "1")),
        count=_parse_positive(parts["COUNT"]) if "COUNT" in parts else None,
        until=parts.get("UNTIL", ""),
        skip=parts.get("SKIP", "OMIT"),
        parts=_build_parts(parts, frequency, has_time=has_time),
    )


def _build_parts(parts: dict[str, str], frequency: str, *, has_time: bool) -> dict[str, Any]:
    selected = set(NUMBER_RANGES) - (set() if has_time else TIME_PARTS)
    built: dict[str, Any] = {name.lower(): _parse_numbers(name, parts[name]) for name in selected & set(parts)}
    if "BYDAY" in parts:
        is_numbered = frequency in {"MONTHLY", "YEARLY"}
        built["byweekday"] = [_parse_weekday(piece, is_numbered) for piece in _split_list(parts["BYDAY"])]
    if "WKST" in parts:
        built["wkst"] = _parse_weekday(parts["WKST"], False)
    return built


def _split_list(text: str) -> list[str]:
    return [piece for piece in text.split(",") if piece]


def _parse_numbers(name: str, text: str) -> list[int]:
    numbers = [_parse_number(piece) for piece in _split_list(text)]
    allowed = NUMBER_RANGES[name]
    if not numbers or any((abs(one) if name in SIGNED_PARTS else one) not in allowed for one in numbers):
        raise RuleNotReadableError
    return numbers


def _parse_number(text: str) -> int:
    if not re.fullmatch(r"[+-]?\d{1,6}", text):
        raise RuleNotReadableError
    return int(text)


def _parse_positive(text: str) -> int:
    number = _parse_number(text)
    if not 0 < number <= MAX_NUMBER:
        raise RuleNotReadableError
    return number


def _parse_weekday(text: str, is_numbered: bool) -> Any:
    match = BYDAY_VALUE.fullmatch(text)
    if match is None or int(match[1] or 1) == 0:
        raise RuleNotReadableError
    weekday = dateutil_rrule.weekday(WEEKDAYS.index(match[2]))
    return weekday(int(match[1])) if match[1] and is_numbered else weekday


def unfold_rule(
    rule: RecurrenceRule, start: datetime, *, first: datetime, last: datetime, is_past: Callable[[datetime], bool]
) -> Iterator[datetime]:
    """Local times from `first` to `last`. `is_past`: whether one is after the rule's UNTIL."""
    begin = start if rule.count else _advance_start(rule, start, first)
    options, push_days = _apply_skip(rule, start)
    frequency = getattr(dateutil_rrule, rule.frequency)
    times = dateutil_rrule.rrule(
        frequency, dtstart=begin, interval=rule.interval, count=rule.count, **{**rule.parts, **options}
    )
    for local in takewhile(lambda one: one <= last and not is_past(one), times):
        moved = local + timedelta(days=1) if push_days and local.day < push_days else local
        if moved >= first:
            yield moved


def _advance_start(rule: RecurrenceRule, start: datetime, first: datetime) -> datetime:
    """The same rhythm from just before the window, so that old series cost nothing."""
    step = STEPS.get(rule.frequency)
    if step is None or first <= start:
        return start
    step *= rule.interval
    return start + step * max((first - start) // step - 1, 0)


def _apply_skip(rule: RecurrenceRule, start: datetime) -> tuple[dict[str, Any], int]:
    """For a day that some months lack: the last one before it, and for FORWARD the day whose lack moves it on."""
    days = rule.parts.get("bymonthday", [start.day])
    is_by_day = not {"byweekday", "byyearday", "byweekno", "bysetpos"} & set(rule.parts)
    may_skip = rule.skip in {"BACKWARD", "FORWARD"} and rule.frequency in {"MONTHLY", "YEARLY"} and is_by_day
    if not may_skip or len(days) != 1 or days[0] <= LAST_SURE_DAY:
        return {}, 0
    options: dict[str, Any] = {"bymonthday": list(range(LAST_SURE_DAY, days[0] + 1)), "bysetpos": [-1]}
    if rule.frequency == "YEARLY" and "bymonth" not in rule.parts:
        options["bymonth"] = [start.month]
    return options, days[0] if rule.skip == "FORWARD" else 0
