"""Read the waiting list of a group session: who is on it, in which order, and whether it is still open."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select

from core import clock
from core.database import db
from interviews.groups import seats
from interviews.groups.offer_times import LIST_CLOSES
from interviews.models import Slot, Volunteer, WaitingPlace, WaitingState

LIVE = (WaitingState.WAITING, WaitingState.OFFERED)


class WhyClosed(StrEnum):
    NEAR = "near"  # too late to offer a place
    CLOSED = "closed"  # the call or the site takes no more people
    CANCELLED = "cancelled"  # the session is not held


def rows(slot: Slot, *states: WaitingState) -> list[WaitingPlace]:
    """In order of arrival; those who wait or are offered a place unless other states are asked for."""
    wanted = select(WaitingPlace).where(WaitingPlace.slot_id == slot.id, WaitingPlace.state.in_(states or LIVE))
    fresh = wanted.order_by(WaitingPlace.number).execution_options(populate_existing=True)
    return list(db.session.scalars(fresh))


def own_row(slot: Slot, volunteer: Volunteer) -> WaitingPlace | None:
    """The person's newest place in the list, live or not."""
    wanted = select(WaitingPlace).where(WaitingPlace.slot_id == slot.id, WaitingPlace.volunteer_id == volunteer.id)
    return db.session.scalars(wanted.order_by(WaitingPlace.number.desc()).limit(1)).first()


def position(row: WaitingPlace) -> int:
    """How many wait up to and with this one: 1 is next. The person may be told it."""
    before = select(func.count()).where(
        WaitingPlace.slot_id == row.slot_id,
        WaitingPlace.state == WaitingState.WAITING,
        WaitingPlace.number <= row.number,
    )
    return db.session.scalar(before) or 0


def why_closed(slot: Slot) -> WhyClosed | None:
    """None while people may join and be offered places."""
    if slot.withdrawn_at is not None:
        return WhyClosed.CANCELLED
    if seats.is_closed(slot):
        return WhyClosed.CLOSED
    return WhyClosed.NEAR if is_over(slot) else None


def is_over(slot: Slot) -> bool:
    """Whether the session is so near that nobody is offered a place any more."""
    return clock.now() > slot.starts_at - LIST_CLOSES


def has_free_place(slot: Slot) -> bool:
    """Whether anybody may take a place: one is free, and nobody has waited for it."""
    return bool(seats.free_seats(slot)) and (is_over(slot) or not rows(slot, WaitingState.WAITING))


def slots_with_lists() -> list[UUID]:
    """Sessions of which somebody waits or is offered a place."""
    wanted = select(WaitingPlace.slot_id).where(WaitingPlace.state.in_(LIVE)).distinct()
    return sorted(db.session.scalars(wanted))
