"""Change who holds an interview, or where it is held, while its time stays. Moving: bookings.py. Callers commit.

Rows are held in this order: volunteers, interviewers, slots, bookings; of several of a kind, in the order of their ids.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import contains_eager, joinedload

from accounts import audit
from accounts.models import StaffMember
from core import clock
from core.database import UuidModel, db
from core.errors import RuleError
from core.locks import lock_row
from interviews.availability.commitments import commitments_between, is_interviewer_busy, list_free_interviewers
from interviews.availability.slots import LocationMissingError
from interviews.bookings.bookings import (
    BookingNotActiveError,
    BookingStartedError,
    PhoneMissingError,
    has_begun,
)
from interviews.invitations import invitations
from interviews.models import Booking, BookingStatus, Slot, SlotKind, Volunteer

MAX_SWAP_DISTANCE = timedelta(days=14)  # before and after: further away nobody looks for a swap
MAX_SWAP_CANDIDATES = 100


class InterviewerUnavailableError(RuleError):
    """The other interviewer has something else at that time."""


class InterviewChangedError(RuleError):
    """Somebody else has changed the interview since the page was opened."""


class SameLocationError(RuleError):
    """Nothing would change, so nobody is written to."""


@dataclass(frozen=True, slots=True)
class InterviewLocation:
    """Where and how an interview is held."""

    kind: SlotKind
    link_or_address: str = ""  # link, or address; empty for the telephone
    room: str = ""
    is_step_free: bool = False


def get_interview_location(slot: Slot) -> InterviewLocation:
    return InterviewLocation(slot.kind, slot.location, slot.room, slot.is_step_free)


def reassign(booking: Booking, interviewer: StaffMember, *, reason: str = "") -> None:
    """Pass an interview to somebody who is free at its time. `reason` is told to the volunteer.

    Raises InterviewerTakenError, NotBookedError, TooLateError, ChangedMeanwhileError.
    """
    before = booking.slot
    _lock_upcoming_interviews([booking], [before.interviewer, interviewer])
    if interviewer not in list_free_interviewers(before):
        raise InterviewerUnavailableError(f"{interviewer.name} has something else at this time. Please choose another.")
    _withdraw_slots([before])
    _assign_slot(booking, _create_slot_at_same_time(before, interviewer))
    invitations.notify_reassignment(booking, before, reason=reason)
    audit.record("interview reassigned", booking, from_slot=str(before.id), to_slot=str(booking.slot_id))


def swap_interviewers(first: Booking, second: Booking, *, reason: str = "") -> None:
    """Each of two interviews passes to the interviewer of the other, both or neither. `reason`: for both volunteers.

    Raises InterviewerTakenError, NotBookedError, TooLateError, ChangedMeanwhileError.
    """
    pair = (first, second)
    one, other = first.slot, second.slot
    _lock_upcoming_interviews(pair, [one.interviewer, other.interviewer])
    if one.interviewer_id == other.interviewer_id:
        raise InterviewerUnavailableError("Both interviews are held by the same person.")
    apart = {first.id, second.id}
    for slot, taking in ((one, other.interviewer), (other, one.interviewer)):
        if is_interviewer_busy(
            commitments_between(slot.starts_at, slot.ends_at), taking.id, slot, except_bookings=apart
        ):
            raise InterviewerUnavailableError(f"{taking.name} has something else at the time of the other interview.")
    _withdraw_slots([one, other])  # both before anything is added: they may begin at the same moment
    _assign_slot(first, _create_slot_at_same_time(one, other.interviewer))
    _assign_slot(second, _create_slot_at_same_time(other, one.interviewer))
    for booking, before in ((first, one), (second, other)):
        invitations.notify_reassignment(booking, before, reason=reason)
        audit.record("interviewers swapped", booking, from_slot=str(before.id), to_slot=str(booking.slot_id))


def change_location(booking: Booking, location: InterviewLocation, *, reason: str = "") -> None:
    """Another link, address or room, or another way to meet. `reason` is told to the volunteer.

    Raises PlaceNeededError, PhoneNeededError, SamePlaceError, NotBookedError, TooLateError, ChangedMeanwhileError.
    """
    _lock_upcoming_interviews([booking], [])
    _require_usable_location(booking, location)
    slot = booking.slot
    if location == get_interview_location(slot):
        raise SameLocationError("This is where the interview is held already.")
    slot.kind, slot.location, slot.room, slot.is_step_free = (
        location.kind,
        location.link_or_address,
        location.room,
        location.is_step_free,
    )
    db.session.flush()
    invitations.notify_location_change(booking, reason=reason)
    audit.record("place changed", booking, kind=location.kind.value)


def list_swap_candidates(booking: Booking) -> list[Booking]:
    """Interviews of other interviewers with which this one could be swapped, in order of time."""
    here = booking.slot
    near = (here.starts_at - MAX_SWAP_DISTANCE, here.ends_at + MAX_SWAP_DISTANCE)
    taken = commitments_between(*near)
    return [
        other
        for other in _list_other_interviews_between(booking, *near)
        if not is_interviewer_busy(taken, other.slot.interviewer_id, here, except_bookings={other.id})
        and not is_interviewer_busy(taken, here.interviewer_id, other.slot, except_bookings={booking.id})
    ]


def _list_other_interviews_between(booking: Booking, starts_at: object, ends_at: object) -> Sequence[Booking]:
    wanted = (
        select(Booking)
        .join(Booking.slot)
        .where(
            Booking.status == BookingStatus.BOOKED,
            ~Booking.is_group,
            Slot.interviewer_id != booking.slot.interviewer_id,
            Slot.starts_at > clock.now(),
            Slot.starts_at.between(starts_at, ends_at),
        )
        .options(
            contains_eager(Booking.slot).options(joinedload(Slot.call), joinedload(Slot.interviewer)),
            joinedload(Booking.volunteer).joinedload(Volunteer.participant),
        )
    )
    return db.session.scalars(wanted.order_by(Slot.starts_at, Booking.id).limit(MAX_SWAP_CANDIDATES)).all()


def _lock_upcoming_interviews(bookings: Sequence[Booking], interviewers: Sequence[StaffMember]) -> None:
    """Hold all that a change touches, then see that it is still as the caller saw it."""
    seen = {booking.id: booking.slot_id for booking in bookings}
    slots = [booking.slot for booking in bookings]
    for rows in ([booking.volunteer for booking in bookings], interviewers, slots, bookings):
        _lock_rows_in_order(rows)
    for booking in bookings:
        _require_upcoming(booking)
        if booking.slot_id != seen[booking.id]:
            raise InterviewChangedError("Somebody else has just changed this interview. Please look at it again.")


def _lock_rows_in_order(rows: Sequence[UuidModel]) -> None:
    for row in sorted({row.id: row for row in rows}.values(), key=lambda row: row.id):
        lock_row(row)


def _require_upcoming(booking: Booking) -> None:
    if booking.status is not BookingStatus.BOOKED or booking.is_group:
        raise BookingNotActiveError("This interview has been cancelled already, or has taken place.")
    if has_begun(booking):
        raise BookingStartedError("This interview has already begun.")


def _require_usable_location(booking: Booking, location: InterviewLocation) -> None:
    contact = booking.volunteer.participant.contact
    if location.kind is SlotKind.TELEPHONE and not (contact and contact.phone):
        raise PhoneMissingError("There is no telephone number of this person, so nobody can ring them.")
    if location.kind is not SlotKind.TELEPHONE and not location.link_or_address:
        raise LocationMissingError("Say where: the video link, or the address.")


def _withdraw_slots(slots: Sequence[Slot]) -> None:
    """Whoever gives an interview away does not become free for another at that time."""
    for slot in slots:
        slot.withdrawn_at = clock.now()
    db.session.flush()


def _create_slot_at_same_time(before: Slot, interviewer: StaffMember) -> Slot:
    """The same time and place with another interviewer, who may have offered that very time: it is taken now."""
    own = select(Slot).where(
        Slot.interviewer_id == interviewer.id, Slot.starts_at == before.starts_at, Slot.withdrawn_at.is_(None)
    )
    _withdraw_slots(db.session.scalars(own).all())
    slot = Slot(
        call_id=before.call_id,
        interviewer_id=interviewer.id,
        site_id=before.site_id,
        starts_at=before.starts_at,
        ends_at=before.ends_at,
        kind=before.kind,
        location=before.location,
        room=before.room,
        is_step_free=before.is_step_free,
        takes_companion=before.takes_companion,
        created_at=clock.now(),
    )
    try:
        with db.session.begin_nested():
            db.session.add(slot)
    except IntegrityError as error:
        raise InterviewerUnavailableError(f"{interviewer.name} has something else at this time.") from error
    return slot


def _assign_slot(booking: Booking, slot: Slot) -> None:
    booking.slot_id = slot.id
    db.session.flush()
    db.session.refresh(booking, ["slot"])
