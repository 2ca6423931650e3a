"""How long a freed place is kept for one person. Pure: who is offered it stands in waiting_list.py.

The nearer the session, the shorter the offer, so that a place that nobody wants can still pass through several hands.
"""

from datetime import datetime, timedelta

SHARE_OF_TIME_LEFT = 4
SHORTEST = timedelta(minutes=30)  # less and nobody would have read the mail
OFFERS_END = timedelta(hours=1)  # before the session: whoever takes a place has to get there
LIST_CLOSES = OFFERS_END + SHORTEST  # before the session: from then on no place is offered any more


def offer_end(starts_at: datetime, now: datetime, *, offer_hours: int) -> datetime | None:
    """Until when a place offered now is kept; None when it is too late to offer one."""
    left = starts_at - now
    if left < LIST_CLOSES:
        return None
    length = max(SHORTEST, min(timedelta(hours=offer_hours), left / SHARE_OF_TIME_LEFT))
    return min(now + length, starts_at - OFFERS_END)
