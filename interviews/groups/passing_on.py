"""Pass free places of a group session on to those who wait, in order of arrival. Callers hold the slot and commit.

A place that is offered is theirs, also after its time has run out, until it is passed on: the sweep does that within
a minute. From 90 minutes before the session nothing is offered: the list closes, and a free place is anybody's.
"""

from collections.abc import Iterable

from sqlalchemy import select

from accounts import audit
from core import clock
from core.database import db
from interviews.groups import seats, session_mail, waiting
from interviews.groups.offer_times import offer_end
from interviews.groups.session_mail import Notice
from interviews.groups.waiting import LIVE, WhyClosed
from interviews.models import Booking, BookingStatus, Slot, Volunteer, VolunteerState, WaitingPlace, WaitingState
from interviews.rules import rules_of


def settle(slot: Slot) -> list[Notice]:
    """Bring the list up to date: may be done at any time, and twice. Returns what people are to be told."""
    notices = _let_go_who_withdrew(slot) + _end_lapsed_offers(slot)
    if why := waiting.why_closed(slot):
        affected = (WaitingState.WAITING,) if why is WhyClosed.NEAR else LIVE  # an offer made in time stands
        return notices + close(slot, waiting.rows(slot, *affected), why)
    for row in waiting.rows(slot, WaitingState.WAITING):
        if not seats.free_seats(slot):
            break
        notices += _offer(slot, row)
    return notices


def close(slot: Slot, rows: Iterable[WaitingPlace], why: WhyClosed) -> list[Notice]:
    """Take people off the list and tell them; places that are kept for them are taken back."""
    notices: list[Notice] = []
    for row in rows:
        take_back(row.booking)
        row.state = WaitingState.CLOSED
        audit.record("waiting place closed", row, slot=str(slot.id), why=why.value)
        if row.volunteer.state is VolunteerState.ACCEPTED:
            notices += session_mail.without_event(slot, row.volunteer, "waiting_closed", why=why.value)
    db.session.flush()
    return notices


def take_back(booking: Booking | None) -> None:
    """Keep an offered place no longer; one that was taken stays."""
    if booking is not None and booking.status is BookingStatus.OFFERED:
        booking.status, booking.cancelled_at = BookingStatus.CANCELLED, clock.now()
        db.session.flush()


def _offer(slot: Slot, row: WaitingPlace) -> list[Notice]:
    """Keep a free place for who waits; who may take none any more is taken off."""
    if _may_take_none(slot, row.volunteer):
        return close(slot, [row], WhyClosed.CLOSED)
    ends = offer_end(slot.starts_at, clock.now(), offer_hours=rules_of(slot.call).offer_hours)
    booking = seats.give_seat(slot, row.volunteer, offered_until=ends) if ends else None
    if booking is None:
        return []
    row.state, row.booking_id = WaitingState.OFFERED, booking.id
    db.session.flush()
    audit.record("place offered", booking, slot=str(slot.id))
    return session_mail.without_event(slot, row.volunteer, "waiting_offered", send_before=ends, kept_until=ends)


def _may_take_none(slot: Slot, volunteer: Volunteer) -> bool:
    db.session.refresh(volunteer, ["state", "site_id"])
    is_welcome = volunteer.state is VolunteerState.ACCEPTED and not seats.site_is_closed(volunteer)
    return not is_welcome or not seats.suits(slot, volunteer) or seats.own_place(slot, volunteer) is not None


def _let_go_who_withdrew(slot: Slot) -> list[Notice]:
    """From the whole call, so that a number in the list is a true one."""
    not_accepted = select(Volunteer.id).where(Volunteer.state != VolunteerState.ACCEPTED)
    on_list = select(WaitingPlace.id).where(WaitingPlace.slot_id == slot.id, WaitingPlace.state.in_(LIVE))
    gone = set(db.session.scalars(on_list.where(WaitingPlace.volunteer_id.in_(not_accepted))))
    return close(slot, [row for row in waiting.rows(slot) if row.id in gone], WhyClosed.CLOSED) if gone else []


def _end_lapsed_offers(slot: Slot) -> list[Notice]:
    notices: list[Notice] = []
    for row in waiting.rows(slot, WaitingState.OFFERED):
        if row.booking and row.booking.offer_expires_at and row.booking.offer_expires_at > clock.now():
            continue
        take_back(row.booking)
        row.state = WaitingState.LAPSED
        audit.record("offered place lapsed", row, slot=str(slot.id))
        notices += session_mail.without_event(slot, row.volunteer, "waiting_lapsed")
    db.session.flush()
    return notices
