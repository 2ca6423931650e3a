"""Group slots by day for the pages that list them, on the clocks of the call."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from core import clock
from interviews.models import Slot, SlotKind
from interviews.wording import KIND_WORDS, times


@dataclass(frozen=True, slots=True)
class Day:
    heading: str
    slots: list[dict[str, Any]]


def days_of(slots: Iterable[Slot], *, names_interviewers: bool = False) -> list[Day]:
    """For `slot_choices` and `slot_days` of components/slots.html. `slots` in order of time."""
    return [
        Day(heading, [_entry(slot, names_interviewers=names_interviewers) for slot in on_day])
        for heading, on_day in groupby(slots, key=lambda slot: clock.day(slot.starts_at, slot.call.zone))
    ]


def _entry(slot: Slot, *, names_interviewers: bool) -> dict[str, Any]:
    note = KIND_WORDS[slot.kind]
    if slot.kind is SlotKind.IN_PERSON:
        note = f"{note}: {slot.place}"
    if names_interviewers:
        note = f"{slot.interviewer.name}. {note}"
    return {"value": str(slot.id), "time": times(slot), "note": note, "slot": slot}
