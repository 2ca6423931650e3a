"""How long a free seat is on offer to one person. Pure; who is offered it: waitlist_offers.py.

Offers are shorter when the session is sooner, so that a seat can still be offered to several people in turn.
"""

from datetime import datetime, timedelta

TIME_LEFT_DIVISOR = 4
MIN_OFFER_LENGTH = timedelta(minutes=30)  # less, and nobody would have read the email
OFFERS_END_BEFORE_SESSION = timedelta(hours=1)  # anyone who accepts has to get there
WAITLIST_CLOSES_BEFORE_SESSION = OFFERS_END_BEFORE_SESSION + MIN_OFFER_LENGTH


def calculate_offer_end(starts_at: datetime, now: datetime, *, offer_hours: int) -> datetime | None:
    time_left = starts_at - now
    if time_left < WAITLIST_CLOSES_BEFORE_SESSION:
        return None
    length = max(MIN_OFFER_LENGTH, min(timedelta(hours=offer_hours), time_left / TIME_LEFT_DIVISOR))
    return min(now + length, starts_at - OFFERS_END_BEFORE_SESSION)
