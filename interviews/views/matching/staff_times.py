"""The times that staff can choose for someone: suitable ones, and the other free ones separately."""

from typing import Any

from interviews.matching import suitable_times
from interviews.matching.open_times import OpenTime
from interviews.matching.times_by_day import group_slots_by_day
from interviews.models import Booking, Volunteer
from interviews.wordings.slot_descriptions import format_zone


def list_staff_times(volunteer: Volunteer, *, replaced_booking: Booking | None = None) -> dict[str, Any]:
    return {
        "suitable_days": _group_by_day(suitable_times.list_open_times(volunteer, replaced_booking=replaced_booking)),
        "other_days": _group_by_day(suitable_times.list_unsuitable_times(volunteer, replaced_booking=replaced_booking)),
        "zone": format_zone(volunteer.call.zone),
    }


def _group_by_day(times: list[OpenTime]) -> Any:
    return group_slots_by_day((slot for time in times for slot in time.slots), names_interviewers=True)
