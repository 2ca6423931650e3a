"""Plan, change, hand over and cancel group sessions. A session is a slot with seats; callers commit."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from accounts import audit
from accounts.models import StaffMember
from core import clock
from core.database import db
from core.errors import RuleError
from core.locks import lock_row
from evidence.models import Call
from interviews.availability.commitments import INTERVIEW_KINDS, commitments_between
from interviews.availability.slots import LocationMissingError
from interviews.group_sessions import attendance, session_mail, waitlist_queries
from interviews.group_sessions.offer_times import OFFERS_END_BEFORE_SESSION
from interviews.group_sessions.seats import SessionClosedError
from interviews.group_sessions.session_mail import Notice, SessionMail
from interviews.group_sessions.waitlist_offers import reconcile, remove_entries
from interviews.group_sessions.waitlist_queries import WaitlistClosedReason
from interviews.models import OCCUPYING_STATUSES, Booking, BookingStatus, Slot, SlotKind
from interviews.wordings.slot_descriptions import format_slot_time

SESSION_KINDS = (SlotKind.VIDEO, SlotKind.IN_PERSON)
NOTIFIED_FIELDS = ("title", "starts_at", "ends_at", "kind", "location", "room")  # attendees hear of a change to these


class SessionTimeUnavailableError(RuleError):
    """The time is past, or the host is busy then."""


class CapacityTooLowError(RuleError): ...


@dataclass(frozen=True, slots=True)
class SessionPlan:
    title: str
    starts_at: datetime
    ends_at: datetime
    kind: SlotKind
    location: str
    capacity: int
    minimum: int
    room: str = ""
    is_step_free: bool = False
    takes_companion: bool = True
    site_id: UUID | None = None


def plan_session(call: Call, host: StaffMember, session_plan: SessionPlan) -> Slot:
    _require_location(session_plan)
    lock_row(host)  # two forms sent at once must see each other's sessions
    _clear_host_time(host, session_plan.starts_at, session_plan.ends_at)
    slot = Slot(call_id=call.id, interviewer_id=host.id, is_group=True, created_at=clock.now(), **asdict(session_plan))
    db.session.add(slot)
    db.session.flush()
    audit.record("session planned", slot, capacity=slot.capacity)
    session_mail.queue_notices(session_mail.build_host_invitation_notices(slot))
    return slot


def change_session(slot: Slot, session_plan: SessionPlan, *, reason: str = "") -> None:
    """Raises SessionClosedError, SessionTimeUnavailableError, LocationMissingError, CapacityTooLowError."""
    _require_location(session_plan)
    lock_row(slot.interviewer)
    _lock_upcoming_session(slot)
    if (session_plan.starts_at, session_plan.ends_at) != (slot.starts_at, slot.ends_at):
        _clear_host_time(slot.interviewer, session_plan.starts_at, session_plan.ends_at, except_slot=slot)
    _require_capacity(slot, session_plan.capacity)
    before = _get_notified_values(slot)
    if session_plan.starts_at != slot.starts_at or session_plan.minimum != slot.minimum:
        slot.shortage_notified_at = None
    for name, value in asdict(session_plan).items():
        setattr(slot, name, value)
    db.session.flush()
    db.session.refresh(slot, ["site"])
    audit.record("session changed", slot, capacity=slot.capacity)
    notices = _build_change_notices(slot, reason) if _get_notified_values(slot) != before else []
    session_mail.queue_notices(notices + reconcile(slot))


def hand_over_session(slot: Slot, host: StaffMember) -> None:
    for member in sorted((slot.interviewer, host), key=lambda one: one.id):
        lock_row(member)
    _lock_upcoming_session(slot)
    before = slot.interviewer
    if before.id == host.id:
        return
    _clear_host_time(host, slot.starts_at, slot.ends_at)
    slot.interviewer_id = host.id
    db.session.flush()
    db.session.refresh(slot, ["interviewer"])
    audit.record("session handed over", slot, to=str(host.id))
    session_mail.queue_notices(
        session_mail.build_host_update_notices(slot, before, SessionMail.HOST_REPLACED)
        + session_mail.build_host_invitation_notices(slot)
    )


def cancel_session(slot: Slot, *, reason: str) -> None:
    _lock_upcoming_session(slot)
    slot.withdrawn_at = now = clock.now()
    notices = session_mail.build_host_update_notices(slot, slot.interviewer, SessionMail.HOST_CANCELLED, reason=reason)
    notices += remove_entries(slot, waitlist_queries.list_entries(slot), WaitlistClosedReason.CANCELLED)
    for booking in attendance.list_seated_bookings(slot):
        booking.status, booking.cancelled_at, booking.cancel_reason = BookingStatus.CANCELLED, now, reason
        notices += session_mail.build_session_cancelled_notices(booking, reason=reason)
    db.session.flush()
    audit.record("session cancelled", slot)
    session_mail.queue_notices(notices)


def get_session_plan(slot: Slot) -> SessionPlan:
    return SessionPlan(**{name: getattr(slot, name) for name in SessionPlan.__dataclass_fields__})


def find_session(slot_id: UUID) -> Slot | None:
    slot = db.session.get(Slot, slot_id)
    return slot if slot is not None and slot.is_group else None


def _build_change_notices(slot: Slot, reason: str) -> list[Notice]:
    notices = session_mail.build_host_update_notices(slot, slot.interviewer, SessionMail.HOST_CHANGED, reason=reason)
    for booking in attendance.list_seated_bookings(slot):
        notices += session_mail.build_seat_changed_notices(booking, reason=reason)
    for entry in waitlist_queries.list_entries(slot):
        ends_at = _shorten_offer(entry.booking, slot)
        notices += session_mail.build_waitlist_changed_notices(
            slot, entry.volunteer, reason=reason, offered_until=ends_at
        )
    return notices


def _shorten_offer(offered: Booking | None, slot: Slot) -> datetime | None:
    if offered is None or offered.offer_expires_at is None:
        return None
    offered.offer_expires_at = min(offered.offer_expires_at, slot.starts_at - OFFERS_END_BEFORE_SESSION)
    return offered.offer_expires_at


def _get_notified_values(slot: Slot) -> tuple[Any, ...]:
    return tuple(getattr(slot, name) for name in NOTIFIED_FIELDS)


def _lock_upcoming_session(slot: Slot) -> None:
    lock_row(slot)
    if slot.withdrawn_at is not None:
        raise SessionClosedError("This session is already cancelled.")
    if slot.starts_at <= clock.now():
        raise SessionClosedError("This session has already begun.")


def _require_location(session_plan: SessionPlan) -> None:
    if not session_plan.location:
        raise LocationMissingError("Enter the video link or the address.")


def _require_capacity(slot: Slot, capacity: int) -> None:
    seated = len(db.session.scalars(_select_active_bookings(slot)).all())
    if capacity < seated:
        raise CapacityTooLowError(f"{seated} people have or are being offered a place. Enter {seated} or more.")


def _clear_host_time(
    host: StaffMember, starts_at: datetime, ends_at: datetime, *, except_slot: Slot | None = None
) -> None:
    if starts_at <= clock.now():
        raise SessionTimeUnavailableError("This time is in the past. Choose a time in the future.")
    commitments = commitments_between(starts_at, ends_at, interviewer_ids=[host.id], kinds=INTERVIEW_KINDS)
    except_slot_id = except_slot.id if except_slot else None
    for one in commitments:
        if one.slot_id != except_slot_id:
            other = db.session.get_one(Slot, one.slot_id)
            raise SessionTimeUnavailableError(f"{host.name} is busy at this time: {format_slot_time(other)}.")
    _withdraw_free_slots(host, starts_at, ends_at)


def _withdraw_free_slots(host: StaffMember, starts_at: datetime, ends_at: datetime) -> None:
    query = select(Slot).where(Slot.interviewer_id == host.id, Slot.withdrawn_at.is_(None), ~Slot.is_group)
    for slot in db.session.scalars(query.where(Slot.starts_at < ends_at, Slot.ends_at > starts_at)):
        slot.withdrawn_at, slot.pattern_id = clock.now(), None  # weekly hours may add it again: slot_generation.py
        audit.record("slot withdrawn", slot)
    db.session.flush()


def _select_active_bookings(slot: Slot) -> Any:
    return select(Booking.id).where(Booking.slot_id == slot.id, Booking.status.in_(OCCUPYING_STATUSES))
