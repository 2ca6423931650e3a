"""Choose one of a call's open slots: shared by the volunteer's pages and the interviewer's."""

from typing import Any
from uuid import UUID

from interviews.bookings import GONE, SlotTakenError
from interviews.models import Slot, Volunteer
from interviews.slots import find_slot


def chosen_slot(form: Any, volunteer: Volunteer) -> Slot:
    """Raises SlotTakenError when what was sent is no slot of the call."""
    try:
        slot = find_slot(UUID(form.slot.data), volunteer.call)
    except ValueError as error:
        raise SlotTakenError(GONE) from error
    if slot is None:
        raise SlotTakenError(GONE)
    return slot
