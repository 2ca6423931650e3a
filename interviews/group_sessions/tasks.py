"""What the quick worker does for group sessions every minute: offer seats, and warn of sessions with few people."""

import logging
from collections.abc import Callable
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from core import jobs
from core.database import db
from core.errors import RuleError
from core.locks import lock_row
from interviews.group_sessions import attendance, session_lists, session_mail, waitlist_queries
from interviews.group_sessions.shortages import notify_shortage
from interviews.group_sessions.waitlist_offers import reconcile
from interviews.models import Booking, Slot

log = logging.getLogger(__name__)


@jobs.run_at_each_sweep
def offer_free_seats() -> None:
    for slot_id in waitlist_queries.list_slot_ids_with_waitlists():
        _run_in_own_transaction(slot_id, _reconcile)


@jobs.run_at_each_sweep
def cancel_seats_of_withdrawn_volunteers() -> None:
    for booking_id in attendance.list_booking_ids_of_withdrawn_volunteers():
        _run_in_own_transaction(booking_id, _cancel_seat)


@jobs.run_at_each_sweep
def notify_shortages() -> None:
    for slot_id in session_lists.list_short_session_ids():
        _run_in_own_transaction(slot_id, _notify_shortage)


def _reconcile(slot_id: UUID) -> None:
    slot = db.session.get_one(Slot, slot_id)
    lock_row(slot)
    session_mail.queue_notices(reconcile(slot))


def _cancel_seat(booking_id: UUID) -> None:
    attendance.cancel_seat(db.session.get_one(Booking, booking_id), by_staff=True)


def _notify_shortage(slot_id: UUID) -> None:
    notify_shortage(db.session.get_one(Slot, slot_id))


def _run_in_own_transaction(row_id: UUID, action: Callable[[UUID], None]) -> None:
    try:
        action(row_id)
        db.session.commit()
    except (DBAPIError, RuleError):
        db.session.rollback()
        log.exception("%s waits for the next sweep: %s", action.__name__, row_id)
