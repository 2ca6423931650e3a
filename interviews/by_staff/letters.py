"""Letters for people without email: which news a letter brings, and how people reach staff. Callers commit."""

from enum import StrEnum

from sqlalchemy.exc import IntegrityError

from accounts import audit
from core.database import db
from evidence.models import Call
from interviews.models import Booking, BookingStatus
from interviews.rules import rules_of


class News(StrEnum):
    """What a letter says. The mails about the same say the same: templates/email/interviews."""

    BOOKED = "booked"
    MOVED = "moved"
    PLACE = "place"
    OTHER_INTERVIEWER = "other-interviewer"
    CANCELLED = "cancelled"
    MISSED = "missed"


SETTLED = {BookingStatus.CANCELLED: News.CANCELLED, BookingStatus.NO_SHOW: News.MISSED}


def news_of(booking: Booking, wanted: str = "") -> News:
    """What there is to say about a booking. `wanted`: one of the news that a standing booking leaves open."""
    if booking.status in SETTLED:
        return SETTLED[booking.status]
    if wanted in {News.PLACE, News.OTHER_INTERVIEWER, News.BOOKED, News.MOVED}:
        return News(wanted)
    return News.MOVED if booking.placed_at > booking.created_at else News.BOOKED


def contact_in_letters(call: Call) -> str:
    """Where people ring or write to; empty until somebody has said it."""
    return rules_of(call).letter_contact or ""


def keep_contact(call: Call, words: str) -> None:
    """Use these words in all letters of a call from now on."""
    if words == contact_in_letters(call):
        return
    try:
        with db.session.begin_nested():
            rules = rules_of(call)
            rules.letter_contact = words
            db.session.add(rules)
            db.session.flush()
    except IntegrityError:  # somebody has set the first rules of this call at the same moment
        rules_of(call).letter_contact = words
        db.session.flush()
    audit.record("contact in letters changed", call)
