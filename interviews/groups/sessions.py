"""Plan, change, hand over and cancel group sessions. A session is a slot with places; callers commit."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from accounts import audit
from accounts.models import StaffMember, StaffRole
from core import clock
from core.database import db
from core.errors import RuleError
from evidence.models import Call
from interviews.by_staff.engagements import MAY_INTERVIEW
from interviews.groups import places, session_mail, waiting
from interviews.groups.offer_times import OFFERS_END
from interviews.groups.passing_on import close, settle
from interviews.groups.seats import SessionOverError
from interviews.groups.session_mail import Notice
from interviews.groups.waiting import WhyClosed
from interviews.holding import hold
from interviews.models import HOLDING, Booking, BookingStatus, Slot, SlotKind
from interviews.slots import PlaceNeededError
from interviews.wording import when

MEETS = (SlotKind.VIDEO, SlotKind.IN_PERSON)
TOLD_OF = ("title", "starts_at", "ends_at", "kind", "place", "room")  # whoever comes is told when one of these changes


class SessionTimeError(RuleError):
    """The time is past, or whoever holds the session has something else then."""


class CapacityError(RuleError):
    """More people have a place than there would be places."""


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """What staff say about a session."""

    title: str
    starts_at: datetime
    ends_at: datetime
    kind: SlotKind
    place: str
    capacity: int
    minimum: int
    room: str = ""
    is_step_free: bool = False
    takes_companion: bool = True
    site_id: UUID | None = None


def plan(call: Call, holder: StaffMember, planned: SessionPlan) -> Slot:
    """Raises SessionTimeError, PlaceNeededError."""
    _require_place(planned)
    hold(holder)  # two forms sent at once must see each other's sessions
    _make_room(holder, planned.starts_at, planned.ends_at)
    slot = Slot(call_id=call.id, interviewer_id=holder.id, is_group=True, created_at=clock.now(), **asdict(planned))
    db.session.add(slot)
    db.session.flush()
    audit.record("session planned", slot, capacity=slot.capacity)
    session_mail.tell(session_mail.holder_invited(slot))
    return slot


def change(slot: Slot, planned: SessionPlan, *, reason: str = "") -> None:
    """What people were told and is different now goes to everybody; more places go to those who wait.

    Raises SessionOverError, SessionTimeError, PlaceNeededError, CapacityError.
    """
    _require_place(planned)
    hold(slot.interviewer)
    _hold_upcoming(slot)
    if (planned.starts_at, planned.ends_at) != (slot.starts_at, slot.ends_at):
        _make_room(slot.interviewer, planned.starts_at, planned.ends_at, besides=slot)
    _require_capacity(slot, planned.capacity)
    before = _told(slot)
    if planned.starts_at != slot.starts_at or planned.minimum != slot.minimum:
        slot.shortage_told_at = None
    for name, value in asdict(planned).items():
        setattr(slot, name, value)
    db.session.flush()
    db.session.refresh(slot, ["site"])
    audit.record("session changed", slot, capacity=slot.capacity)
    notices = _tell_change(slot, reason) if _told(slot) != before else []
    session_mail.tell(notices + settle(slot))


def hand_over(slot: Slot, holder: StaffMember) -> None:
    """Somebody else holds the session. Raises SessionOverError, SessionTimeError."""
    for member in sorted((slot.interviewer, holder), key=lambda one: one.id):
        hold(member)
    _hold_upcoming(slot)
    before = slot.interviewer
    if before.id == holder.id:
        return
    _make_room(holder, slot.starts_at, slot.ends_at)
    slot.interviewer_id = holder.id
    db.session.flush()
    db.session.refresh(slot, ["interviewer"])
    audit.record("session handed over", slot, to=str(holder.id))
    session_mail.tell(
        session_mail.holder_told(slot, before, "session_held_passed_on") + session_mail.holder_invited(slot)
    )


def cancel(slot: Slot, *, reason: str) -> None:
    """The session is not held: everybody who has a place or waits is told. Raises SessionOverError."""
    _hold_upcoming(slot)
    slot.withdrawn_at = now = clock.now()
    notices = session_mail.holder_told(slot, slot.interviewer, "session_held_cancelled", reason=reason)
    notices += close(slot, waiting.rows(slot), WhyClosed.CANCELLED)
    for booking in places.placed(slot):
        booking.status, booking.cancelled_at, booking.cancel_reason = BookingStatus.CANCELLED, now, reason
        notices += session_mail.session_ended(booking, reason=reason)
    db.session.flush()
    audit.record("session cancelled", slot)
    session_mail.tell(notices)


def plan_of(slot: Slot) -> SessionPlan:
    return SessionPlan(**{name: getattr(slot, name) for name in SessionPlan.__dataclass_fields__})


def possible_holders() -> list[StaffMember]:
    """Who may hold a session, by name."""
    may_hold = StaffMember.roles.any(StaffRole.role.in_(MAY_INTERVIEW))
    wanted = select(StaffMember).where(StaffMember.is_active, may_hold)
    return list(db.session.scalars(wanted.order_by(StaffMember.name, StaffMember.email)))


def find_session(slot_id: UUID) -> Slot | None:
    slot = db.session.get(Slot, slot_id)
    return slot if slot is not None and slot.is_group else None


def _tell_change(slot: Slot, reason: str) -> list[Notice]:
    notices = session_mail.holder_told(slot, slot.interviewer, "session_held_changed", reason=reason)
    for booking in places.placed(slot):
        notices += session_mail.place_changed(booking, reason=reason)
    for row in waiting.rows(slot):
        kept_until = _shortened(row.booking, slot)
        notices += session_mail.without_event(
            slot, row.volunteer, "waiting_changed", reason=reason, kept_until=kept_until
        )
    return notices


def _shortened(offered: Booking | None, slot: Slot) -> datetime | None:
    """An offer of a session that moved nearer runs out in time before it."""
    if offered is None or offered.offer_expires_at is None:
        return None
    offered.offer_expires_at = min(offered.offer_expires_at, slot.starts_at - OFFERS_END)
    return offered.offer_expires_at


def _told(slot: Slot) -> tuple[Any, ...]:
    return tuple(getattr(slot, name) for name in TOLD_OF)


def _hold_upcoming(slot: Slot) -> None:
    hold(slot)
    if slot.withdrawn_at is not None:
        raise SessionOverError("This session has been cancelled already.")
    if slot.starts_at <= clock.now():
        raise SessionOverError("This session has already begun.")


def _require_place(planned: SessionPlan) -> None:
    if not planned.place:
        raise PlaceNeededError("Say where: the video link, or the address.")


def _require_capacity(slot: Slot, capacity: int) -> None:
    held = len(db.session.scalars(_holding(slot)).all())
    if capacity < held:
        raise CapacityError(f"{held} people have a place, or one is kept for them. There cannot be fewer places.")


def _make_room(holder: StaffMember, starts_at: datetime, ends_at: datetime, *, besides: Slot | None = None) -> None:
    """Whoever holds a session offers no interview meanwhile; a time that somebody has booked stands in the way."""
    if starts_at <= clock.now():
        raise SessionTimeError("This time is past. Please choose a time to come.")
    for other in _overlapping(holder, starts_at, ends_at):
        if besides is not None and other.id == besides.id:
            continue
        if other.is_group or db.session.scalars(_holding(other)).first() is not None:
            raise SessionTimeError(f"{holder.name} has something else then: {when(other)}.")
        other.withdrawn_at, other.pattern_id = clock.now(), None  # weekly hours may give it again: unfolding.py
        audit.record("slot withdrawn", other)
    db.session.flush()


def _overlapping(holder: StaffMember, starts_at: datetime, ends_at: datetime) -> Sequence[Slot]:
    wanted = select(Slot).where(Slot.interviewer_id == holder.id, Slot.withdrawn_at.is_(None))
    return db.session.scalars(wanted.where(Slot.starts_at < ends_at, Slot.ends_at > starts_at)).all()


def _holding(slot: Slot) -> Any:
    return select(Booking.id).where(Booking.slot_id == slot.id, Booking.status.in_(HOLDING))
