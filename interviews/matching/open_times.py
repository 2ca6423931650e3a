"""Free slots that look the same to a volunteer, as one choice. Finding free slots: suitable_times.py."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from interviews.models import Slot, SlotKind


@dataclass(frozen=True, slots=True)
class OpenTime:
    """One slot for each interviewer who is free at the same time and location."""

    slots: tuple[Slot, ...]

    @property
    def slot(self) -> Slot:
        """Any of them: time, kind and location are the same."""
        return self.slots[0]


def group_into_times(slots: Iterable[Slot], interviewer_id: UUID | None = None) -> list[OpenTime]:
    chosen = [slot for slot in slots if interviewer_id in {None, slot.interviewer_id}]
    chosen.sort(key=lambda slot: (*get_visible_key(slot), slot.id))
    return [OpenTime(tuple(same)) for _, same in groupby(chosen, key=get_visible_key)]


def get_visible_key(slot: Slot) -> tuple[Any, ...]:
    """Slots with the same key are one choice. Video links differ between interviewers, so they do not count."""
    location = (slot.location, slot.room, slot.is_step_free) if slot.kind is SlotKind.IN_PERSON else ()
    return (slot.starts_at, slot.ends_at, slot.kind, location)
