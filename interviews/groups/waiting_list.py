"""Join the waiting list of a group session, leave it, close it. Who is offered what: passing_on.py; callers commit."""

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError

from accounts import audit
from core import clock
from core.database import db
from core.errors import RuleError
from evidence.models import Call, Site
from interviews.groups import seats, session_mail, waiting
from interviews.groups.passing_on import close, settle, take_back
from interviews.groups.session_mail import Notice
from interviews.groups.waiting import LIVE, WhyClosed
from interviews.holding import hold
from interviews.models import Slot, Volunteer, WaitingPlace, WaitingState


class ListClosedError(RuleError):
    """It is too late to join the waiting list."""


class PlaceFreeError(RuleError):
    """Nobody need wait: a place is free."""


class AlreadyWaitingError(RuleError):
    """The person is on the list."""


class NotWaitingError(RuleError):
    """The person is not on the list, or not any more."""


def join(slot: Slot, volunteer: Volunteer) -> WaitingPlace:
    """Wait for a place, behind everybody who waits already.

    Raises PlaceFreeError, ListClosedError, AlreadyWaitingError, AlreadyInSessionError, and as seats.require_open.
    """
    hold(volunteer, shared=True)  # held against being declined until we commit
    hold(slot)
    seats.require_open(slot, volunteer)
    if seats.own_place(slot, volunteer) is not None:
        raise seats.AlreadyInSessionError("You have a place in this session already.")
    if waiting.has_free_place(slot):
        raise PlaceFreeError("A place is free, so you need not wait. You can take it now.")
    if waiting.is_over(slot):
        raise ListClosedError("The session is so near that its waiting list is closed.")
    row = WaitingPlace(slot_id=slot.id, volunteer_id=volunteer.id, number=_next_number(slot), joined_at=clock.now())
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError as error:
        raise AlreadyWaitingError("You are on the waiting list already.") from error
    audit.record("waiting list joined", row, slot=str(slot.id))
    number = waiting.position(row)
    session_mail.tell(session_mail.without_event(slot, volunteer, "waiting_joined", position=number))
    return row


def leave(slot: Slot, volunteer: Volunteer) -> None:
    """Wait no longer; a place that is kept for the person goes to the next. Raises NotWaitingError."""
    hold(slot)
    mine = [row for row in waiting.rows(slot) if row.volunteer_id == volunteer.id]
    if not mine:
        raise NotWaitingError("You are not on this waiting list any more.")
    for row in mine:
        take_back(row.booking)
        row.state = WaitingState.LEFT
        audit.record("waiting list left", row, slot=str(slot.id))
    db.session.flush()
    session_mail.tell(settle(slot))


def close_for(call: Call, site: Site | None = None) -> None:
    """The call, or one of its sites, is closed: who waits is told and taken off, and places on offer are taken back."""
    wanted = select(WaitingPlace.slot_id).join(WaitingPlace.slot).join(WaitingPlace.volunteer)
    wanted = wanted.where(WaitingPlace.state.in_(LIVE), Slot.call_id == call.id)
    if site is not None:
        wanted = wanted.where(or_(Slot.site_id == site.id, Volunteer.site_id == site.id))
    notices: list[Notice] = []
    for slot_id in sorted(db.session.scalars(wanted.distinct())):
        slot = db.session.get_one(Slot, slot_id)
        hold(slot)
        gone = [row for row in waiting.rows(slot) if site is None or site.id in {slot.site_id, row.volunteer.site_id}]
        notices += close(slot, gone, WhyClosed.CLOSED)
        if site is not None:
            notices += settle(slot)
    session_mail.tell(notices)


def _next_number(slot: Slot) -> int:
    """A held slot has one newcomer at a time."""
    highest = select(func.max(WaitingPlace.number)).where(WaitingPlace.slot_id == slot.id)
    return (db.session.scalar(highest) or 0) + 1
