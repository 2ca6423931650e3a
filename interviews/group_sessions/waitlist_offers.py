"""Offer free seats of a group session to the waiting list, in order of joining. Callers lock the slot and commit.

An offer that has expired can still be accepted until the next sweep, within a minute, offers the seat to somebody else.
From 90 minutes before the session nothing is offered: the list closes, and anybody may take a free seat.
"""

from collections.abc import Iterable

from sqlalchemy import select

from accounts import audit
from core import clock
from core.database import db
from interviews.bookings.booking_policy import get_booking_policy
from interviews.group_sessions import seats, session_mail, waitlist_queries
from interviews.group_sessions.offer_times import calculate_offer_end
from interviews.group_sessions.session_mail import Notice, SessionMail
from interviews.group_sessions.waitlist_queries import ACTIVE_STATES, WaitlistClosedReason
from interviews.models import (
    Booking,
    BookingStatus,
    Slot,
    Volunteer,
    VolunteerState,
    WaitlistEntry,
    WaitlistState,
)


def reconcile(slot: Slot) -> list[Notice]:
    """Brings the waiting list up to date; idempotent. The caller queues the notices."""
    notices = _remove_withdrawn_volunteers(slot) + _expire_offers(slot)
    if reason := waitlist_queries.get_closed_reason(slot):
        # an offer that was made in time stays open
        affected = (WaitlistState.WAITING,) if reason is WaitlistClosedReason.TOO_LATE else ACTIVE_STATES
        return notices + remove_entries(slot, waitlist_queries.list_entries(slot, *affected), reason)
    for entry in waitlist_queries.list_entries(slot, WaitlistState.WAITING):
        if not seats.list_free_seats(slot):
            break
        notices += _offer_seat(slot, entry)
    return notices


def remove_entries(slot: Slot, entries: Iterable[WaitlistEntry], reason: WaitlistClosedReason) -> list[Notice]:
    notices: list[Notice] = []
    for entry in entries:
        revoke_offer(entry.booking)
        entry.state = WaitlistState.CLOSED
        audit.record("waiting place closed", entry, slot=str(slot.id), why=reason.value)
        if entry.volunteer.state is VolunteerState.ACCEPTED:
            notices += session_mail.build_notices_without_event(
                slot, entry.volunteer, SessionMail.WAITLIST_CLOSED, closed_reason=reason.value
            )
    db.session.flush()
    return notices


def revoke_offer(booking: Booking | None) -> None:
    if booking is not None and booking.status is BookingStatus.OFFERED:
        booking.status, booking.cancelled_at = BookingStatus.CANCELLED, clock.now()
        db.session.flush()


def _offer_seat(slot: Slot, entry: WaitlistEntry) -> list[Notice]:
    if _is_ineligible(slot, entry.volunteer):
        return remove_entries(slot, [entry], WaitlistClosedReason.CLOSED)
    ends_at = calculate_offer_end(slot.starts_at, clock.now(), offer_hours=get_booking_policy(slot.call).offer_hours)
    booking = seats.give_seat(slot, entry.volunteer, offered_until=ends_at) if ends_at else None
    if booking is None or ends_at is None:
        return []
    entry.state, entry.booking_id = WaitlistState.OFFERED, booking.id
    db.session.flush()
    audit.record("place offered", booking, slot=str(slot.id))
    return session_mail.build_seat_offered_notices(slot, entry.volunteer, offered_until=ends_at)


def _is_ineligible(slot: Slot, volunteer: Volunteer) -> bool:
    db.session.refresh(volunteer, ["state", "site_id"])
    is_accepted = volunteer.state is VolunteerState.ACCEPTED and not seats.is_site_closed_for(volunteer)
    return (
        not is_accepted
        or not seats.is_suitable_for(slot, volunteer)
        or seats.find_own_seat(slot, volunteer) is not None
    )


def _remove_withdrawn_volunteers(slot: Slot) -> list[Notice]:
    not_accepted = select(Volunteer.id).where(Volunteer.state != VolunteerState.ACCEPTED)
    on_list = select(WaitlistEntry.id).where(WaitlistEntry.slot_id == slot.id, WaitlistEntry.state.in_(ACTIVE_STATES))
    ids = set(db.session.scalars(on_list.where(WaitlistEntry.volunteer_id.in_(not_accepted))))
    if not ids:
        return []
    entries = [entry for entry in waitlist_queries.list_entries(slot) if entry.id in ids]
    return remove_entries(slot, entries, WaitlistClosedReason.CLOSED)


def _expire_offers(slot: Slot) -> list[Notice]:
    notices: list[Notice] = []
    for entry in waitlist_queries.list_entries(slot, WaitlistState.OFFERED):
        if entry.booking and entry.booking.offer_expires_at and entry.booking.offer_expires_at > clock.now():
            continue
        revoke_offer(entry.booking)
        entry.state = WaitlistState.LAPSED
        audit.record("offered place lapsed", entry, slot=str(slot.id))
        notices += session_mail.build_notices_without_event(slot, entry.volunteer, SessionMail.WAITLIST_OFFER_EXPIRED)
    db.session.flush()
    return notices
