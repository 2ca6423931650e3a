"""The only source of the current time, and times as people read them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

MAX_MILLISECOND_DIGITS = 13  # enough until the year 2286

_frozen_at: datetime | None = None


def now() -> datetime:
    return _frozen_at or datetime.now(UTC)


@contextmanager
def freeze_at(moment: datetime) -> Iterator[None]:
    global _frozen_at  # noqa: PLW0603
    before, _frozen_at = _frozen_at, moment.astimezone(UTC)
    try:
        yield
    finally:
        _frozen_at = before


def convert_to_zone(moment: datetime, zone: str) -> datetime:
    """Unchanged in the first and last hours that a datetime can express."""
    try:
        return moment.astimezone(ZoneInfo(zone))
    except OverflowError:
        return moment


def format_clock_time(local: datetime | time) -> str:
    """As GOV.UK writes times: “6pm”, “10:45am”, “midday”, “midnight”. Convert to the reader's time zone first."""
    if local.minute == 0 and local.hour % 12 == 0:
        return "midday" if local.hour else "midnight"
    minutes = f":{local.minute:02}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes}{'pm' if local.hour >= 12 else 'am'}"


def format_day_and_time(moment: datetime, zone: str) -> str:
    return f"{format_day(moment, zone)} at {format_clock_time(convert_to_zone(moment, zone))}"


def format_day(moment: datetime, zone: str) -> str:
    local = convert_to_zone(moment, zone)
    return f"{local:%A} {local.day} {local:%B %Y}"


def format_date(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def parse_milliseconds(milliseconds: str) -> datetime | None:
    """Milliseconds since 1970, as browsers send them. None if it is anything else, or in the future."""
    if not (milliseconds.isascii() and milliseconds.isdigit() and len(milliseconds) <= MAX_MILLISECOND_DIGITS):
        return None
    moment = datetime.fromtimestamp(int(milliseconds) / 1000, UTC)
    return moment if moment <= now() else None


def format_seconds(seconds: float) -> str:
    whole = int(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"
