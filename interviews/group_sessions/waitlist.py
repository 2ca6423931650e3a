"""Join, leave and close the waiting list of a group session. Offers of seats: waitlist_offers.py; callers commit."""

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError

from accounts import audit
from core import clock
from core.database import db
from core.errors import RuleError
from core.locks import lock_row
from evidence.models import Call, Site
from interviews.group_sessions import seats, session_mail, waitlist_queries
from interviews.group_sessions.session_mail import Notice, SessionMail
from interviews.group_sessions.waitlist_offers import reconcile, remove_entries, revoke_offer
from interviews.group_sessions.waitlist_queries import ACTIVE_STATES, WaitlistClosedReason
from interviews.models import Slot, Volunteer, WaitlistEntry, WaitlistState


class WaitlistClosedError(RuleError): ...


class SeatAvailableError(RuleError): ...


class AlreadyOnWaitlistError(RuleError): ...


class NotOnWaitlistError(RuleError): ...


def join_waitlist(slot: Slot, volunteer: Volunteer) -> WaitlistEntry:
    """Raises SeatAvailableError, WaitlistClosedError, AlreadyOnWaitlistError, AlreadySeatedError, and what
    seats.require_seat_allowed raises.
    """
    lock_row(volunteer, is_shared=True)  # so that nobody declines the person before we commit
    lock_row(slot)
    seats.require_seat_allowed(slot, volunteer)
    if seats.find_own_seat(slot, volunteer) is not None:
        raise seats.AlreadySeatedError("You already have a place in this session.")
    if waitlist_queries.has_free_seat(slot):
        raise SeatAvailableError("A place is free. You can take it now.")
    if waitlist_queries.is_too_late_to_offer(slot):
        raise WaitlistClosedError("The waiting list is closed because the session is about to start.")
    entry = WaitlistEntry(
        slot_id=slot.id, volunteer_id=volunteer.id, number=_get_next_number(slot), joined_at=clock.now()
    )
    try:
        with db.session.begin_nested():
            db.session.add(entry)
    except IntegrityError as error:
        raise AlreadyOnWaitlistError("You are already on the waiting list.") from error
    audit.record("waiting list joined", entry, slot=str(slot.id))
    position = waitlist_queries.get_position(entry)
    session_mail.queue_notices(
        session_mail.build_notices_without_event(slot, volunteer, SessionMail.WAITLIST_JOINED, position=position)
    )
    return entry


def leave_waitlist(slot: Slot, volunteer: Volunteer) -> None:
    """Also declines a seat that is on offer, which goes to the next person. Raises NotOnWaitlistError."""
    lock_row(slot)
    own_entries = [entry for entry in waitlist_queries.list_entries(slot) if entry.volunteer_id == volunteer.id]
    if not own_entries:
        raise NotOnWaitlistError("You are no longer on this waiting list.")
    for entry in own_entries:
        revoke_offer(entry.booking)
        entry.state = WaitlistState.LEFT
        audit.record("waiting list left", entry, slot=str(slot.id))
    db.session.flush()
    session_mail.queue_notices(reconcile(slot))


def close_waitlists(call: Call, site: Site | None = None) -> None:
    query = select(WaitlistEntry.slot_id).join(WaitlistEntry.slot).join(WaitlistEntry.volunteer)
    query = query.where(WaitlistEntry.state.in_(ACTIVE_STATES), Slot.call_id == call.id)
    if site is not None:
        query = query.where(or_(Slot.site_id == site.id, Volunteer.site_id == site.id))
    notices: list[Notice] = []
    for slot_id in sorted(db.session.scalars(query.distinct())):
        slot = db.session.get_one(Slot, slot_id)
        lock_row(slot)
        affected = [
            entry
            for entry in waitlist_queries.list_entries(slot)
            if site is None or site.id in {slot.site_id, entry.volunteer.site_id}
        ]
        notices += remove_entries(slot, affected, WaitlistClosedReason.CLOSED)
        if site is not None:
            notices += reconcile(slot)
    session_mail.queue_notices(notices)


def _get_next_number(slot: Slot) -> int:
    """The caller has locked the slot."""
    highest = select(func.max(WaitlistEntry.number)).where(WaitlistEntry.slot_id == slot.id)
    return (db.session.scalar(highest) or 0) + 1
