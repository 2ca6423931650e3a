"""Letters for people without email: what a letter is about, and how people reach staff. Callers commit."""

from enum import StrEnum

from sqlalchemy.exc import IntegrityError

from accounts import audit
from core.database import db
from evidence.models import Call
from interviews.bookings.booking_policy import get_booking_policy
from interviews.models import Booking, BookingStatus


class LetterTopic(StrEnum):
    BOOKED = "booked"
    MOVED = "moved"
    LOCATION = "place"
    OTHER_INTERVIEWER = "other-interviewer"
    CANCELLED = "cancelled"
    NO_SHOW = "missed"


HEADINGS = {
    LetterTopic.BOOKED: "Your interview is booked",
    LetterTopic.MOVED: "Your interview has moved",
    LetterTopic.LOCATION: "Where your interview takes place has changed",
    LetterTopic.OTHER_INTERVIEWER: "You have a different interviewer",
    LetterTopic.CANCELLED: "Your interview is cancelled",
    LetterTopic.NO_SHOW: "Would you like another time?",
}
TIME_UNCHANGED = "The time of your interview has not changed. These are the details now:"
INTRODUCTIONS = {
    LetterTopic.BOOKED: "Your interview is booked:",
    LetterTopic.MOVED: "Your interview has moved. It is now:",
    LetterTopic.LOCATION: TIME_UNCHANGED,
    LetterTopic.OTHER_INTERVIEWER: TIME_UNCHANGED,
    LetterTopic.CANCELLED: "We are sorry. We have to cancel your interview at this time:",
    LetterTopic.NO_SHOW: "We missed each other at this time:",
}
CANCELLED_BY_PERSON = "Your interview at this time is cancelled:"
TOPICS_WITHOUT_MEETING = frozenset({LetterTopic.CANCELLED, LetterTopic.NO_SHOW})
OPEN_TOPICS = frozenset(LetterTopic) - TOPICS_WITHOUT_MEETING
TOPIC_BY_STATUS = {BookingStatus.CANCELLED: LetterTopic.CANCELLED, BookingStatus.NO_SHOW: LetterTopic.NO_SHOW}


def get_letter_topic(booking: Booking, requested_topic: str = "") -> LetterTopic:
    if booking.status in TOPIC_BY_STATUS:
        return TOPIC_BY_STATUS[booking.status]
    if requested_topic in OPEN_TOPICS:
        return LetterTopic(requested_topic)
    return LetterTopic.MOVED if booking.slot_chosen_at > booking.created_at else LetterTopic.BOOKED


def get_introduction(topic: LetterTopic, booking: Booking) -> str:
    if topic is LetterTopic.CANCELLED and booking.is_cancelled_by_person:
        return CANCELLED_BY_PERSON
    return INTRODUCTIONS[topic]


def get_letter_contact(call: Call) -> str:
    return get_booking_policy(call).letter_contact or ""


def set_letter_contact(call: Call, text: str) -> None:
    if text == get_letter_contact(call):
        return
    try:
        with db.session.begin_nested():
            policy = get_booking_policy(call)
            policy.letter_contact = text
            db.session.add(policy)
            db.session.flush()
    except IntegrityError:  # somebody stored the first policy of this call at the same moment
        get_booking_policy(call).letter_contact = text
        db.session.flush()
    audit.record("contact in letters changed", call)
