"""The group sessions that staff see in lists, each with how many people have a place or wait. Reads alone."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload

from core import clock
from core.database import db
from evidence.models import Call
from interviews.group_sessions.attendance import SEATED_STATUSES
from interviews.models import Booking, BookingStatus, Slot, WaitlistEntry, WaitlistState

SHORTAGE_WARNING_PERIOD = timedelta(
    hours=48
)  # before a session: by then staff decide whether it is held with few people


@dataclass(frozen=True, slots=True)
class SessionSummary:
    slot: Slot
    seated: int
    offered: int  # places that are kept for somebody who has waited
    waiting: int

    @property
    def is_short_of_people(self) -> bool:
        """Near, and with fewer people than planned."""
        left = self.slot.starts_at - clock.now()
        is_near = timedelta() < left <= SHORTAGE_WARNING_PERIOD
        return is_near and self.slot.withdrawn_at is None and self.seated < self.slot.minimum


def list_sessions(host_id: UUID | None, *, upcoming: bool) -> list[SessionSummary]:
    """Soonest first when upcoming, else newest first; None: of everybody. A cancelled one counts as past."""
    is_to_come = (Slot.ends_at > clock.now()) & Slot.withdrawn_at.is_(None)
    wanted = _select_summaries(is_to_come if upcoming else ~is_to_come)
    if host_id is not None:
        wanted = wanted.where(Slot.interviewer_id == host_id)
    return _load_summaries(wanted.order_by(Slot.starts_at if upcoming else Slot.starts_at.desc(), Slot.id))


def get_session_summary(slot: Slot) -> SessionSummary:
    return _load_summaries(_select_summaries(Slot.id == slot.id))[0]


def list_short_session_ids() -> list[UUID]:
    """Sessions that are near and of whose shortage nobody was told yet, in one order for everybody who holds them."""
    now = clock.now()
    near = (Slot.starts_at > now) & (Slot.starts_at <= now + SHORTAGE_WARNING_PERIOD)
    untold = Slot.withdrawn_at.is_(None) & Slot.shortage_notified_at.is_(None)
    return sorted(line.slot.id for line in _load_summaries(_select_summaries(near & untold)) if line.is_short_of_people)


def list_open_sessions(call: Call) -> list[Slot]:
    """What somebody who thinks of taking part may be told of."""
    wanted = select(Slot).where(Slot.call_id == call.id, Slot.is_group, Slot.withdrawn_at.is_(None))
    return list(db.session.scalars(wanted.where(Slot.starts_at > clock.now()).order_by(Slot.starts_at)))


def _select_summaries(condition: ColumnElement[bool]) -> Select[Slot, int, int, int]:
    return (
        select(Slot, _count_bookings(*SEATED_STATUSES), _count_bookings(BookingStatus.OFFERED), _count_waiting())
        .where(Slot.is_group, condition)
        .options(joinedload(Slot.call), joinedload(Slot.interviewer), joinedload(Slot.site))
    )


def _load_summaries(wanted: Select[Slot, int, int, int]) -> list[SessionSummary]:
    return [SessionSummary(slot, *counts) for slot, *counts in db.session.execute(wanted)]


def _count_bookings(*states: BookingStatus) -> ColumnElement[int]:
    counted = select(func.count()).where(Booking.slot_id == Slot.id, Booking.status.in_(states))
    return counted.correlate(Slot).scalar_subquery()


def _count_waiting() -> ColumnElement[int]:
    counted = select(func.count()).where(WaitlistEntry.slot_id == Slot.id, WaitlistEntry.state == WaitlistState.WAITING)
    return counted.correlate(Slot).scalar_subquery()
