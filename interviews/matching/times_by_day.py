"""Group times by day for the pages that list them, in the time zone of the call or of a person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from core import clock
from interviews.matching.open_times import OpenTime
from interviews.models import Slot, SlotKind
from interviews.wordings.slot_descriptions import KIND_LABELS, format_time_range


@dataclass(frozen=True, slots=True)
class SlotDay:
    heading: str
    on: date
    slots: list[dict[str, Any]]


def group_slots_by_day(slots: Iterable[Slot], *, names_interviewers: bool = False) -> list[SlotDay]:
    """`slots` must be in order of time."""
    return [
        SlotDay(heading, on, [_build_slot_entry(slot, names_interviewers=names_interviewers) for slot in on_day])
        for (heading, on), on_day in groupby(slots, key=lambda slot: _get_day(slot, slot.call.zone))
    ]


def group_times_by_day(open_times: Iterable[OpenTime], zone: str) -> list[SlotDay]:
    """`open_times` must be in order of time."""
    return [
        SlotDay(heading, on, [_build_time_choice(time, zone) for time in on_day])
        for (heading, on), on_day in groupby(open_times, key=lambda time: _get_day(time.slot, zone))
    ]


def _get_day(slot: Slot, zone: str) -> tuple[str, date]:
    return clock.format_day(slot.starts_at, zone), clock.convert_to_zone(slot.starts_at, zone).date()


def _build_slot_entry(slot: Slot, *, names_interviewers: bool) -> dict[str, Any]:
    note = _describe_meeting(slot)
    if names_interviewers:
        note = f"{slot.interviewer.name}. {note}"
    return {"value": str(slot.id), "time": format_time_range(slot), "note": note, "slot": slot}


def _build_time_choice(time: OpenTime, zone: str) -> dict[str, Any]:
    names = sorted({slot.interviewer.name for slot in time.slots})
    host = f"With {names[0]}" if len(names) == 1 else f"With one of {len(names)} interviewers"
    slot = time.slot
    return {
        "value": str(slot.id),
        "time": format_time_range(slot, zone),
        "note": f"{_describe_meeting(slot)}. {host}.",
        "slot": slot,
    }


def _describe_meeting(slot: Slot) -> str:
    if slot.kind is not SlotKind.IN_PERSON:
        return KIND_LABELS[slot.kind]
    step_free = "step-free access" if slot.is_step_free else ""
    location = ", ".join(part for part in (slot.location, slot.room, step_free) if part)
    return f"{KIND_LABELS[slot.kind]}: {location}"
