"""Build the calendar that a private feed serves (RFC 5545, METHOD:PUBLISH of RFC 5546 §3.2.1). Pure.

No attendee stands in it, and the organizer (which PUBLISH asks for) is our own mailbox; feeds.py decides on the events.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event, vCalAddress

from interviews.calendars.calendar_mail import PRODUCT_ID

REFRESH = timedelta(minutes=15)  # how often programs are asked to look; most look less often


@dataclass(frozen=True, slots=True)
class FeedEvent:
    uid: str
    sequence: int
    changed_at: datetime  # a fixed moment, so that a feed without changes stays the same to the byte
    starts_at: datetime
    ends_at: datetime
    summary: str
    location: str  # empty: none
    address: str  # of the page that says more, for who is signed in


def feed_text(name: str, events: Sequence[FeedEvent], *, organizer: str) -> bytes:
    """The whole calendar, folded at 75 octets, lines ending in CRLF."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT_ID)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("name", name)  # RFC 7986 §5.1
    calendar.add("refresh-interval", REFRESH, {"VALUE": "DURATION"})  # RFC 7986 §5.7
    calendar.add("x-published-ttl", "PT15M")
    for event in events:
        calendar.add_component(_vevent(event, organizer))
    content: bytes = calendar.to_ical()
    return content


def _vevent(event: FeedEvent, organizer: str) -> Event:
    component = Event()
    component.add("uid", event.uid)
    component.add("sequence", event.sequence)
    component.add("dtstamp", event.changed_at.astimezone(UTC))
    component.add("dtstart", event.starts_at.astimezone(UTC))
    component.add("dtend", event.ends_at.astimezone(UTC))
    component.add("summary", _plain(event.summary))
    component.add("description", event.address)
    component.add("url", event.address)
    if event.location:
        component.add("location", _plain(event.location))
    component.add("class", "PRIVATE")
    component.add("status", "CONFIRMED")
    component.add("transp", "OPAQUE")
    component.add("organizer", vCalAddress(f"mailto:{organizer}"), encode=False)
    return component


def _plain(text: str) -> str:
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())
