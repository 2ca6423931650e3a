"""Change who holds an interview, or where it is held, while its time stays. Moving: bookings.py. Callers commit.

Rows are held in this order: volunteers, interviewers, slots, bookings; of several of a kind, in the order of their ids.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import contains_eager, joinedload

from accounts import audit
from accounts.models import StaffMember
from core import clock
from core.database import Identified, db
from core.errors import RuleError
from interviews.availability.profiles import profiles_of
from interviews.bookings import NotBookedError, PhoneNeededError, TooLateError, has_begun
from interviews.by_staff.engagements import engagements, free_interviewers, is_taken
from interviews.calendars import invitations
from interviews.holding import hold
from interviews.models import Booking, BookingStatus, Slot, SlotKind, Volunteer
from interviews.offering.fitting import Need, unmet
from interviews.slots import PlaceNeededError

SWAP_WITHIN = timedelta(days=14)  # before and after: further away nobody looks for a swap
MOST_SWAPS = 100


class InterviewerTakenError(RuleError):
    """The other interviewer has something else at that time."""


class ChangedMeanwhileError(RuleError):
    """Somebody else has changed the interview since the page was opened."""


class SamePlaceError(RuleError):
    """Nothing would change, so nobody is written to."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where and how an interview is held."""

    kind: SlotKind
    place: str = ""  # link, or address; empty for the telephone
    room: str = ""
    is_step_free: bool = False


def place_of(slot: Slot) -> Place:
    return Place(slot.kind, slot.place, slot.room, slot.is_step_free)


def reassign(booking: Booking, interviewer: StaffMember, *, reason: str = "") -> None:
    """Pass an interview to somebody who is free at its time. `reason` is told to the volunteer.

    Raises InterviewerTakenError, NotBookedError, TooLateError, ChangedMeanwhileError.
    """
    before = booking.slot
    _hold_upcoming([booking], [before.interviewer, interviewer])
    if interviewer not in free_interviewers(before):
        raise InterviewerTakenError(f"{interviewer.name} has something else at this time. Please choose another.")
    _withdraw([before])
    _place_in(booking, _same_time(before, interviewer))
    invitations.follow_reassignment(booking, before, reason=reason)
    audit.record("interview reassigned", booking, from_slot=str(before.id), to_slot=str(booking.slot_id))


def swap(first: Booking, second: Booking, *, reason: str = "") -> None:
    """Each of two interviews passes to the interviewer of the other, both or neither. `reason`: for both volunteers.

    Raises InterviewerTakenError, NotBookedError, TooLateError, ChangedMeanwhileError.
    """
    pair = (first, second)
    one, other = first.slot, second.slot
    _hold_upcoming(pair, [one.interviewer, other.interviewer])
    if one.interviewer_id == other.interviewer_id:
        raise InterviewerTakenError("Both interviews are held by the same person.")
    apart = {first.id, second.id}
    for slot, taking in ((one, other.interviewer), (other, one.interviewer)):
        if is_taken(engagements(slot.starts_at, slot.ends_at), taking.id, slot, apart_from=apart):
            raise InterviewerTakenError(f"{taking.name} has something else at the time of the other interview.")
    _withdraw([one, other])  # both before anything is added: they may begin at the same moment
    _place_in(first, _same_time(one, other.interviewer))
    _place_in(second, _same_time(other, one.interviewer))
    for booking, before in ((first, one), (second, other)):
        invitations.follow_reassignment(booking, before, reason=reason)
        audit.record("interviewers swapped", booking, from_slot=str(before.id), to_slot=str(booking.slot_id))


def change_place(booking: Booking, place: Place, *, reason: str = "") -> None:
    """Another link, address or room, or another way to meet. `reason` is told to the volunteer.

    Raises PlaceNeededError, PhoneNeededError, SamePlaceError, NotBookedError, TooLateError, ChangedMeanwhileError.
    """
    _hold_upcoming([booking], [])
    _require_reachable(booking, place)
    slot = booking.slot
    if place == place_of(slot):
        raise SamePlaceError("This is where the interview is held already.")
    slot.kind, slot.place, slot.room, slot.is_step_free = place.kind, place.place, place.room, place.is_step_free
    db.session.flush()
    invitations.follow_change_of_place(booking, reason=reason)
    audit.record("place changed", booking, kind=place.kind.value)


