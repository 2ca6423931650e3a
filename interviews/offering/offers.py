"""What a volunteer may choose from, and whose interview it becomes. Bookings themselves are made in bookings.py."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from core import clock
from core.database import db
from evidence.models import Call, Participant
from interviews import bookings
from interviews.availability.limits import bookable
from interviews.availability.profiles import profiles_of
from interviews.bookings import SlotTakenError
from interviews.models import STANDING, Booking, Slot, SlotKind, Volunteer, VolunteerState
from interviews.offering.fitting import INTERPRETER_NOTICE, Need, in_the_way, unmet
from interviews.offering.open_times import OpenTime, as_times, what_is_seen
from interviews.slots import open_slots

RECENT = timedelta(days=28)  # bookings older than that give nobody a rest
R = TypeVar("R")
LONG_AGO = datetime.min.replace(tzinfo=UTC)


def open_times(
    volunteer: Volunteer, *, interviewer_id: UUID | None = None, leaving: Booking | None = None
) -> list[OpenTime]:
    """What suits this person, in order of time; with one interviewer only, or besides what they are `leaving`."""
    return as_times(_suitable(volunteer, leaving=leaving), interviewer_id)


def other_times(volunteer: Volunteer, *, leaving: Booking | None = None) -> list[OpenTime]:
    """For staff: times that are free but do not meet all that this person asked for."""
    return as_times([slot for slot, needs in _judged(volunteer, _bookable(volunteer, leaving)) if needs])


def what_stands_in_the_way(volunteer: Volunteer) -> list[Need]:
    """Why none of the times that are free suits this person. Empty when one does, or when no time is free at all."""
    return in_the_way(needs for _, needs in _judged(volunteer, _bookable(volunteer, None)))


def unmet_needs(call: Call) -> list[tuple[Volunteer, list[Need]]]:
    """Accepted people without a booking for whom times are free, but none that suits; who came first stands first."""
    has_booking = select(Booking.id).where(
        Booking.volunteer_id == Volunteer.id, Booking.status.in_(STANDING), Booking.is_group.is_(False)
    )
    waiting = (
        select(Volunteer)
        .where(Volunteer.call_id == call.id, Volunteer.state == VolunteerState.ACCEPTED, ~has_booking.exists())
        .order_by(Volunteer.created_at, Volunteer.id)
        .options(joinedload(Volunteer.participant).joinedload(Participant.contact), joinedload(Volunteer.site))
    )
    free = _one_of_each_sort(bookable(open_slots(call)))
    judge = _judge(free)
    found = [
        (volunteer, in_the_way(judge(volunteer, slot) for slot in free)) for volunteer in db.session.scalars(waiting)
    ]
    return [(volunteer, needs) for volunteer, needs in found if needs]


def take(volunteer: Volunteer, wanted: Slot, *, interviewer_id: UUID | None = None) -> Booking:
    """Book the time of a slot with whoever of those free then has had least to do. Raises what `bookings.book` does."""
    bookings.require_not_closed(wanted, volunteer)
    return _first_free(
        _candidates(volunteer, wanted, interviewer_id, leaving=None), lambda slot: bookings.book(slot, volunteer)
    )


def move_to(booking: Booking, wanted: Slot, *, interviewer_id: UUID | None = None) -> None:
    """Move to the time of a slot, with the same interviewer if that can be. Raises what `bookings.move` does."""
    found = _candidates(booking.volunteer, wanted, interviewer_id, leaving=booking)
    same_first = sorted(found, key=lambda slot: slot.interviewer_id != booking.slot.interviewer_id)
    _first_free(same_first, lambda slot: bookings.move(booking, slot))


def fairest_first(slots: Iterable[Slot]) -> list[Slot]:
    """Whoever has fewest interviews lately and to come, then whoever was booked longest ago, then by id."""
    slots = list(slots)
    people = {slot.interviewer_id for slot in slots}
    wanted = (
        select(Slot.interviewer_id, func.count(), func.max(Booking.placed_at))
        .join(Booking.slot)
        .where(Slot.interviewer_id.in_(people), Slot.starts_at > clock.now() - RECENT)
        .where(Booking.status.in_(STANDING), Booking.is_group.is_(False))
        .group_by(Slot.interviewer_id)
    )
    load = {id_: (count, last) for id_, count, last in db.session.execute(wanted).all()}
    return sorted(slots, key=lambda slot: (*load.get(slot.interviewer_id, (0, LONG_AGO)), slot.interviewer_id, slot.id))


def _first_free(slots: Iterable[Slot], act: Callable[[Slot], R]) -> R:
    """Try one after the other: somebody else may take each at this moment. Going back lets its interviewer go too."""
    refusal = SlotTakenError(bookings.GONE)
    for slot in slots:
        try:
            with db.session.begin_nested():
                return act(slot)
        except SlotTakenError as error:
            refusal = error
    raise refusal


def _candidates(
    volunteer: Volunteer, wanted: Slot, interviewer_id: UUID | None, *, leaving: Booking | None
) -> list[Slot]:
    """Slots of one time that suit, the fairest first. Raises SlotTakenError when there is none.

    Whoever has booked something else meanwhile gets the slot itself back, to be told so.
    """
    if leaving is not None and wanted.id == leaving.slot_id:
        return [wanted]
    same = [
        slot
        for time in as_times(_suitable(volunteer, at=wanted.starts_at, leaving=leaving), interviewer_id)
        if what_is_seen(time.slot) == what_is_seen(wanted)
        for slot in time.slots
    ]
    if same or bookings.active_booking(volunteer) is not leaving:
        return fairest_first(same) or [wanted]
    raise SlotTakenError(bookings.GONE if bookings.is_free(wanted, leaving) else bookings.TAKEN)


def _suitable(volunteer: Volunteer, *, at: datetime | None = None, leaving: Booking | None) -> list[Slot]:
    return [slot for slot, needs in _judged(volunteer, _bookable(volunteer, leaving, at)) if not needs]


def _bookable(volunteer: Volunteer, leaving: Booking | None, at: datetime | None = None) -> list[Slot]:
    if leaving is None and bookings.is_closed_for(volunteer):
        return []
    return bookable(open_slots(volunteer.call, at), apart_from=leaving.id if leaving else None)


def _one_of_each_sort(slots: list[Slot]) -> list[Slot]:
    """Slots that are alike to all needs are judged once, so that many people can be looked at."""
    soon = clock.now() + INTERPRETER_NOTICE
    sorts = {
        (
            slot.site_id,
            slot.kind is SlotKind.IN_PERSON and not slot.is_step_free,
            slot.takes_companion,
            slot.interviewer_id,
            slot.starts_at >= soon,
        ): slot
        for slot in slots
    }
    return list(sorts.values())


def _judged(volunteer: Volunteer, slots: list[Slot]) -> list[tuple[Slot, frozenset[Need]]]:
    judge = _judge(slots)
    return [(slot, judge(volunteer, slot)) for slot in slots]


def _judge(slots: list[Slot]) -> Callable[[Volunteer, Slot], frozenset[Need]]:
    profiles, now = profiles_of({slot.interviewer_id for slot in slots}), clock.now()
    return lambda volunteer, slot: unmet(volunteer, slot, profiles[slot.interviewer_id], now)
