"""Change the interviewer or the location of an interview; its time stays. Moving: bookings.py. Callers commit.

Rows are locked in this order: volunteers, interviewers, slots, bookings; rows of one kind in the order of their ids.
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
from interviews.availability.commitments import (
    InterviewerUnavailableError,
    commitments_between,
    is_interviewer_busy,
    list_free_interviewers,
)
from interviews.availability.slots import LocationMissingError
from interviews.bookings.bookings import (
    BookingNotActiveError,
    BookingStartedError,
    PhoneMissingError,
    has_begun,
)
from interviews.invitations import invitations
from interviews.models import Booking, BookingStatus, Slot, SlotKind, Volunteer

MAX_SWAP_DISTANCE = timedelta(days=14)  # before and after
MAX_SWAP_CANDIDATES = 100


class InterviewChangedError(RuleError): ...


class SameLocationError(RuleError): ...


@dataclass(frozen=True, slots=True)
class InterviewLocation:
    kind: SlotKind
    link_or_address: str = ""  # link, or address; empty for the telephone
    room: str = ""
    is_step_free: bool = False


def get_interview_location(slot: Slot) -> InterviewLocation:
    return InterviewLocation(slot.kind, slot.location, slot.room, slot.is_step_free)


def reassign(booking: Booking, interviewer: StaffMember, *, reason: str = "") -> None:
    """To an interviewer who is free at that time. The volunteer reads `reason`.

    Raises InterviewerUnavailableError, BookingNotActiveError, BookingStartedError, InterviewChangedError.
    """
    before = booking.slot
    _lock_upcoming_interviews([booking], [before.interviewer, interviewer])
    if interviewer not in list_free_interviewers(before):
        raise InterviewerUnavailableError(f"{interviewer.name} is not available at this time. Choose someone else.")
    _withdraw_slots([before])
    _assign_slot(booking, _create_slot_at_same_time(before, interviewer))
    invitations.notify_reassignment(booking, before, reason=reason)
    audit.record("interview reassigned", booking, from_slot=str(before.id), to_slot=str(booking.slot_id))


def swap_interviewers(first: Booking, second: Booking, *, reason: str = "") -> None:
    """Both or neither. Both volunteers read `reason`.

    Raises InterviewerUnavailableError, BookingNotActiveError, BookingStartedError, InterviewChangedError.
    """
    pair = (first, second)
    one, other = first.slot, second.slot
    _lock_upcoming_interviews(pair, [one.interviewer, other.interviewer])
    if one.interviewer_id == other.interviewer_id:
        raise InterviewerUnavailableError("Both interviews have the same interviewer.")
    swapped_ids = {first.id, second.id}
    for slot, successor in ((one, other.interviewer), (other, one.interviewer)):
        if is_interviewer_busy(
            commitments_between(slot.starts_at, slot.ends_at), successor.id, slot, except_bookings=swapped_ids
        ):
            raise InterviewerUnavailableError(f"{successor.name} is not available at the time of the other interview.")
    _withdraw_slots([one, other])  # both before anything is added: they may begin at the same moment
    _assign_slot(first, _create_slot_at_same_time(one, other.interviewer))
    _assign_slot(second, _create_slot_at_same_time(other, one.interviewer))
    for booking, before in ((first, one), (second, other)):
        invitations.notify_reassignment(booking, before, reason=reason)
        audit.record("interviewers swapped", booking, from_slot=str(before.id), to_slot=str(booking.slot_id))


def change_location(booking: Booking, location: InterviewLocation, *, reason: str = "") -> None:
    """Another link, address or room, or another way to meet. The volunteer reads `reason`.

    Raises LocationMissingError, PhoneMissingError, SameLocationError, BookingNotActiveError, BookingStartedError,
    InterviewChangedError.
    """
    _lock_upcoming_interviews([booking], [])
    _require_usable_location(booking, location)
    slot = booking.slot
    if location == get_interview_location(slot):
        raise SameLocationError("This is already where the interview takes place.")
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
    here = booking.slot
    near = (here.starts_at - MAX_SWAP_DISTANCE, here.ends_at + MAX_SWAP_DISTANCE)
    commitments = commitments_between(*near)
    return [
        other
        for other in _list_other_interviews_between(booking, *near)
        if not is_interviewer_busy(commitments, other.slot.interviewer_id, here, except_bookings={other.id})
        and not is_interviewer_busy(commitments, here.interviewer_id, other.slot, except_bookings={booking.id})
    ]


def _list_other_interviews_between(booking: Booking, starts_at: object, ends_at: object) -> Sequence[Booking]:
    query = (
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
    return db.session.scalars(query.order_by(Slot.starts_at, Booking.id).limit(MAX_SWAP_CANDIDATES)).all()


def _lock_upcoming_interviews(bookings: Sequence[Booking], interviewers: Sequence[StaffMember]) -> None:
    seen = {booking.id: booking.slot_id for booking in bookings}
    slots = [booking.slot for booking in bookings]
    for rows in ([booking.volunteer for booking in bookings], interviewers, slots, bookings):
        _lock_rows_in_order(rows)
    for booking in bookings:
        _require_upcoming(booking)
        if booking.slot_id != seen[booking.id]:
            raise InterviewChangedError("Someone else has just changed this interview. Check it and try again.")


def _lock_rows_in_order(rows: Sequence[UuidModel]) -> None:
    for row in sorted({row.id: row for row in rows}.values(), key=lambda row: row.id):
        lock_row(row)


def _require_upcoming(booking: Booking) -> None:
    if booking.status is not BookingStatus.BOOKED or booking.is_group:
        raise BookingNotActiveError("This interview was cancelled or has taken place.")
    if has_begun(booking):
        raise BookingStartedError("This interview has already started.")


def _require_usable_location(booking: Booking, location: InterviewLocation) -> None:
    contact = booking.volunteer.participant.contact
    if location.kind is SlotKind.TELEPHONE and not (contact and contact.phone):
        raise PhoneMissingError("We have no telephone number for this person, so nobody can call them.")
    if location.kind is not SlotKind.TELEPHONE and not location.link_or_address:
        raise LocationMissingError("Enter the video link or the address.")


def _withdraw_slots(slots: Sequence[Slot]) -> None:
    """An interviewer who gives an interview away is not open for another booking at that time."""
    for slot in slots:
        slot.withdrawn_at = clock.now()
    db.session.flush()


def _create_slot_at_same_time(before: Slot, interviewer: StaffMember) -> Slot:
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
        raise InterviewerUnavailableError(f"{interviewer.name} is not available at this time.") from error
    return slot


def _assign_slot(booking: Booking, slot: Slot) -> None:
    booking.slot_id = slot.id
    db.session.flush()
    db.session.refresh(booking, ["slot"])
