"""Links in emails about bookings. None of them changes anything when it is opened."""

from datetime import datetime, timedelta

from accounts.links import create_link, extend_links
from accounts.models import LinkPurpose
from core import clock
from core.urls import build_absolute_url
from evidence.participants import get_link_expiry
from interviews.models import Booking, Slot, Volunteer

LINK_LIFETIME_AFTER_SESSION = timedelta(days=30)  # or after a later email
LINK_LIFETIME_AFTER_INTERVIEW = timedelta(days=30)


def create_booking_links(booking: Booking) -> dict[str, str]:
    participant = booking.volunteer.participant
    token = create_link(LinkPurpose.OWN_PAGE, participant.id, expires_at=calculate_links_expiry(booking))
    return {
        "move": build_absolute_url("interviews.open_booking_link", token=token, booking_id=booking.id, action="move"),
        "cancel": build_absolute_url(
            "interviews.open_booking_link", token=token, booking_id=booking.id, action="cancel"
        ),
        "own_page": build_absolute_url("evidence.open_link", token=token),
    }


def build_staff_links(booking: Booking) -> dict[str, str]:
    return {
        "interview": build_absolute_url("interviews.show_interview", booking_id=booking.id),
        "own_interviews": build_absolute_url("interviews.list_own_interviews"),
    }


def extend_volunteer_links(booking: Booking) -> None:
    """Links in earlier emails work as long as the newest."""
    extend_links(LinkPurpose.OWN_PAGE, booking.volunteer.participant_id, expires_at=calculate_links_expiry(booking))


def calculate_links_expiry(booking: Booking) -> datetime:
    return max(get_link_expiry(booking.volunteer.call), booking.slot.ends_at + LINK_LIFETIME_AFTER_INTERVIEW)


def create_session_links(slot: Slot, volunteer: Volunteer) -> dict[str, str]:
    expires_at = _calculate_links_expiry(slot)
    extend_links(LinkPurpose.OWN_PAGE, volunteer.participant_id, expires_at=expires_at)
    token = create_link(LinkPurpose.OWN_PAGE, volunteer.participant_id, expires_at=expires_at)
    return {
        "session": build_absolute_url("interviews.open_session_link", token=token, slot_id=slot.id, page="place"),
        "cancel": build_absolute_url("interviews.open_session_link", token=token, slot_id=slot.id, page="cancel"),
        "write_up": build_absolute_url("interviews.open_session_link", token=token, slot_id=slot.id, page="write-up"),
        "own_page": build_absolute_url("evidence.open_link", token=token),
    }


def _calculate_links_expiry(slot: Slot) -> datetime:
    return max(get_link_expiry(slot.call), max(slot.ends_at, clock.now()) + LINK_LIFETIME_AFTER_SESSION)
