"""Describe when and where an interview is, for pages and emails. Times are in the zone given, else that of the call."""

from datetime import datetime

from core import clock
from interviews.models import Slot, SlotKind, Volunteer

KIND_LABELS = {
    SlotKind.VIDEO: "By video",
    SlotKind.TELEPHONE: "By phone",
    SlotKind.IN_PERSON: "In person",
}


def format_zone(zone: str) -> str:
    return f"{zone.rpartition('/')[2].replace('_', ' ')} time"


def get_volunteer_zone(volunteer: Volunteer) -> str:
    return volunteer.zone or volunteer.call.zone


def format_time_range(slot: Slot, zone: str = "") -> str:
    zone = zone or slot.call.zone
    starts_at, ends_at = (clock.convert_to_zone(moment, zone) for moment in (slot.starts_at, slot.ends_at))
    return f"{clock.format_clock_time(starts_at)} to {clock.format_clock_time(ends_at)}"


def format_slot_time(slot: Slot, zone: str = "") -> str:
    zone = zone or slot.call.zone
    return f"{clock.format_day(slot.starts_at, zone)}, {format_time_range(slot, zone)} ({format_zone(zone)})"


def format_deadline(moment: datetime, zone: str) -> str:
    return f"{clock.format_day_and_time(moment, zone)} ({format_zone(zone)})"


def format_location(slot: Slot) -> str:
    return ", ".join(part for part in (slot.location, slot.room) if part) or KIND_LABELS[slot.kind]
