"""The addresses that a mail about a booking carries. None of them acts when it is opened."""

from datetime import datetime, timedelta

from accounts.links import extend_links, make_link
from accounts.models import LinkPurpose
from core.addresses import address_of
from evidence.participants import end_of_links
from interviews.models import Booking

LINKS_OUTLIVE_INTERVIEW = timedelta(days=30)


def own_links(booking: Booking) -> dict[str, str]:
    """Fresh addresses for one mail: to move, to cancel, to the person's own page."""
    participant = booking.volunteer.participant
    token = make_link(LinkPurpose.OWN_PAGE, participant.id, expires_at=links_end(booking))
    return {
        "move": address_of("interviews.open_booking_link", token=token, booking_id=booking.id, deed="move"),
        "cancel": address_of("interviews.open_booking_link", token=token, booking_id=booking.id, deed="cancel"),
        "own_page": address_of("evidence.open_link", token=token),
    }


def staff_links(booking: Booking) -> dict[str, str]:
    return {
        "interview": address_of("interviews.show_interview", booking_id=booking.id),
        "own_interviews": address_of("interviews.own_interviews"),
    }


def lengthen_links(booking: Booking) -> None:
    """Links that the person has from earlier mails live as long as the newest."""
    extend_links(LinkPurpose.OWN_PAGE, booking.volunteer.participant_id, expires_at=links_end(booking))


def links_end(booking: Booking) -> datetime:
    return max(end_of_links(booking.volunteer.call), booking.slot.ends_at + LINKS_OUTLIVE_INTERVIEW)