def swappable_with(booking: Booking) -> list[Booking]:
    """Interviews of other interviewers with which this one could be swapped, in order of time."""
    here = booking.slot
    near = (here.starts_at - SWAP_WITHIN, here.ends_at + SWAP_WITHIN)
    taken = engagements(*near)
    return [
        other
        for other in _others_between(booking, *near)
        if not is_taken(taken, other.slot.interviewer_id, here, apart_from={other.id})
        and not is_taken(taken, here.interviewer_id, other.slot, apart_from={booking.id})
    ]


def needs_unmet(booking: Booking, interviewers: Collection[StaffMember]) -> dict[UUID, frozenset[Need]]:
    """What the person would go without if each of these held the interview, at its time and in its place."""
    profiles, now = profiles_of({person.id for person in interviewers}), clock.now()
    return {id_: unmet(booking.volunteer, booking.slot, profile, now) for id_, profile in profiles.items()}


def needs_unmet_by_swaps(
    booking: Booking, others: Collection[Booking]
) -> dict[UUID, tuple[frozenset[Need], frozenset[Need]]]:
    """By the id of each other booking: what this person would go without after a swap, and what the other would."""
    profiles, now = profiles_of({one.slot.interviewer_id for one in (booking, *others)}), clock.now()
    own = profiles[booking.slot.interviewer_id]
    return {
        other.id: (
            unmet(booking.volunteer, booking.slot, profiles[other.slot.interviewer_id], now),
            unmet(other.volunteer, other.slot, own, now),
        )
        for other in others
    }


def _others_between(booking: Booking, starts_at: object, ends_at: object) -> Sequence[Booking]:
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
    return db.session.scalars(wanted.order_by(Slot.starts_at, Booking.id).limit(MOST_SWAPS)).all()


def _hold_upcoming(bookings: Sequence[Booking], interviewers: Sequence[StaffMember]) -> None:
    """Hold all that a change touches, then see that it is still as the caller saw it."""
    seen = {booking.id: booking.slot_id for booking in bookings}
    slots = [booking.slot for booking in bookings]
    for rows in ([booking.volunteer for booking in bookings], interviewers, slots, bookings):
        _hold_in_order(rows)
    for booking in bookings:
        _require_upcoming(booking)
        if booking.slot_id != seen[booking.id]:
            raise ChangedMeanwhileError("Somebody else has just changed this interview. Please look at it again.")


def _hold_in_order(rows: Sequence[Identified]) -> None:
    for row in sorted({row.id: row for row in rows}.values(), key=lambda row: row.id):
        hold(row)


def _require_upcoming(booking: Booking) -> None:
    if booking.status is not BookingStatus.BOOKED or booking.is_group:
        raise NotBookedError("This interview has been cancelled already, or has taken place.")
    if has_begun(booking):
        raise TooLateError("This interview has already begun.")


def _require_reachable(booking: Booking, place: Place) -> None:
    contact = booking.volunteer.participant.contact
    if place.kind is SlotKind.TELEPHONE and not (contact and contact.phone):
        raise PhoneNeededError("There is no telephone number of this person, so nobody can ring them.")
    if place.kind is not SlotKind.TELEPHONE and not place.place:
        raise PlaceNeededError("Say where: the video link, or the address.")


def _withdraw(slots: Sequence[Slot]) -> None:
    """Whoever gives an interview away does not become free for another at that time."""
    for slot in slots:
        slot.withdrawn_at = clock.now()
    db.session.flush()


def _same_time(before: Slot, interviewer: StaffMember) -> Slot:
    """The same time and place with another interviewer, who may have offered that very time: it is taken now."""
    own = select(Slot).where(
        Slot.interviewer_id == interviewer.id, Slot.starts_at == before.starts_at, Slot.withdrawn_at.is_(None)
    )
    _withdraw(db.session.scalars(own).all())
    slot = Slot(
        call_id=before.call_id,
        interviewer_id=interviewer.id,
        site_id=before.site_id,
        starts_at=before.starts_at,
        ends_at=before.ends_at,
        kind=before.kind,
        place=before.place,
        room=before.room,
        is_step_free=before.is_step_free,
        takes_companion=before.takes_companion,
        created_at=clock.now(),
    )
    try:
        with db.session.begin_nested():
            db.session.add(slot)
    except IntegrityError as error:
        raise InterviewerTakenError(f"{interviewer.name} has something else at this time.") from error
    return slot


def _place_in(booking: Booking, slot: Slot) -> None:
    booking.slot_id = slot.id
    db.session.flush()
    db.session.refresh(booking, ["slot"])
