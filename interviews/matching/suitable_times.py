"""Which times a volunteer can choose from, and which interviewer gets the booking. Booking: bookings.py."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from core import clock
from core.database import db
from evidence.models import Call, Participant
from interviews.availability.commitments import has_other_interview
from interviews.availability.limits import filter_bookable
from interviews.availability.profiles import get_profiles
from interviews.availability.slots import list_open_slots
from interviews.bookings import bookings
from interviews.bookings.bookings import SlotTakenError
from interviews.matching.needs_match import INTERPRETER_NOTICE, Need, find_blocking_needs, get_unmet_needs
from interviews.matching.open_times import OpenTime, get_visible_key, group_into_times
from interviews.models import (
    Booking,
    Slot,
    SlotKind,
    Volunteer,
    VolunteerState,
)

FAIRNESS_PERIOD = timedelta(days=28)  # older bookings do not count
ResultT = TypeVar("ResultT")
LONG_AGO = datetime.min.replace(tzinfo=UTC)


def list_open_times(
    volunteer: Volunteer, *, interviewer_id: UUID | None = None, replaced_booking: Booking | None = None
) -> list[OpenTime]:
    """`replaced_booking`: one that would be moved, whose own time does not block others."""
    return group_into_times(_list_suitable_slots(volunteer, replaced_booking=replaced_booking), interviewer_id)


def list_unsuitable_times(volunteer: Volunteer, *, replaced_booking: Booking | None = None) -> list[OpenTime]:
    return group_into_times(
        [slot for slot, needs in _match_slots(volunteer, _list_bookable_slots(volunteer, replaced_booking)) if needs]
    )


def list_blocking_needs(volunteer: Volunteer) -> list[Need]:
    return find_blocking_needs(needs for _, needs in _match_slots(volunteer, _list_bookable_slots(volunteer, None)))


def list_unmatched_volunteers(call: Call) -> list[tuple[Volunteer, list[Need]]]:
    has_booking = select(Booking.id).where(
        Booking.volunteer_id == Volunteer.id,
        Booking.is_confirmed_one_to_one,
    )
    waiting = (
        select(Volunteer)
        .where(Volunteer.call_id == call.id, Volunteer.state == VolunteerState.ACCEPTED, ~has_booking.exists())
        .order_by(Volunteer.created_at, Volunteer.id)
        .options(joinedload(Volunteer.participant).joinedload(Participant.contact), joinedload(Volunteer.site))
    )
    free = _select_distinct_slots(filter_bookable(list_open_slots(call)))
    match = _build_matcher(free)
    unmatched = [
        (volunteer, find_blocking_needs(match(volunteer, slot) for slot in free))
        for volunteer in db.session.scalars(waiting)
    ]
    return [(volunteer, needs) for volunteer, needs in unmatched if needs]


def book_fairest(volunteer: Volunteer, slot: Slot, *, interviewer_id: UUID | None = None) -> Booking:
    """Raises the same errors as `bookings.book`."""
    bookings.require_bookings_open(slot, volunteer)
    return _try_each_slot(
        _list_candidates(volunteer, slot, interviewer_id, replaced_booking=None),
        lambda candidate: bookings.book(candidate, volunteer),
    )


def move_to_time(booking: Booking, slot: Slot, *, interviewer_id: UUID | None = None) -> None:
    """With the same interviewer if possible. Raises the same errors as `bookings.move`."""
    candidates = _list_candidates(booking.volunteer, slot, interviewer_id, replaced_booking=booking)
    same_first = sorted(candidates, key=lambda candidate: candidate.interviewer_id != booking.slot.interviewer_id)
    _try_each_slot(same_first, lambda candidate: bookings.move(booking, candidate))


def sort_by_fairness(slots: Iterable[Slot]) -> list[Slot]:
    """Fewest recent and upcoming interviews first, then the one booked longest ago, then by id."""
    slots = list(slots)
    people = {slot.interviewer_id for slot in slots}
    query = (
        select(Slot.interviewer_id, func.count(), func.max(Booking.slot_chosen_at))
        .join(Booking.slot)
        .where(Slot.interviewer_id.in_(people), Slot.starts_at > clock.now() - FAIRNESS_PERIOD)
        .where(Booking.is_confirmed_one_to_one)
        .group_by(Slot.interviewer_id)
    )
    load = {id_: (count, last) for id_, count, last in db.session.execute(query).all()}
    return sorted(slots, key=lambda slot: (*load.get(slot.interviewer_id, (0, LONG_AGO)), slot.interviewer_id, slot.id))


def _try_each_slot(slots: Iterable[Slot], act: Callable[[Slot], ResultT]) -> ResultT:
    """Someone else may take a slot at the same moment. A rollback also unlocks its interviewer."""
    refusal = SlotTakenError(bookings.SLOT_UNAVAILABLE_MESSAGE)
    for slot in slots:
        try:
            with db.session.begin_nested():
                return act(slot)
        except SlotTakenError as error:
            refusal = error
    raise refusal


def _list_candidates(
    volunteer: Volunteer, slot: Slot, interviewer_id: UUID | None, *, replaced_booking: Booking | None
) -> list[Slot]:
    """If the person has booked something else since, only the slot itself, so that booking it says why it fails."""
    if replaced_booking is not None and slot.id == replaced_booking.slot_id:
        return [slot]
    same = [
        candidate
        for time in group_into_times(
            _list_suitable_slots(volunteer, at=slot.starts_at, replaced_booking=replaced_booking), interviewer_id
        )
        if get_visible_key(time.slot) == get_visible_key(slot)
        for candidate in time.slots
    ]
    if same or bookings.find_active_booking(volunteer) is not replaced_booking:
        return sort_by_fairness(same) or [slot]
    raise SlotTakenError(
        bookings.SLOT_TAKEN_MESSAGE
        if has_other_interview(slot, replaced_booking=replaced_booking)
        else bookings.SLOT_UNAVAILABLE_MESSAGE
    )


def _list_suitable_slots(
    volunteer: Volunteer, *, at: datetime | None = None, replaced_booking: Booking | None
) -> list[Slot]:
    return [
        slot
        for slot, needs in _match_slots(volunteer, _list_bookable_slots(volunteer, replaced_booking, at))
        if not needs
    ]


def _list_bookable_slots(
    volunteer: Volunteer, replaced_booking: Booking | None, at: datetime | None = None
) -> list[Slot]:
    if replaced_booking is None and bookings.is_closed_for(volunteer):
        return []
    return filter_bookable(
        list_open_slots(volunteer.call, at), except_booking_id=replaced_booking.id if replaced_booking else None
    )


def _select_distinct_slots(slots: list[Slot]) -> list[Slot]:
    soon = clock.now() + INTERPRETER_NOTICE
    by_traits = {
        (
            slot.site_id,
            slot.kind is SlotKind.IN_PERSON and not slot.is_step_free,
            slot.takes_companion,
            slot.interviewer_id,
            slot.starts_at >= soon,
        ): slot
        for slot in slots
    }
    return list(by_traits.values())


def _match_slots(volunteer: Volunteer, slots: list[Slot]) -> list[tuple[Slot, frozenset[Need]]]:
    match = _build_matcher(slots)
    return [(slot, match(volunteer, slot)) for slot in slots]


def _build_matcher(slots: list[Slot]) -> Callable[[Volunteer, Slot], frozenset[Need]]:
    profiles, now = get_profiles({slot.interviewer_id for slot in slots}), clock.now()
    return lambda volunteer, slot: get_unmet_needs(volunteer, slot, profiles[slot.interviewer_id], now)
