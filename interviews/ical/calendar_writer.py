"""Write the calendar objects in emails (RFC 5545, RFC 5546). Pure: recipients are chosen in invitations.py.

An object has one event and one attendee, the recipient, so it cannot reveal anyone else's name or address.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from icalendar import Calendar, Event, vCalAddress, vText

PRODUCT_ID = "-//Listening Post//Interviews//EN"


class CalendarMethod(StrEnum):
    """RFC 5546 §3.2."""

    REQUEST = "REQUEST"  # add or update the event
    CANCEL = "CANCEL"


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    summary: str
    description: str
    location: str  # empty: none
    organizer: str  # the address that replies go to
    attendee: str  # the recipient
    organizer_name: str = ""  # as calendars show it


def write_calendar(event: CalendarEvent, method: CalendarMethod, *, stamped_at: datetime) -> str:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT_ID)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method.value)
    calendar.add_component(_build_vevent(event, method, stamped_at))
    content: bytes = calendar.to_ical()
    return content.decode()


def _build_vevent(event: CalendarEvent, method: CalendarMethod, stamped_at: datetime) -> Event:
    component = Event()
    component.add("uid", event.uid)
    component.add("sequence", event.sequence)
    component.add("dtstamp", _to_utc(stamped_at))
    component.add("dtstart", _to_utc(event.starts_at))
    component.add("dtend", _to_utc(event.ends_at))
    component.add("summary", _clean_single_line(event.summary))
    component.add("description", event.description.replace("\r\n", "\n"))
    if event.location:
        component.add("location", _clean_single_line(event.location))
    component.add("class", "PRIVATE")
    component.add("status", "CANCELLED" if method is CalendarMethod.CANCEL else "CONFIRMED")
    component.add("transp", "TRANSPARENT" if method is CalendarMethod.CANCEL else "OPAQUE")
    component.add("organizer", _build_organizer(event), encode=False)
    component.add("attendee", _build_attendee(event.attendee), encode=False)
    return component


def _build_organizer(event: CalendarEvent) -> vCalAddress:
    organizer = _build_address(event.organizer)
    if name := _clean_single_line(event.organizer_name).replace('"', "'"):
        organizer.params["CN"] = vText(name)
    return organizer


def _build_attendee(address: str) -> vCalAddress:
    attendee = _build_address(address)
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    attendee.params["PARTSTAT"] = vText("NEEDS-ACTION")
    attendee.params["RSVP"] = vText("TRUE")
    return attendee


def _build_address(address: str) -> vCalAddress:
    return vCalAddress(f"mailto:{_clean_single_line(address)}")


def _clean_single_line(text: str) -> str:
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def _to_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
