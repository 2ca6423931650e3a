"""Pass free places of a group session on to those who wait, in order of arrival. Callers hold the slot and commit.

A place that is offered is theirs, also after its time has run out, until it is passed on: the sweep does that within
a minute. From 90 minutes before the session nothing is offered: the list closes, and a free place is anybody's.
"""

from collections.abc import Iterable

from sqlalchemy import select

from accounts import audit
from core import clock
from core.database import db
from interviews.bookings.booking_policy import get_booking_policy
from interviews.group_sessions import seats, session_mail, waitlist_queries
from interviews.group_sessions.offer_times import calculate_offer_end
from interviews.group_sessions.session_mail import Notice
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
    """Bring the list up to date: may be done at any time, and twice. Returns what people are to be told."""
    notices = _remove_withdrawn_volunteers(slot) + _expire_offers(slot)
    if why := waitlist_queries.get_closed_reason(slot):
        affected = (
            (WaitlistState.WAITING,) if why is WaitlistClosedReason.TOO_LATE else ACTIVE_STATES
        )  # an offer made in time stands
        return notices + remove_entries(slot, waitlist_queries.list_entries(slot, *affected), why)
    for row in waitlist_queries.list_entries(slot, WaitlistState.WAITING):
        if not seats.list_free_seats(slot):
            break
        notices += _offer_seat(slot, row)
    return notices


def remove_entries(slot: Slot, entries: Iterable[WaitlistEntry], reason: WaitlistClosedReason) -> list[Notice]:
    """Take people off the list and tell them; places that are kept for them are taken back."""
    notices: list[Notice] = []
    for row in entries:
        revoke_offer(row.booking)
        row.state = WaitlistState.CLOSED
        audit.record("waiting place closed", row, slot=str(slot.id), why=reason.value)
        if row.volunteer.state is VolunteerState.ACCEPTED:
            notices += session_mail.build_notices_without_event(slot, row.volunteer, "waiting_closed", why=reason.value)
    db.session.flush()
    return notices


def revoke_offer(booking: Booking | None) -> None:
    """Keep an offered place no longer; one that was taken stays."""
    if booking is not None and booking.status is BookingStatus.OFFERED:
        booking.status, booking.cancelled_at = BookingStatus.CANCELLED, clock.now()
        db.session.flush()


def _offer_seat(slot: Slot, entry: WaitlistEntry) -> list[Notice]:
    """Keep a free place for who waits; who may take none any more is taken off."""
    if _is_ineligible(slot, entry.volunteer):
        return remove_entries(slot, [entry], WaitlistClosedReason.CLOSED)
    ends = calculate_offer_end(slot.starts_at, clock.now(), offer_hours=get_booking_policy(slot.call).offer_hours)
    booking = seats.give_seat(slot, entry.volunteer, offered_until=ends) if ends else None
    if booking is None:
        return []
    entry.state, entry.booking_id = WaitlistState.OFFERED, booking.id
    db.session.flush()
    audit.record("place offered", booking, slot=str(slot.id))
    return session_mail.build_notices_without_event(
        slot, entry.volunteer, "waiting_offered", send_before=ends, kept_until=ends
    )


def _is_ineligible(slot: Slot, volunteer: Volunteer) -> bool:
    db.session.refresh(volunteer, ["state", "site_id"])
    is_welcome = volunteer.state is VolunteerState.ACCEPTED and not seats.is_site_closed_for(volunteer)
    return (
        not is_welcome or not seats.is_suitable_for(slot, volunteer) or seats.find_own_seat(slot, volunteer) is not None
    )


def _remove_withdrawn_volunteers(slot: Slot) -> list[Notice]:
    """From the whole call, so that a number in the list is a true one."""
    not_accepted = select(Volunteer.id).where(Volunteer.state != VolunteerState.ACCEPTED)
    on_list = select(WaitlistEntry.id).where(WaitlistEntry.slot_id == slot.id, WaitlistEntry.state.in_(ACTIVE_STATES))
    gone = set(db.session.scalars(on_list.where(WaitlistEntry.volunteer_id.in_(not_accepted))))
    return (
        remove_entries(
            slot, [row for row in waitlist_queries.list_entries(slot) if row.id in gone], WaitlistClosedReason.CLOSED
        )
        if gone
        else []
    )


def _expire_offers(slot: Slot) -> list[Notice]:
    notices: list[Notice] = []
    for row in waitlist_queries.list_entries(slot, WaitlistState.OFFERED):
        if row.booking and row.booking.offer_expires_at and row.booking.offer_expires_at > clock.now():
            continue
        revoke_offer(row.booking)
        row.state = WaitlistState.LAPSED
        audit.record("offered place lapsed", row, slot=str(slot.id))
        notices += session_mail.build_notices_without_event(slot, row.volunteer, "waiting_lapsed")
    db.session.flush()
    return notices
