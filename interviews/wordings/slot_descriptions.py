"""Say in words when, where and with whom an interview is. For pages and mails; calendars have calendar_mail.py.

Times are on the clocks of a zone that is given, or of the call.
"""

from core import clock
from interviews.models import Slot, SlotKind, Volunteer

KIND_LABELS = {
    SlotKind.VIDEO: "By video",
    SlotKind.TELEPHONE: "By telephone",
    SlotKind.IN_PERSON: "In person",
}


def format_zone(zone: str) -> str:
    """ "Europe/London" as people say it: "London time"."""
    return f"{zone.rpartition('/')[2].replace('_', ' ')} time"


def get_volunteer_zone(volunteer: Volunteer) -> str:
    """The clocks that the person has chosen, else those of the call."""
    return volunteer.zone or volunteer.call.zone


def format_time_range(slot: Slot, zone: str = "") -> str:
    """ "10:00 to 10:45"."""
    zone = zone or slot.call.zone
    return f"{clock.convert_to_zone(slot.starts_at, zone):%H:%M} to {clock.convert_to_zone(slot.ends_at, zone):%H:%M}"


def format_slot_time(slot: Slot, zone: str = "") -> str:
    """ "Tuesday 3 March 2026, 10:00 to 10:45 (London time)"."""
    zone = zone or slot.call.zone
    return f"{clock.format_day(slot.starts_at, zone)}, {format_time_range(slot, zone)} ({format_zone(zone)})"


def format_location(slot: Slot) -> str:
    """One line for a calendar: the link, or the address and the room, or how we will speak."""
    return ", ".join(part for part in (slot.location, slot.room) if part) or KIND_LABELS[slot.kind]
