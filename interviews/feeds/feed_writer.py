"""Write the calendar that a private feed serves (RFC 5545, METHOD:PUBLISH of RFC 5546 §3.2.1). Pure.

It names no attendee, and the organizer (required for PUBLISH) is our own mailbox; feeds.py selects the events. Lines
are written here because apps fetch every 15 minutes, and icalendar takes 10 seconds for 10,000 events.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from interviews.ical.calendar_writer import PRODUCT_ID

REFRESH_INTERVAL = "PT15M"  # how often apps are asked to look; most look less often
MAX_LINE_OCTETS = 75  # octets (RFC 5545 §3.1)


@dataclass(frozen=True, slots=True)
class PublishedEvent:
    uid: str
    sequence: int
    changed_at: datetime  # stored, so that a feed without changes stays the same to the byte
    starts_at: datetime
    ends_at: datetime
    summary: str
    location: str  # empty: none
    address: str  # of the page with details, for signed-in staff


def write_feed(name: str, events: Sequence[PublishedEvent], *, organizer: str) -> bytes:
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT_ID}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_escape_text(name)}",
        f"NAME:{_escape_text(name)}",  # RFC 7986 §5.1
        f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH_INTERVAL}",  # RFC 7986 §5.7
        f"X-PUBLISHED-TTL:{REFRESH_INTERVAL}",
        *(line for event in events for line in _build_event_lines(event, organizer)),
        "END:VCALENDAR",
    ]
    return b"".join(_fold_line(line) for line in lines)


def _build_event_lines(event: PublishedEvent, organizer: str) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:{event.uid}",
        f"SEQUENCE:{event.sequence}",
        f"DTSTAMP:{_format_utc(event.changed_at)}",
        f"DTSTART:{_format_utc(event.starts_at)}",
        f"DTEND:{_format_utc(event.ends_at)}",
        f"SUMMARY:{_escape_text(event.summary)}",
        f"DESCRIPTION:{_escape_text(event.address)}",
        f"URL:{event.address}",
        *([f"LOCATION:{_escape_text(event.location)}"] if event.location else []),
        "CLASS:PRIVATE",
        "STATUS:CONFIRMED",
        "TRANSP:OPAQUE",
        f"ORGANIZER:mailto:{organizer}",
        "END:VEVENT",
    ]


def _escape_text(text: str) -> str:
    plain = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def _format_utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _fold_line(line: str) -> bytes:
    content, pieces, limit = line.encode(), [], MAX_LINE_OCTETS
    while len(content) > limit:
        cut = limit
        while content[cut] & 0xC0 == 0x80:  # inside a character of UTF-8
            cut -= 1
        pieces.append(content[:cut])
        content, limit = content[cut:], MAX_LINE_OCTETS - 1
    return b"\r\n ".join([*pieces, content]) + b"\r\n"
