"""Book, move and cancel interviews with one person. Slots are opened elsewhere (slots.py); callers commit.

Rows are held in this order: volunteer, interviewer, slot, booking. Group sessions have doors of their own (groups/).
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
from interviews.availability.limits import filter_bookable
from interviews.bookings.booking_policy import get_booking_policy, get_self_service_cutoff
from interviews.invitations import invitations
from interviews.models import (
    OCCUPYING_STATUSES,
    Booking,
    BookingStatus,
    Slot,
    SlotKind,
    Volunteer,
    VolunteerState,
)

DEADLOCK_SQLSTATE = "40P01"  # PostgreSQL: two people tried to swap times at the same moment
SLOT_TAKEN_MESSAGE = "Someone has just booked this time. Please choose another."
SLOT_UNAVAILABLE_MESSAGE = "This time is offered no longer. Please choose another."


class SlotTakenError(RuleError):
    """Somebody else has the time, or it is offered no longer."""


class AlreadyBookedError(RuleError):
    """The volunteer has a booking, and may have only one."""


class InterviewCompletedError(RuleError):
    """The volunteer has been interviewed; only staff book a second interview."""


class BookingsClosedError(RuleError):
    """The call, or the site, takes no more bookings."""


class VolunteerNotAcceptedError(RuleError):
    """Only a volunteer whom staff have accepted may book."""


class BookingNotActiveError(RuleError):
    """The interview has been cancelled, or has taken place."""


class BookingStartedError(RuleError):
    """The interview has begun or is over."""


class SelfServiceClosedError(RuleError):
    """The person may not move or cancel alone any more, but may write to staff."""


class PhoneMissingError(RuleError):
    """A telephone interview needs a number to ring."""


def book(slot: Slot, volunteer: Volunteer, *, booked_by: UUID | None = None) -> Booking:
    """`booked_by`: the member of staff who books for somebody, whom the interviewer's limits do not bind.

    Raises SlotTakenError, AlreadyBookedError, InterviewHeldError, BookingClosedError, NotAcceptedError,
    PhoneNeededError.
    """
    lock_row(volunteer)  # held against being declined, and against a second form of the same person, until we commit
    if volunteer.state is not VolunteerState.ACCEPTED:
        raise VolunteerNotAcceptedError("You can book a time once we have accepted your offer to be interviewed.")
    if find_active_booking(volunteer) is not None:
        raise AlreadyBookedError("You have booked a time already. You can move it instead.")
    if booked_by is None and find_completed_interview(volunteer) is not None:
        raise InterviewCompletedError("Your interview has taken place. If you would like another, please write to us.")
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
    """Take another slot; the calendar event stays the same one. `reason` is told to the volunteer.

    Raises SlotTakenError, NotBookedError, TooLateError, NotAloneError, PhoneNeededError.
    """
    lock_row(booking.volunteer)
    before = booking.slot
    if slot.id == before.id:
        raise SlotTakenError("This is the time that is booked already. Please choose another.")
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
    """Give the slot back. A volunteer's reason is kept for staff; a reason from staff is told to the volunteer.

    Raises NotBookedError, TooLateError, NotAloneError.
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
    """The interview that is to come, or that nobody has noted anything about yet. Places in groups do not count."""
    return _find_newest_booking(volunteer, BookingStatus.BOOKED)


def find_completed_interview(volunteer: Volunteer) -> Booking | None:
    """The interview that staff have noted as held."""
    return _find_newest_booking(volunteer, BookingStatus.COMPLETED)


def _find_newest_booking(volunteer: Volunteer, status: BookingStatus) -> Booking | None:
    wanted = select(Booking).where(
        Booking.volunteer_id == volunteer.id, Booking.status == status, Booking.is_group.is_(False)
    )
    return db.session.scalars(wanted.order_by(Booking.slot_chosen_at.desc())).first()


def find_booking(booking_id: UUID) -> Booking | None:
    return db.session.get(Booking, booking_id)


def has_begun(booking: Booking, now: datetime | None = None) -> bool:
    return booking.slot.starts_at <= (now or clock.now())


def self_service_refusal(booking: Booking) -> SelfServiceClosedError | None:
    """Why the person has to write to staff to have the interview moved or cancelled; None while they need not."""
    rules = get_booking_policy(booking.slot.call)
    if clock.now() > get_self_service_cutoff(booking.slot):
        return SelfServiceClosedError(
            f"Less than {rules.cutoff_hours} hours are left until your interview. Please write to us."
        )
    if _count_self_service_changes(booking.volunteer_id) >= rules.max_self_service_changes:
        return SelfServiceClosedError("You have moved or cancelled your interview several times. Please write to us.")
    return None


