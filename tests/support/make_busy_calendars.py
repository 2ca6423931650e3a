"""Calendars of interviewers as they are fetched, and what is read from them. Asserts nothing."""

from datetime import UTC, datetime

from interviews.availability.busy_parser import parse_busy_times
from interviews.availability.intervals import Interval

AUTUMN = Interval(datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC))


def calendar(*components: str, head: str = "") -> str:
    body = "".join(component.strip() + "\n" for component in components)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//y//EN\n{head}{body}END:VCALENDAR\n"
    return text.replace("\n", "\r\n")


def event(*lines: str, uid: str = "one@elsewhere.example") -> str:
    return "\n".join(["BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20260101T000000Z", *lines, "END:VEVENT"])


def busy(*components: str, zone: str = "Europe/London", head: str = "") -> list[str]:
    """Each stretch as day, start and end in UTC."""
    found = parse_busy_times(calendar(*components, head=head), AUTUMN, zone=zone).busy
    return [f"{one.starts_at:%d.%m. %H:%M}-{one.ends_at:%H:%M}" for one in found]


ALONE = ("DTSTART:20261102T090000Z", "DTEND:20261102T100000Z")
