"""Which groups a call still seeks, for those who think of offering an interview."""

from evidence.models import Call
from interviews.bookings.booking_policy import get_booking_policy
from interviews.targets.progress import get_call_progress
from interviews.targets.stages import Grouping


def list_open_targets(call: Call) -> list[tuple[Grouping, list[str]]]:
    """The groups below their low target, by what they are grouped by; nothing unless the call is to say so."""
    if not get_booking_policy(call).shows_open_targets:
        return []
    sections = [
        (section.grouping, [group.title for group in section.groups if group.still_needed])
        for section in get_call_progress(call).sections
    ]
    return [(by, titles) for by, titles in sections if titles]
