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
from evidence.models import Call, Site
from interviews.availability.limits import bookable
from interviews.calendars import invitations
from interviews.holding import hold
from interviews.models import HOLDING, Booking, BookingStatus, Slot, SlotKind, Volunteer, VolunteerState
from interviews.rules import cutoff, rules_of

DEADLOCK = "40P01"  # PostgreSQL: two people tried to swap times at the same moment
TAKEN = "Someone has just booked this time. Please choose another."
GONE = "This time is offered no longer. Please choose another."


class SlotTakenError(RuleError):
    """Somebody else has the time, or it is offered no longer."""


class AlreadyBookedError(RuleError):
    """The volunteer has a booking, and may have only one."""


class InterviewHeldError(RuleError):
    """The volunteer has been interviewed; only staff book a second interview."""


class BookingClosedError(RuleError):
    """The call, or the site, takes no more bookings."""


class NotAcceptedError(RuleError):
    """Only a volunteer whom staff have accepted may book."""


class NotBookedError(RuleError):
    """The interview has been cancelled, or has taken place."""


class TooLateError(RuleError):
    """The interview has begun or is over."""


class NotAloneError(RuleError):
    """The person may not move or cancel alone any more, but may write to staff."""


class PhoneNeededError(RuleError):
    """A telephone interview needs a number to ring."""


def book(slot: Slot, volunteer: Volunteer, *, booked_by: UUID | None = None) -> Booking:
    """`booked_by`: the member of staff who books for somebody, whom the interviewer's limits do not bind.

    Raises SlotTakenError, AlreadyBookedError, InterviewHeldError, BookingClosedError, NotAcceptedError,
    PhoneNeededError.
    """
    hold(volunteer)  # held against being declined, and against a second form of the same person, until we commit
    if volunteer.state is not VolunteerState.ACCEPTED:
        raise NotAcceptedError("You can book a time once we have accepted your offer to be interviewed.")
    if active_booking(volunteer) is not None:
        raise AlreadyBookedError("You have booked a time already. You can move it instead.")
    if booked_by is None and held_interview(volunteer) is not None:
        raise InterviewHeldError("Your interview has taken place. If you would like another, please write to us.")
    require_not_closed(slot, volunteer)
    _take_hold(slot, volunteer, by_staff=booked_by is not None)
    now = clock.now()
    booking = Booking(
        slot_id=slot.id, volunteer_id=volunteer.id, created_at=now, placed_at=now, booked_by=booked_by, own_changes=0
    )
    with _taking_a_slot(volunteer):
        db.session.add(booking)
    invitations.invite(booking)
    audit.record("booking made", booking, slot=str(slot.id))
    return booking


def move(booking: Booking, slot: Slot, *, reason: str = "", by_staff: bool = False) -> None:
    """Take another slot; the calendar event stays the same one. `reason` is told to the volunteer.

    Raises SlotTakenError, NotBookedError, TooLateError, NotAloneError, PhoneNeededError.
    """
    hold(booking.volunteer)
    before = booking.slot
    if slot.id == before.id:
        raise SlotTakenError("This is the time that is booked already. Please choose another.")
    _take_hold(slot, booking.volunteer, leaving=booking, by_staff=by_staff)
    _hold_upcoming(booking, by_staff=by_staff)
    with _taking_a_slot(None):
        booking.slot_id, booking.placed_at = slot.id, clock.now()
        booking.own_changes += 0 if by_staff else 1
        db.session.flush()
    db.session.refresh(booking, ["slot"])
    invitations.follow_move(booking, before, reason=reason)
    audit.record("booking moved", booking, from_slot=str(before.id), to_slot=str(slot.id), by_staff=by_staff)


def cancel(booking: Booking, *, reason: str = "", by_staff: bool = False) -> None:
    """Give the slot back. A volunteer's reason is kept for staff; a reason from staff is told to the volunteer.

    Raises NotBookedError, TooLateError, NotAloneError.
    """
    hold(booking.volunteer)
    _hold_upcoming(booking, by_staff=by_staff)
    booking.status = BookingStatus.CANCELLED
    booking.cancelled_at = clock.now()
    booking.cancel_reason = reason
    booking.is_cancelled_by_person = not by_staff
    db.session.flush()
    invitations.withdraw(booking, reason=reason if by_staff else "", by_staff=by_staff)
    audit.record("booking cancelled", booking, by_staff=by_staff)


def active_booking(volunteer: Volunteer) -> Booking | None:
    """The interview that is to come, or that nobody has noted anything about yet. Places in groups do not count."""
    return _newest(volunteer, BookingStatus.BOOKED)


def held_interview(volunteer: Volunteer) -> Booking | None:
    """The interview that staff have noted as held."""
    return _newest(volunteer, BookingStatus.HAPPENED)


def _newest(volunteer: Volunteer, status: BookingStatus) -> Booking | None:
    wanted = select(Booking).where(
        Booking.volunteer_id == volunteer.id, Booking.status == status, Booking.is_group.is_(False)
    )
    return db.session.scalars(wanted.order_by(Booking.placed_at.desc())).first()


