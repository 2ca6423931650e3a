"""The times among which staff choose for somebody: those that suit, and apart from them what else is free."""

from typing import Any

from interviews.models import Booking, Volunteer
from interviews.offering import offers
from interviews.offering.days import days_of
from interviews.offering.open_times import OpenTime
from interviews.wording import zone_words


def times_for(volunteer: Volunteer, *, leaving: Booking | None = None) -> dict[str, Any]:
    """For `_staff_times.html`. `leaving`: the interview that moves."""
    return {
        "suitable_days": _days(offers.open_times(volunteer, leaving=leaving)),
        "other_days": _days(offers.other_times(volunteer, leaving=leaving)),
        "zone": zone_words(volunteer.call.zone),
    }


def _days(times: list[OpenTime]) -> Any:
    """Each interviewer by name: staff choose with whom."""
    return days_of((slot for time in times for slot in time.slots), names_interviewers=True)
