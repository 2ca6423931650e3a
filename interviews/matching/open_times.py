"""Free slots that look the same to a volunteer, as one choice. Pure: which slots are free is found in offers.py."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from interviews.models import Slot, SlotKind


@dataclass(frozen=True, slots=True)
class OpenTime:
    """A time, a way to meet and a place; with each interviewer who is free then, one slot."""

    slots: tuple[Slot, ...]

    @property
    def slot(self) -> Slot:
        """Any of them: time, kind and place are the same."""
        return self.slots[0]


def group_into_times(slots: Iterable[Slot], interviewer_id: UUID | None = None) -> list[OpenTime]:
    """In order of time; with one interviewer only, if one is named."""
    wanted = [slot for slot in slots if interviewer_id in {None, slot.interviewer_id}]
    wanted.sort(key=lambda slot: (*get_visible_key(slot), slot.id))
    return [OpenTime(tuple(same)) for _, same in groupby(wanted, key=get_visible_key)]


def get_visible_key(slot: Slot) -> tuple[Any, ...]:
    """Slots that are alike in this are one choice. Each interviewer has a video link of their own."""
    place = (slot.location, slot.room, slot.is_step_free) if slot.kind is SlotKind.IN_PERSON else ()
    return (slot.starts_at, slot.ends_at, slot.kind, place)
