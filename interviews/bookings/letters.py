"""Letters for people without email: which news a letter brings, and how people reach staff. Callers commit."""

from enum import StrEnum

from sqlalchemy.exc import IntegrityError

from accounts import audit
from core.database import db
from evidence.models import Call
from interviews.bookings.booking_policy import get_booking_policy
from interviews.models import Booking, BookingStatus


class LetterTopic(StrEnum):
    """What a letter says. The mails about the same say the same: templates/email/interviews."""

    BOOKED = "booked"
    MOVED = "moved"
    LOCATION = "place"
    OTHER_INTERVIEWER = "other-interviewer"
    CANCELLED = "cancelled"
    NO_SHOW = "missed"


TOPIC_BY_STATUS = {BookingStatus.CANCELLED: LetterTopic.CANCELLED, BookingStatus.NO_SHOW: LetterTopic.NO_SHOW}


def get_letter_topic(booking: Booking, requested_topic: str = "") -> LetterTopic:
    """What there is to say about a booking. `wanted`: one of the news that a standing booking leaves open."""
    if booking.status in TOPIC_BY_STATUS:
        return TOPIC_BY_STATUS[booking.status]
    if requested_topic in {LetterTopic.LOCATION, LetterTopic.OTHER_INTERVIEWER, LetterTopic.BOOKED, LetterTopic.MOVED}:
        return LetterTopic(requested_topic)
    return LetterTopic.MOVED if booking.slot_chosen_at > booking.created_at else LetterTopic.BOOKED


def get_letter_contact(call: Call) -> str:
    """Where people ring or write to; empty until somebody has said it."""
    return get_booking_policy(call).letter_contact or ""


def set_letter_contact(call: Call, text: str) -> None:
    """Use these words in all letters of a call from now on."""
    if text == get_letter_contact(call):
        return
    try:
        with db.session.begin_nested():
            rules = get_booking_policy(call)
            rules.letter_contact = text
            db.session.add(rules)
            db.session.flush()
    except IntegrityError:  # somebody has set the first rules of this call at the same moment
        get_booking_policy(call).letter_contact = text
        db.session.flush()
    audit.record("contact in letters changed", call)
