"""The groups that a call still needs people from, for the sign-up form."""

from evidence.models import Call
from interviews.bookings.booking_policy import get_booking_policy
from interviews.targets.progress import get_call_progress
from interviews.targets.stages import Grouping


def list_open_targets(call: Call) -> list[tuple[Grouping, list[str]]]:
    if not get_booking_policy(call).shows_open_targets:
        return []
    sections = [
        (section.grouping, [group.title for group in section.groups if group.still_needed])
        for section in get_call_progress(call).sections
    ]
    return [(by, titles) for by, titles in sections if titles]
