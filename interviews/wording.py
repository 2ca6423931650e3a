"""Say in words when, where and with whom an interview is. For pages and mails; calendars have calendar_mail.py.

Times are on the clocks of a zone that is given, or of the call.
"""

from core import clock
from interviews.models import Slot, SlotKind, Volunteer

KIND_WORDS = {
    SlotKind.VIDEO: "By video",
    SlotKind.TELEPHONE: "By telephone",
    SlotKind.IN_PERSON: "In person",
}


def zone_words(zone: str) -> str:
    """ "Europe/London" as people say it: "London time"."""
    return f"{zone.rpartition('/')[2].replace('_', ' ')} time"


def zone_of(volunteer: Volunteer) -> str:
    """The clocks that the person has chosen, else those of the call."""
    return volunteer.zone or volunteer.call.zone


def times(slot: Slot, zone: str = "") -> str:
    """ "10:00 to 10:45"."""
    zone = zone or slot.call.zone
    return f"{clock.in_zone(slot.starts_at, zone):%H:%M} to {clock.in_zone(slot.ends_at, zone):%H:%M}"


def when(slot: Slot, zone: str = "") -> str:
    """ "Tuesday 3 March 2026, 10:00 to 10:45 (London time)"."""
    zone = zone or slot.call.zone
    return f"{clock.day(slot.starts_at, zone)}, {times(slot, zone)} ({zone_words(zone)})"


def location(slot: Slot) -> str:
    """One line for a calendar: the link, or the address and the room, or how we will speak."""
    return ", ".join(part for part in (slot.place, slot.room) if part) or KIND_WORDS[slot.kind]
