"""Join the waiting list of a group session, leave it, close it. Who is offered what: passing_on.py; callers commit."""

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError

from accounts import audit
from core import clock
from core.database import db
from core.errors import RuleError
from core.locks import lock_row
from evidence.models import Call, Site
from interviews.group_sessions import seats, session_mail, waitlist_queries
from interviews.group_sessions.session_mail import Notice
from interviews.group_sessions.waitlist_offers import reconcile, remove_entries, revoke_offer
from interviews.group_sessions.waitlist_queries import ACTIVE_STATES, WaitlistClosedReason
from interviews.models import Slot, Volunteer, WaitlistEntry, WaitlistState


class WaitlistClosedError(RuleError):
    """It is too late to join the waiting list."""


class SeatAvailableError(RuleError):
    """Nobody need wait: a place is free."""


class AlreadyOnWaitlistError(RuleError):
    """The person is on the list."""


class NotOnWaitlistError(RuleError):
    """The person is not on the list, or not any more."""


def join_waitlist(slot: Slot, volunteer: Volunteer) -> WaitlistEntry:
    """Wait for a place, behind everybody who waits already.

    Raises PlaceFreeError, ListClosedError, AlreadyWaitingError, AlreadyInSessionError, and as seats.require_open.
    """
    lock_row(volunteer, is_shared=True)  # held against being declined until we commit
    lock_row(slot)
    seats.require_seat_allowed(slot, volunteer)
    if seats.find_own_seat(slot, volunteer) is not None:
        raise seats.AlreadySeatedError("You have a place in this session already.")
    if waitlist_queries.has_free_seat(slot):
        raise SeatAvailableError("A place is free, so you need not wait. You can take it now.")
    if waitlist_queries.is_too_late_to_offer(slot):
        raise WaitlistClosedError("The session is so near that its waiting list is closed.")
    row = WaitlistEntry(
        slot_id=slot.id, volunteer_id=volunteer.id, number=_get_next_number(slot), joined_at=clock.now()
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError as error:
        raise AlreadyOnWaitlistError("You are on the waiting list already.") from error
    audit.record("waiting list joined", row, slot=str(slot.id))
    number = waitlist_queries.get_position(row)
    session_mail.queue_notices(
        session_mail.build_notices_without_event(slot, volunteer, "waiting_joined", position=number)
    )
    return row


def leave_waitlist(slot: Slot, volunteer: Volunteer) -> None:
    """Wait no longer; a place that is kept for the person goes to the next. Raises NotWaitingError."""
    lock_row(slot)
    mine = [row for row in waitlist_queries.list_entries(slot) if row.volunteer_id == volunteer.id]
    if not mine:
        raise NotOnWaitlistError("You are not on this waiting list any more.")
    for row in mine:
        revoke_offer(row.booking)
        row.state = WaitlistState.LEFT
        audit.record("waiting list left", row, slot=str(slot.id))
    db.session.flush()
    session_mail.queue_notices(reconcile(slot))


def close_waitlists(call: Call, site: Site | None = None) -> None:
    """The call, or one of its sites, is closed: who waits is told and taken off, and places on offer are taken back."""
    wanted = select(WaitlistEntry.slot_id).join(WaitlistEntry.slot).join(WaitlistEntry.volunteer)
    wanted = wanted.where(WaitlistEntry.state.in_(ACTIVE_STATES), Slot.call_id == call.id)
    if site is not None:
        wanted = wanted.where(or_(Slot.site_id == site.id, Volunteer.site_id == site.id))
    notices: list[Notice] = []
    for slot_id in sorted(db.session.scalars(wanted.distinct())):
        slot = db.session.get_one(Slot, slot_id)
        lock_row(slot)
        gone = [
            row
            for row in waitlist_queries.list_entries(slot)
            if site is None or site.id in {slot.site_id, row.volunteer.site_id}
        ]
        notices += remove_entries(slot, gone, WaitlistClosedReason.CLOSED)
        if site is not None:
            notices += reconcile(slot)
    session_mail.queue_notices(notices)


def _get_next_number(slot: Slot) -> int:
    """A held slot has one newcomer at a time."""
    highest = select(func.max(WaitlistEntry.number)).where(WaitlistEntry.slot_id == slot.id)
    return (db.session.scalar(highest) or 0) + 1
