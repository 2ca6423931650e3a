"""Which needs of a volunteer an interviewer or a time would not meet, for staff who change a booking."""

from collections.abc import Collection
from uuid import UUID

from accounts.models import StaffMember
from core import clock
from interviews.availability.profiles import get_profiles
from interviews.matching.needs_match import Need, get_unmet_needs
from interviews.models import Booking


def find_unmet_needs(booking: Booking, interviewers: Collection[StaffMember]) -> dict[UUID, frozenset[Need]]:
    """By interviewer id: the needs that would be unmet if that interviewer took over."""
    profiles, now = get_profiles({person.id for person in interviewers}), clock.now()
    return {id_: get_unmet_needs(booking.volunteer, booking.slot, profile, now) for id_, profile in profiles.items()}


def find_unmet_needs_after_swaps(
    booking: Booking, others: Collection[Booking]
) -> dict[UUID, tuple[frozenset[Need], frozenset[Need]]]:
    """By id of each other booking: unmet needs of this person and of the other after a swap."""
    profiles, now = get_profiles({one.slot.interviewer_id for one in (booking, *others)}), clock.now()
    own = profiles[booking.slot.interviewer_id]
    return {
        other.id: (
            get_unmet_needs(booking.volunteer, booking.slot, profiles[other.slot.interviewer_id], now),
            get_unmet_needs(other.volunteer, other.slot, own, now),
        )
        for other in others
    }
