"""The only source of the current time."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

MAX_MILLISECOND_DIGITS = 13  # digits; until the year 2286

_frozen_at: datetime | None = None


def now() -> datetime:
    """The current moment, aware, in UTC."""
    return _frozen_at or datetime.now(UTC)


@contextmanager
def freeze_at(moment: datetime) -> Iterator[None]:
    """Hold the clock at a moment, for tests."""
    global _frozen_at  # noqa: PLW0603
    before, _frozen_at = _frozen_at, moment.astimezone(UTC)
    try:
        yield
    finally:
        _frozen_at = before


def convert_to_zone(moment: datetime, zone: str) -> datetime:
    """The same moment as the clocks of a zone show it; in the first and last hours that there are, as UTC has it."""
    try:
        return moment.astimezone(ZoneInfo(zone))
    except OverflowError:
        return moment


def format_day_and_time(moment: datetime, zone: str) -> str:
    """For people: “Tuesday 3 March 2026, 10:00”."""
    local = convert_to_zone(moment, zone)
    return f"{local:%A} {local.day} {local:%B %Y, %H:%M}"


def format_day(moment: datetime, zone: str) -> str:
    """For people: “Tuesday 3 March 2026”."""
    local = convert_to_zone(moment, zone)
    return f"{local:%A} {local.day} {local:%B %Y}"


def parse_milliseconds(milliseconds: str) -> datetime | None:
    """Of a count since 1970, as browsers tell it; None for anything else, and for what is still to come."""
    if not (milliseconds.isascii() and milliseconds.isdigit() and len(milliseconds) <= MAX_MILLISECOND_DIGITS):
        return None
    moment = datetime.fromtimestamp(int(milliseconds) / 1000, UTC)
    return moment if moment <= now() else None


def format_seconds(seconds: float) -> str:
    """A moment in a recording: “2:05”, or “1:02:05” from an hour on."""
    whole = int(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"