def _count_self_service_changes(volunteer_id: UUID) -> int:
    """How often the person has moved or cancelled an interview."""
    wanted = select(Booking.self_service_changes, Booking.is_cancelled_by_person).where(
        Booking.volunteer_id == volunteer_id, Booking.is_group.is_(False)
    )
    return sum(moves + is_cancelled for moves, is_cancelled in db.session.execute(wanted))


@contextmanager
def _translate_slot_conflicts(volunteer: Volunteer | None) -> Iterator[None]:
    """What the database refuses, in words. `volunteer`: who may turn out to have booked at the same moment."""
    try:
        with db.session.begin_nested():
            yield
    except IntegrityError as error:
        if volunteer is not None and find_active_booking(volunteer) is not None:
            raise AlreadyBookedError("You have booked a time already. You can move it instead.") from error
        raise SlotTakenError(SLOT_TAKEN_MESSAGE) from error
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != DEADLOCK_SQLSTATE:
            raise
        raise SlotTakenError(SLOT_TAKEN_MESSAGE) from error


def require_bookings_open(slot: Slot, volunteer: Volunteer) -> None:
    """What a coordinator has closed by hand takes no new bookings, whoever books. Raises BookingClosedError."""
    if _is_call_or_site_closed(volunteer.call_id, slot.site_id, volunteer.site_id):
        raise BookingsClosedError("We take no more bookings now.")


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
    """Hold an interviewer and a slot, and see that the slot is free for this person."""
    lock_row(slot.interviewer)  # their other bookings decide whether this one fits
    lock_row(slot, is_shared=True)  # held against withdrawal until we commit
    if slot.call_id != volunteer.call_id or slot.withdrawn_at is not None or slot.is_group:
        raise SlotTakenError(SLOT_UNAVAILABLE_MESSAGE)
    if not slot.interviewer.is_active:
        raise SlotTakenError(SLOT_UNAVAILABLE_MESSAGE)
    if slot.starts_at <= clock.now():
        raise SlotTakenError("This time is past. Please choose another.")
    _require_slot_free(slot, replaced_booking, by_staff=by_staff)
    contact = volunteer.participant.contact
    if slot.kind is SlotKind.TELEPHONE and not (contact and contact.phone):
        raise PhoneMissingError("Tell us the number to ring, because this time is by telephone.")


def _require_slot_free(slot: Slot, replaced_booking: Booking | None, *, by_staff: bool) -> None:
    """Staff are not bound by an interviewer's limits, but nobody can be in two interviews."""
    if not is_interviewer_free(slot, replaced_booking):
        raise SlotTakenError(SLOT_TAKEN_MESSAGE)
    if not by_staff and not filter_bookable(
        [slot], except_booking_id=replaced_booking.id if replaced_booking else None
    ):
        raise SlotTakenError(SLOT_UNAVAILABLE_MESSAGE)


def is_interviewer_free(slot: Slot, replaced_booking: Booking | None = None) -> bool:
    """Whether its interviewer has nobody else at that time. `leaving`: a booking that is given up for it."""
    held = select(Booking.id).where(Booking.slot_id == Slot.id, Booking.status.in_(OCCUPYING_STATUSES))
    if replaced_booking is not None:
        held = held.where(Booking.id != replaced_booking.id)
    is_session = Slot.is_group & Slot.withdrawn_at.is_(None)  # held whoever has come so far
    wanted = select(Slot.id).where(
        Slot.interviewer_id == slot.interviewer_id,
        Slot.starts_at < slot.ends_at,
        Slot.ends_at > slot.starts_at,
        is_session | held.exists(),
    )
    return db.session.scalars(wanted.limit(1)).first() is None


def _lock_upcoming_booking(booking: Booking, *, by_staff: bool) -> None:
    lock_row(booking)
    if booking.status is not BookingStatus.BOOKED or booking.is_group:
        raise BookingNotActiveError("This interview has been cancelled already, or has taken place.")
    if has_begun(booking):
        raise BookingStartedError("This interview has already begun.")
    if not by_staff and (reason := self_service_refusal(booking)) is not None:
        raise reason
