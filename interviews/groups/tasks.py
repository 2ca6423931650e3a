"""What the quick worker does for group sessions every minute: pass places on, and tell of sessions with few people."""

import logging
from collections.abc import Callable
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from core import jobs
from core.database import db
from core.errors import RuleError
from interviews.groups import listing, places, session_mail, waiting
from interviews.groups.passing_on import settle
from interviews.groups.shortages import tell_of_shortage
from interviews.holding import hold
from interviews.models import Booking, Slot

log = logging.getLogger(__name__)


@jobs.at_each_sweep
def pass_places_on() -> None:
    """Offers that ran out go to the next, and lists that are over are closed."""
    for slot_id in waiting.slots_with_lists():
        _alone(slot_id, _settle)


@jobs.at_each_sweep
def give_up_places_of_who_withdrew() -> None:
    """Somebody who has withdrawn from the call, or was declined, comes to no session of it."""
    for booking_id in places.of_who_withdrew():
        _alone(booking_id, _give_up)


@jobs.at_each_sweep
def tell_of_shortages() -> None:
    for slot_id in listing.short_sessions():
        _alone(slot_id, _tell_of_shortage)


def _settle(slot_id: UUID) -> None:
    slot = db.session.get_one(Slot, slot_id)
    hold(slot)
    session_mail.tell(settle(slot))


def _give_up(booking_id: UUID) -> None:
    places.cancel(db.session.get_one(Booking, booking_id), by_staff=True)


def _tell_of_shortage(slot_id: UUID) -> None:
    tell_of_shortage(db.session.get_one(Slot, slot_id))


def _alone(row_id: UUID, deed: Callable[[UUID], None]) -> None:
    """In a transaction of its own: one session must not hold up the others."""
    try:
        deed(row_id)
        db.session.commit()
    except (DBAPIError, RuleError):
        db.session.rollback()
        log.exception("%s waits for the next sweep: %s", deed.__name__, row_id)