def find_booking(booking_id: UUID) -> Booking | None:
    return db.session.get(Booking, booking_id)


def has_begun(booking: Booking, now: datetime | None = None) -> bool:
    return booking.slot.starts_at <= (now or clock.now())


def why_not_alone(booking: Booking) -> NotAloneError | None:
    """Why the person has to write to staff to have the interview moved or cancelled; None while they need not."""
    rules = rules_of(booking.slot.call)
    if clock.now() > cutoff(booking.slot):
        return NotAloneError(f"Less than {rules.cutoff_hours} hours are left until your interview. Please write to us.")
    if _own_changes(booking.volunteer_id) >= rules.most_own_changes:
        return NotAloneError("You have moved or cancelled your interview several times. Please write to us.")
    return None


def _own_changes(volunteer_id: UUID) -> int:
    """How often the person has moved or cancelled an interview."""
    wanted = select(Booking.own_changes, Booking.is_cancelled_by_person).where(
        Booking.volunteer_id == volunteer_id, Booking.is_group.is_(False)
    )
    return sum(moves + is_cancelled for moves, is_cancelled in db.session.execute(wanted))


@contextmanager
def _taking_a_slot(volunteer: Volunteer | None) -> Iterator[None]:
    """What the database refuses, in words. `volunteer`: who may turn out to have booked at the same moment."""
    try:
        with db.session.begin_nested():
            yield
    except IntegrityError as error:
        if volunteer is not None and active_booking(volunteer) is not None:
            raise AlreadyBookedError("You have booked a time already. You can move it instead.") from error
        raise SlotTakenError(TAKEN) from error
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != DEADLOCK:
            raise
        raise SlotTakenError(TAKEN) from error


def require_not_closed(slot: Slot, volunteer: Volunteer) -> None:
    """What a coordinator has closed by hand takes no new bookings, whoever books. Raises BookingClosedError."""
    if _is_closed(volunteer.call_id, slot.site_id, volunteer.site_id):
        raise BookingClosedError("We take no more bookings now.")


def is_closed_for(volunteer: Volunteer) -> bool:
    return _is_closed(volunteer.call_id, volunteer.site_id)


def _is_closed(call_id: UUID, *site_ids: UUID | None) -> bool:
    closed_call = select(Call.id).where(Call.id == call_id, Call.closed_at.is_not(None))
    sites = [site_id for site_id in site_ids if site_id]
    closed_site = select(Site.id).where(Site.id.in_(sites), Site.closed_at.is_not(None))
    return db.session.scalars(closed_call.union_all(closed_site)).first() is not None


def _take_hold(slot: Slot, volunteer: Volunteer, *, leaving: Booking | None = None, by_staff: bool) -> None:
    """Hold an interviewer and a slot, and see that the slot is free for this person."""
    hold(slot.interviewer)  # their other bookings decide whether this one fits
    hold(slot, shared=True)  # held against withdrawal until we commit
    if slot.call_id != volunteer.call_id or slot.withdrawn_at is not None or slot.is_group:
        raise SlotTakenError(GONE)
    if not slot.interviewer.is_active:
        raise SlotTakenError(GONE)
    if slot.starts_at <= clock.now():
        raise SlotTakenError("This time is past. Please choose another.")
    _require_free(slot, leaving, by_staff=by_staff)
    contact = volunteer.participant.contact
    if slot.kind is SlotKind.TELEPHONE and not (contact and contact.phone):
        raise PhoneNeededError("Tell us the number to ring, because this time is by telephone.")


def _require_free(slot: Slot, leaving: Booking | None, *, by_staff: bool) -> None:
    """Staff are not bound by an interviewer's limits, but nobody can be in two interviews."""
    if not is_free(slot, leaving):
        raise SlotTakenError(TAKEN)
    if not by_staff and not bookable([slot], apart_from=leaving.id if leaving else None):
        raise SlotTakenError(GONE)


def is_free(slot: Slot, leaving: Booking | None = None) -> bool:
    """Whether its interviewer has nobody else at that time. `leaving`: a booking that is given up for it."""
    held = select(Booking.id).where(Booking.slot_id == Slot.id, Booking.status.in_(HOLDING))
    if leaving is not None:
        held = held.where(Booking.id != leaving.id)
    is_session = Slot.is_group & Slot.withdrawn_at.is_(None)  # held whoever has come so far
    wanted = select(Slot.id).where(
        Slot.interviewer_id == slot.interviewer_id,
        Slot.starts_at < slot.ends_at,
        Slot.ends_at > slot.starts_at,
        is_session | held.exists(),
    )
    return db.session.scalars(wanted.limit(1)).first() is None


def _hold_upcoming(booking: Booking, *, by_staff: bool) -> None:
    hold(booking)
    if booking.status is not BookingStatus.BOOKED or booking.is_group:
        raise NotBookedError("This interview has been cancelled already, or has taken place.")
    if has_begun(booking):
        raise TooLateError("This interview has already begun.")
    if not by_staff and (reason := why_not_alone(booking)) is not None:
        raise reason
