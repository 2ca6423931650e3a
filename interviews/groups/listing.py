"""The group sessions that staff see in lists, each with how many people have a place or wait. Reads alone."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload

from core import clock
from core.database import db
from evidence.models import Call
from interviews.groups.places import PLACED
from interviews.models import Booking, BookingStatus, Slot, WaitingPlace, WaitingState

SHORTAGE_SHOWS = timedelta(hours=48)  # before a session: by then staff decide whether it is held with few people


@dataclass(frozen=True, slots=True)
class SessionLine:
    slot: Slot
    placed: int
    offered: int  # places that are kept for somebody who has waited
    waiting: int

    @property
    def is_short(self) -> bool:
        """Near, and with fewer people than planned."""
        left = self.slot.starts_at - clock.now()
        is_near = timedelta() < left <= SHORTAGE_SHOWS
        return is_near and self.slot.withdrawn_at is None and self.placed < self.slot.minimum


def sessions(holder_id: UUID | None, *, upcoming: bool) -> list[SessionLine]:
    """Soonest first when upcoming, else newest first; None: of everybody. A cancelled one counts as past."""
    is_to_come = (Slot.ends_at > clock.now()) & Slot.withdrawn_at.is_(None)
    wanted = _lines(is_to_come if upcoming else ~is_to_come)
    if holder_id is not None:
        wanted = wanted.where(Slot.interviewer_id == holder_id)
    return _read(wanted.order_by(Slot.starts_at if upcoming else Slot.starts_at.desc(), Slot.id))


def line_of(slot: Slot) -> SessionLine:
    return _read(_lines(Slot.id == slot.id))[0]


def short_sessions() -> list[UUID]:
    """Sessions that are near and of whose shortage nobody was told yet, in one order for everybody who holds them."""
    now = clock.now()
    near = (Slot.starts_at > now) & (Slot.starts_at <= now + SHORTAGE_SHOWS)
    untold = Slot.withdrawn_at.is_(None) & Slot.shortage_told_at.is_(None)
    return sorted(line.slot.id for line in _read(_lines(near & untold)) if line.is_short)


def open_sessions(call: Call) -> list[Slot]:
    """What somebody who thinks of taking part may be told of."""
    wanted = select(Slot).where(Slot.call_id == call.id, Slot.is_group, Slot.withdrawn_at.is_(None))
    return list(db.session.scalars(wanted.where(Slot.starts_at > clock.now()).order_by(Slot.starts_at)))


def _lines(condition: ColumnElement[bool]) -> Select[Slot, int, int, int]:
    return (
        select(Slot, _bookings(*PLACED), _bookings(BookingStatus.OFFERED), _waiting())
        .where(Slot.is_group, condition)
        .options(joinedload(Slot.call), joinedload(Slot.interviewer), joinedload(Slot.site))
    )


def _read(wanted: Select[Slot, int, int, int]) -> list[SessionLine]:
    return [SessionLine(slot, *counts) for slot, *counts in db.session.execute(wanted)]


def _bookings(*states: BookingStatus) -> ColumnElement[int]:
    counted = select(func.count()).where(Booking.slot_id == Slot.id, Booking.status.in_(states))
    return counted.correlate(Slot).scalar_subquery()


def _waiting() -> ColumnElement[int]:
    counted = select(func.count()).where(WaitingPlace.slot_id == Slot.id, WaitingPlace.state == WaitingState.WAITING)
    return counted.correlate(Slot).scalar_subquery()
