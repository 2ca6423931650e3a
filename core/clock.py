"""The only source of the current time."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

_stopped_at: datetime | None = None


def now() -> datetime:
    """The current moment, aware, in UTC."""
    return _stopped_at or datetime.now(UTC)


@contextmanager
def stopped_at(moment: datetime) -> Iterator[None]:
    """Hold the clock at a moment, for tests."""
    global _stopped_at  # noqa: PLW0603 one clock per process is the point
    before, _stopped_at = _stopped_at, moment.astimezone(UTC)
    try:
        yield
    finally:
        _stopped_at = before


def in_zone(moment: datetime, zone: str) -> datetime:
    """The same moment as the clocks of a zone show it; in the first and last hours that there are, as UTC has it."""
    try:
        return moment.astimezone(ZoneInfo(zone))
    except OverflowError:
        return moment


def day_and_time(moment: datetime, zone: str) -> str:
    """For people: “Tuesday 3 March 2026, 10:00”."""
    local = in_zone(moment, zone)
    return f"{local:%A} {local.day} {local:%B %Y, %H:%M}"


def day(moment: datetime, zone: str) -> str:
    """For people: “Tuesday 3 March 2026”."""
    local = in_zone(moment, zone)
    return f"{local:%A} {local.day} {local:%B %Y}"


def seconds_as_time(seconds: float) -> str:
    """A moment in a recording: “2:05”, or “1:02:05” from an hour on."""
    whole = int(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"
