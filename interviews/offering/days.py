"""Group times by day for the pages that list them, on the clocks of the call or of a person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from core import clock
from interviews.models import Slot, SlotKind
from interviews.offering.open_times import OpenTime
from interviews.wording import KIND_WORDS, times


@dataclass(frozen=True, slots=True)
class Day:
    heading: str
    on: date
    slots: list[dict[str, Any]]


def days_of(slots: Iterable[Slot], *, names_interviewers: bool = False) -> list[Day]:
    """For `slot_choices` and `slot_days` of components/slots.html. `slots` in order of time."""
    return [
        Day(heading, on, [_entry(slot, names_interviewers=names_interviewers) for slot in on_day])
        for (heading, on), on_day in groupby(slots, key=lambda slot: _day(slot, slot.call.zone))
    ]


def days_of_times(open_times: Iterable[OpenTime], zone: str) -> list[Day]:
    """For `slot_choices`, as a volunteer reads them on the clocks of a zone. `open_times` in order of time."""
    return [
        Day(heading, on, [_choice(time, zone) for time in on_day])
        for (heading, on), on_day in groupby(open_times, key=lambda time: _day(time.slot, zone))
    ]


def _day(slot: Slot, zone: str) -> tuple[str, date]:
    return clock.day(slot.starts_at, zone), clock.in_zone(slot.starts_at, zone).date()


def _entry(slot: Slot, *, names_interviewers: bool) -> dict[str, Any]:
    note = _how(slot)
    if names_interviewers:
        note = f"{slot.interviewer.name}. {note}"
    return {"value": str(slot.id), "time": times(slot), "note": note, "slot": slot}


def _choice(time: OpenTime, zone: str) -> dict[str, Any]:
    names = sorted({slot.interviewer.name for slot in time.slots})
    who = f"With {names[0]}" if len(names) == 1 else f"With one of {len(names)} interviewers"
    slot = time.slot
    return {"value": str(slot.id), "time": times(slot, zone), "note": f"{_how(slot)}. {who}.", "slot": slot}


def _how(slot: Slot) -> str:
    if slot.kind is not SlotKind.IN_PERSON:
        return KIND_WORDS[slot.kind]
    step_free = "step-free access" if slot.is_step_free else ""
    where = ", ".join(part for part in (slot.place, slot.room, step_free) if part)
    return f"{KIND_WORDS[slot.kind]}: {where}"
