"""How long a freed place is kept for one person. Pure: who is offered it stands in waiting_list.py.

The nearer the session, the shorter the offer, so that a place that nobody wants can still pass through several hands.
"""

from datetime import datetime, timedelta

TIME_LEFT_DIVISOR = 4
MIN_OFFER_LENGTH = timedelta(minutes=30)  # less and nobody would have read the mail
OFFERS_END_BEFORE_SESSION = timedelta(hours=1)  # before the session: whoever takes a place has to get there
WAITLIST_CLOSES_BEFORE_SESSION = (
    OFFERS_END_BEFORE_SESSION + MIN_OFFER_LENGTH
)  # before the session: from then on no place is offered any more


def calculate_offer_end(starts_at: datetime, now: datetime, *, offer_hours: int) -> datetime | None:
    """Until when a place offered now is kept; None when it is too late to offer one."""
    left = starts_at - now
    if left < WAITLIST_CLOSES_BEFORE_SESSION:
        return None
    length = max(MIN_OFFER_LENGTH, min(timedelta(hours=offer_hours), left / TIME_LEFT_DIVISOR))
    return min(now + length, starts_at - OFFERS_END_BEFORE_SESSION)
