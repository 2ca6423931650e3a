"""Book, move and cancel one-to-one interviews. Slots are published in slots.py; callers commit.

Rows are locked in this order: volunteer, interviewer, slot, booking. Group sessions: interviews/group_sessions/.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, IntegrityError

from accounts import audit
from core import clock
from core.database import db
from core.errors import RuleError
from core.locks import lock_row
from evidence.models import Call, Site
from interviews.availability.commitments import has_other_interview
from interviews.availability.limits import filter_bookable
from interviews.bookings.booking_policy import get_booking_policy, get_self_service_cutoff
from interviews.invitations import invitations
from interviews.models import (
    Booking,
    BookingStatus,
    Slot,
    SlotKind,
    Volunteer,
    VolunteerState,
)

DEADLOCK_SQLSTATE = "40P01"  # PostgreSQL: two people tried to swap times at the same moment
SLOT_TAKEN_MESSAGE = "Someone has just booked this time. Choose another time."
SLOT_UNAVAILABLE_MESSAGE = "This time is no longer available. Choose another time."


class SlotTakenError(RuleError): ...


class AlreadyBookedError(RuleError): ...


class InterviewCompletedError(RuleError): ...


class BookingsClosedError(RuleError): ...


class VolunteerNotAcceptedError(RuleError): ...


class BookingNotActiveError(RuleError): ...


class BookingStartedError(RuleError): ...


class SelfServiceClosedError(RuleError): ...


class PhoneMissingError(RuleError): ...


def book(slot: Slot, volunteer: Volunteer, *, booked_by: UUID | None = None) -> Booking:
    """`booked_by`: the member of staff who books for someone; the interviewer's limits do not apply then.

    Raises SlotTakenError, AlreadyBookedError, InterviewCompletedError, BookingsClosedError, VolunteerNotAcceptedError,
    PhoneMissingError.
    """
    lock_row(volunteer)  # against being declined, and a second form of the same person, until we commit
    if volunteer.state is not VolunteerState.ACCEPTED:
        raise VolunteerNotAcceptedError("You can book a time once we have accepted your offer to be interviewed.")
    if find_active_booking(volunteer) is not None:
        raise AlreadyBookedError("You have already booked a time. You can move it instead.")
    if booked_by is None and find_completed_interview(volunteer) is not None:
        raise InterviewCompletedError("Your interview has taken place. If you would like another one, write to us.")
    require_bookings_open(slot, volunteer)
    _lock_bookable_slot(slot, volunteer, by_staff=booked_by is not None)
    now = clock.now()
    booking = Booking(
        slot_id=slot.id,
        volunteer_id=volunteer.id,
        created_at=now,
        slot_chosen_at=now,
        booked_by=booked_by,
        self_service_changes=0,
    )
    with _translate_slot_conflicts(volunteer):
        db.session.add(booking)
    invitations.send_invitations(booking)
    audit.record("booking made", booking, slot=str(slot.id))
    return booking


def move(booking: Booking, slot: Slot, *, reason: str = "", by_staff: bool = False) -> None:
    """Take another slot; the calendar event stays the same one. The volunteer reads `reason`.

    Raises SlotTakenError, BookingNotActiveError, BookingStartedError, SelfServiceClosedError, PhoneMissingError.
    """
    lock_row(booking.volunteer)
    before = booking.slot
    if slot.id == before.id:
        raise SlotTakenError("You have already booked this time. Choose another time.")
    _lock_bookable_slot(slot, booking.volunteer, replaced_booking=booking, by_staff=by_staff)
    _lock_upcoming_booking(booking, by_staff=by_staff)
    with _translate_slot_conflicts(None):
        booking.slot_id, booking.slot_chosen_at = slot.id, clock.now()
        booking.self_service_changes += 0 if by_staff else 1
        db.session.flush()
    db.session.refresh(booking, ["slot"])
    invitations.notify_move(booking, before, reason=reason)
    audit.record("booking moved", booking, from_slot=str(before.id), to_slot=str(slot.id), by_staff=by_staff)


def cancel(booking: Booking, *, reason: str = "", by_staff: bool = False) -> None:
    """Free the slot. A volunteer's reason is stored for staff; a reason from staff is emailed to the volunteer.

    Raises BookingNotActiveError, BookingStartedError, SelfServiceClosedError.
    """
    lock_row(booking.volunteer)
    _lock_upcoming_booking(booking, by_staff=by_staff)
    booking.status = BookingStatus.CANCELLED
    booking.cancelled_at = clock.now()
    booking.cancel_reason = reason
    booking.is_cancelled_by_person = not by_staff
    db.session.flush()
    invitations.cancel_invitations(booking, reason=reason if by_staff else "", by_staff=by_staff)
    audit.record("booking cancelled", booking, by_staff=by_staff)


def find_active_booking(volunteer: Volunteer) -> Booking | None:
    """One-to-one, and upcoming or without an outcome yet."""
    return _find_newest_booking(volunteer, BookingStatus.BOOKED)


def find_completed_interview(volunteer: Volunteer) -> Booking | None:
    return _find_newest_booking(volunteer, BookingStatus.COMPLETED)


def _find_newest_booking(volunteer: Volunteer, status: BookingStatus) -> Booking | None:
    query = select(Booking).where(
        Booking.volunteer_id == volunteer.id, Booking.status == status, Booking.is_group.is_(False)
    )
    return db.session.scalars(query.order_by(Booking.slot_chosen_at.desc())).first()


def has_begun(booking: Booking, now: datetime | None = None) -> bool:
    return booking.slot.starts_at <= (now or clock.now())


def self_service_refusal(booking: Booking) -> SelfServiceClosedError | None:
    policy = get_booking_policy(booking.slot.call)
    if clock.now() > get_self_service_cutoff(booking.slot):
        return SelfServiceClosedError(
            f"Your interview starts in less than {policy.cutoff_hours} hours. To change it, write to us."
        )
    if _count_self_service_changes(booking.volunteer_id) >= policy.max_self_service_changes:
        return SelfServiceClosedError(
            "You have moved or cancelled several times. To change this interview, write to us."
        )
    return None


def _count_self_service_changes(volunteer_id: UUID) -> int:
    query = select(Booking.self_service_changes, Booking.is_cancelled_by_person).where(
        Booking.volunteer_id == volunteer_id, Booking.is_group.is_(False)
    )
    return sum(moves + is_cancelled for moves, is_cancelled in db.session.execute(query))


@contextmanager
def _translate_slot_conflicts(volunteer: Volunteer | None) -> Iterator[None]:
    try:
        with db.session.begin_nested():
            yield
    except IntegrityError as error:
        if volunteer is not None and find_active_booking(volunteer) is not None:
            raise AlreadyBookedError("You have already booked a time. You can move it instead.") from error
        raise SlotTakenError(SLOT_TAKEN_MESSAGE) from error
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != DEADLOCK_SQLSTATE:
            raise
        raise SlotTakenError(SLOT_TAKEN_MESSAGE) from error


def require_bookings_open(slot: Slot, volunteer: Volunteer) -> None:
    """Applies to staff too. Raises BookingsClosedError."""
    if _is_call_or_site_closed(volunteer.call_id, slot.site_id, volunteer.site_id):
        raise BookingsClosedError("Bookings are closed.")


def is_closed_for(volunteer: Volunteer) -> bool:
    return _is_call_or_site_closed(volunteer.call_id, volunteer.site_id)


def _is_call_or_site_closed(call_id: UUID, *site_ids: UUID | None) -> bool:
    closed_call = select(Call.id).where(Call.id == call_id, Call.closed_at.is_not(None))
    sites = [site_id for site_id in site_ids if site_id]
    closed_site = select(Site.id).where(Site.id.in_(sites), Site.closed_at.is_not(None))
    return db.session.scalars(closed_call.union_all(closed_site)).first() is not None


def _lock_bookable_slot(
    slot: Slot, volunteer: Volunteer, *, replaced_booking: Booking | None = None, by_staff: bool
) -> None:
    lock_row(slot.interviewer)  # their other bookings decide whether this one fits
    lock_row(slot, is_shared=True)  # against withdrawal until we commit
    if slot.call_id != volunteer.call_id or slot.withdrawn_at is not None or slot.is_group:
        raise SlotTakenError(SLOT_UNAVAILABLE_MESSAGE)
    if not slot.interviewer.is_active:
        raise SlotTakenError(SLOT_UNAVAILABLE_MESSAGE)
    if slot.starts_at <= clock.now():
        raise SlotTakenError("This time has passed. Choose another time.")
    _require_slot_free(slot, replaced_booking, by_staff=by_staff)
    contact = volunteer.participant.contact
    if slot.kind is SlotKind.TELEPHONE and not (contact and contact.phone):
        raise PhoneMissingError("Enter your telephone number, because this is a telephone interview.")


def _require_slot_free(slot: Slot, replaced_booking: Booking | None, *, by_staff: bool) -> None:
    """Staff may book over an interviewer's limits, calendar and time off, but nobody can be in two interviews."""
    if has_other_interview(slot, replaced_booking=replaced_booking):
        raise SlotTakenError(SLOT_TAKEN_MESSAGE)
    if not by_staff and not filter_bookable(
        [slot], except_booking_id=replaced_booking.id if replaced_booking else None
    ):
        raise SlotTakenError(SLOT_UNAVAILABLE_MESSAGE)


def _lock_upcoming_booking(booking: Booking, *, by_staff: bool) -> None:
    lock_row(booking)
    if booking.status is not BookingStatus.BOOKED or booking.is_group:
        raise BookingNotActiveError("This interview was cancelled or has taken place.")
    if has_begun(booking):
        raise BookingStartedError("This interview has already started.")
    if not by_staff and (reason := self_service_refusal(booking)) is not None:
        raise reason
