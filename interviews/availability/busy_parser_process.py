"""Parse an untrusted calendar in a child process with limits, because some never end."""

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from interviews.availability.busy_parser import CalendarNotReadableError, ParsedBusyTimes
from interviews.availability.intervals import Interval

PROJECT_ROOT = Path(__file__).resolve().parents[2]
TOO_SLOW_MESSAGE = "The calendar takes too long to read. It may have an event that repeats forever."


@dataclass(frozen=True, slots=True)
class ParserLimits:
    cpu_seconds: int = 15
    timeout_seconds: float = 40.0  # longer, because other processes may use the processor
    memory_bytes: int = 1024**3


DEFAULT_PARSER_LIMITS = ParserLimits()


def parse_in_child_process(
    content: bytes, window: Interval, *, zone: str, own_host: str = "", limits: ParserLimits = DEFAULT_PARSER_LIMITS
) -> ParsedBusyTimes:
    """Raises CalendarNotReadableError, also when a limit is reached."""
    request = {
        "window": [window.starts_at.isoformat(), window.ends_at.isoformat()],
        "zone": zone,
        "own_host": own_host,
        "memory_bytes": limits.memory_bytes,
        "cpu_seconds": limits.cpu_seconds,
    }
    try:
        child = subprocess.run(  # noqa: S603 - our own interpreter and module; nothing of the calendar is in the arguments
            [sys.executable, "-P", "-B", "-m", "interviews.availability.busy_parser_child", json.dumps(request)],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PYTHONPATH": str(PROJECT_ROOT), "LC_ALL": "C.UTF-8"},
            timeout=limits.timeout_seconds,
            check=True,
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
        raise CalendarNotReadableError(TOO_SLOW_MESSAGE) from error
    return _parse_answer(json.loads(child.stdout))


def _parse_answer(answer: dict[str, object]) -> ParsedBusyTimes:
    if refusal := answer.get("refusal"):
        raise CalendarNotReadableError(str(refusal))
    pairs: list[list[str]] = answer["busy"]  # type: ignore[assignment]  # what busy_parser_child.py writes
    busy = tuple(Interval(datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in pairs)
    return ParsedBusyTimes(busy, bool(answer["has_unknown_zones"]), int(str(answer["unreadable_parts"])))
